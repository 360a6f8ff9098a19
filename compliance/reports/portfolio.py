"""Several firms on one page: where it burns, and what is overdue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.catalogue import Edition
from compliance.reports.errors import NotAReportError
from compliance.reports.printable import Words, one_line

FORMAT = "ecl-self-assessment/portfolio"


@dataclass(frozen=True, slots=True)
class Standing:
    """One firm's latest figures, as its result states them."""

    firm: str
    reference: str
    as_of: date | None  # None: never assessed
    sealed: bool
    score: float | None
    supported_score: float | None
    grade: str | None
    completion: float | None
    modules: Mapping[str, float | None]  # module id -> score
    gaps: Mapping[int, int]  # priority -> how many
    overdue: int = 0  # remedies past their due date

    @property
    def printed_firm(self) -> Words:
        return one_line(self.firm, 120)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The firms of one officer, in the order given."""

    edition: Edition
    title: Words
    as_of: date
    standings: tuple[Standing, ...]
    training: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, from which the same pages can be made again."""
        return {
            "format": FORMAT,
            "format_version": 1,
            "questionnaire": {
                "id": self.edition.questionnaire_id,
                "version": self.edition.version,
                "digest": self.edition.digest,
            },
            "title": self.title.text,
            "as_of": self.as_of.isoformat(),
            "training": self.training,
            "firms": [_standing_json(one) for one in self.standings],
        }


def standing_of(
    firm: str, reference: str, result: Mapping[str, Any], *, sealed: bool = False, overdue: int = 0
) -> Standing:
    """A firm's line from its result."""
    overall = result["overall"]
    gaps = dict.fromkeys((1, 2, 3, 4), 0)
    for gap in result["gaps"]:
        gaps[gap["priority"]] += 1
    return Standing(
        firm=firm,
        reference=reference,
        as_of=date.fromisoformat(result["as_of"]),
        sealed=sealed,
        score=overall["score"],
        supported_score=overall["supported_score"],
        grade=overall["grade"],
        completion=overall["completion"],
        modules={one["id"]: one["score"] for one in result["modules"]},
        gaps=gaps,
        overdue=overdue,
    )


def portfolio(
    edition: Edition,
    title: str,
    as_of: date,
    standings: Sequence[Standing],
    *,
    training: bool = False,
) -> Portfolio:
    """The portfolio of an officer."""
    return Portfolio(edition, one_line(title), as_of, tuple(standings), training)


def read_portfolio(edition: Edition, found: Mapping[str, Any]) -> Portfolio:
    """The portfolio of a report. Raises NotAReportError where it cannot be read."""
    try:
        firms = [
            Standing(
                firm=str(one["firm"]),
                reference=str(one["reference"]),
                as_of=date.fromisoformat(one["as_of"]) if one["as_of"] else None,
                sealed=bool(one["sealed"]),
                score=one["score"],
                supported_score=one["supported_score"],
                grade=one["grade"],
                completion=one["completion"],
                modules=dict(one["modules"]),
                gaps={int(priority): int(count) for priority, count in one["gaps"].items()},
                overdue=int(one["overdue"]),
            )
            for one in found["firms"]
        ]
        day = date.fromisoformat(found["as_of"])
        title, training = str(found["title"]), bool(found["training"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"the portfolio cannot be read: {error}"
        raise NotAReportError(message) from error
    return portfolio(edition, title, day, firms, training=training)


def _standing_json(one: Standing) -> dict[str, Any]:
    return {
        "firm": one.firm,
        "reference": one.reference,
        "as_of": one.as_of.isoformat() if one.as_of else None,
        "sealed": one.sealed,
        "score": one.score,
        "supported_score": one.supported_score,
        "grade": one.grade,
        "completion": one.completion,
        "modules": dict(sorted(one.modules.items())),
        "gaps": {str(priority): count for priority, count in sorted(one.gaps.items())},
        "overdue": one.overdue,
    }
