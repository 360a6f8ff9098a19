"""What stands in a report beside answers and result: all of it, so that it can be made again.

Travels as JSON in the report's manifest. Whoever verifies a report makes it anew from its three
attachments and compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from compliance.reports.errors import NotAReportError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Review:
    """What the compliance officer made of one answer."""

    decision: str = ""  # accepted, returned
    value: object = None  # the reviewer's own value, as JSON; None: none given
    comment: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Who closes a gap, and by when."""

    question: str
    owner: str = ""
    due_on: date | None = None
    state: str = "open"  # open, in_progress, done, accepted_risk
    note: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The figures of an earlier snapshot, for the trend."""

    as_of: date
    score: float | None
    supported_score: float | None = None
    grade: str | None = None
    modules: Mapping[str, float | None] = field(default_factory=dict)  # module id -> score


@dataclass(frozen=True, slots=True)
class Extras:
    """Everything a report may show beside the answers and their result."""

    training: bool = False  # prints TRAINING on every page
    sealed_at: datetime | None = None
    prepared_by: str = ""
    reviewed_by: str = ""
    reviews: Mapping[str, Review] = field(default_factory=dict)  # question id -> review
    actions: tuple[Action, ...] = ()
    history: tuple[Earlier, ...] = ()  # oldest first
    explanations: Mapping[str, str] = field(default_factory=dict)  # contradiction id -> words
    audit_head: str = ""  # hash of the last audit entry, printed so that truncation shows

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values with sorted keys; what is empty is left out."""
        whole: dict[str, Any] = {
            "training": self.training,
            "sealed_at": _moment(self.sealed_at),
            "prepared_by": self.prepared_by,
            "reviewed_by": self.reviewed_by,
            "reviews": {key: _filled(_review(r)) for key, r in sorted(self.reviews.items())},
            "actions": [_filled(_action(action)) for action in self.actions],
            "history": [_earlier(earlier) for earlier in self.history],
            "explanations": dict(sorted(self.explanations.items())),
            "audit_head": self.audit_head,
        }
        return _filled(whole)


def read_extras(found: object) -> Extras:
    """The extras of a manifest. Raises NotAReportError where they cannot be read."""
    try:
        return _read(_object(found))
    except (KeyError, TypeError, ValueError) as error:
        message = f"the manifest's extras cannot be read: {error}"
        raise NotAReportError(message) from error


def _read(found: Mapping[str, Any]) -> Extras:
    return Extras(
        training=_of(bool, found.get("training", False)),
        sealed_at=_read_moment(found.get("sealed_at")),
        prepared_by=_of(str, found.get("prepared_by", "")),
        reviewed_by=_of(str, found.get("reviewed_by", "")),
        reviews=MappingProxyType(
            {
                key: Review(
                    decision=_of(str, one.get("decision", "")),
                    value=one.get("value"),
                    comment=_of(str, one.get("comment", "")),
                    by=_of(str, one.get("by", "")),
                )
                for key, one in _object(found.get("reviews", {})).items()
            }
        ),
        actions=tuple(
            Action(
                question=_of(str, one["question"]),
                owner=_of(str, one.get("owner", "")),
                due_on=_read_day(one.get("due_on")),
                state=_of(str, one.get("state", "open")),
                note=_of(str, one.get("note", "")),
            )
            for one in found.get("actions", [])
        ),
        history=tuple(
            Earlier(
                as_of=date.fromisoformat(one["as_of"]),
                score=_number(one.get("score")),
                supported_score=_number(one.get("supported_score")),
                grade=None if one.get("grade") is None else _of(str, one["grade"]),
                modules={key: _number(v) for key, v in _object(one.get("modules", {})).items()},
            )
            for one in found.get("history", [])
        ),
        explanations={
            key: _of(str, words) for key, words in _object(found.get("explanations", {})).items()
        },
        audit_head=_of(str, found.get("audit_head", "")),
    )


def _review(review: Review) -> dict[str, Any]:
    return {
        "decision": review.decision,
        "value": review.value,
        "comment": review.comment,
        "by": review.by,
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "question": action.question,
        "owner": action.owner,
        "due_on": action.due_on.isoformat() if action.due_on else None,
        "state": action.state,
        "note": action.note,
    }


def _earlier(earlier: Earlier) -> dict[str, Any]:
    return {
        "as_of": earlier.as_of.isoformat(),
        "score": earlier.score,
        "supported_score": earlier.supported_score,
        "grade": earlier.grade,
        "modules": dict(sorted(earlier.modules.items())),
    }


def _filled(whole: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty; a reviewer's value of 0 is not empty, though it equals False."""
    return {
        key: value
        for key, value in whole.items()
        if value not in (None, "", {}, []) and value is not False
    }


def _object(found: object) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        message = f"{found!r:.40} is no object"
        raise TypeError(message)
    return found


def _of(kind: type[T], found: object) -> T:
    if not isinstance(found, kind):
        message = f"{found!r:.40} is no {kind.__name__}"
        raise TypeError(message)
    return found


def _number(found: object) -> float | None:
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        message = f"{found!r:.40} is no number"
        raise TypeError(message)
    return found


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_moment(found: object) -> datetime | None:
    return None if found is None else datetime.fromisoformat(_of(str, found)).astimezone(UTC)


def _read_day(found: object) -> date | None:
    return None if found is None else date.fromisoformat(_of(str, found))
