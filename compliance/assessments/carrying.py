"""What moving an assessment to another edition would do with each answer; nothing is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from compliance.answers import Answer, survey
from compliance.assessments.models import Path, Response
from compliance.assessments.queries import as_answer
from compliance.assessments.standing import Standing
from compliance.catalogue import (
    Carried,
    Edition,
    Fate,
    Migration,
    Question,
    Step,
    carry,
    migration,
)


@dataclass(frozen=True, slots=True)
class MovedAnswer:
    """What becomes of one answer, or of what stands beside an answer that is still missing."""

    fate: Fate
    before: Question
    after: Question | None  # None: no longer asked
    was: Response | None  # None: only evidence
    becomes: Response | None  # not stored yet; None: nothing that could be carried

    @property
    def is_lost(self) -> bool:
        """Whether the answer stays behind in the earlier revision."""
        told = self.was is not None and _says_something(self.was)
        return told and (self.becomes is None or not _says_something(self.becomes))


@dataclass(frozen=True)
class MovePreview:
    """What a move would do; nothing is stored."""

    standing: Standing  # whole: also what the short path leaves out
    edition: Edition  # the newer one, whole
    plan: Migration
    answers: tuple[MovedAnswer, ...]  # in the order of the newer edition, then what stays behind

    @cached_property
    def carried(self) -> Mapping[str, Answer]:
        """Question id of the newer edition -> answer as it would stand there."""
        found = {}
        for one in self.answers:
            if one.after is not None:
                items = self.standing.evidence.get(one.before.id, ())
                found[one.after.id] = as_answer(one.after, one.becomes, items)
        return found

    @cached_property
    def new(self) -> tuple[Question, ...]:
        """What the newer edition asks of this firm for the first time."""
        shown = set(survey(self.scored_by, self.carried, self.standing.assessment.as_of).shown)
        asked = (self.edition.question(step.after) for step in self.plan.of(Fate.NEW) if step.after)
        return tuple(q for q in asked if q.id in shown)

    @property
    def scored_by(self) -> Edition:
        """By what the new revision is asked and scored."""
        core = self.standing.assessment.path == Path.CORE
        return self.edition.core if core else self.edition

    def of(self, fate: Fate) -> tuple[MovedAnswer, ...]:
        """The answers with one fate."""
        return tuple(one for one in self.answers if one.fate is fate)


def preview_move(standing: Standing, edition: Edition) -> MovePreview:
    """What moving to an edition would do with a whole standing."""
    plan = migration(standing.edition, edition)
    return MovePreview(standing, edition, plan, tuple(_moved(standing, edition, plan)))


def _moved(standing: Standing, edition: Edition, plan: Migration) -> Iterator[MovedAnswer]:
    stored = {i: r.value for i, r in standing.responses.items() if r.value is not None}
    carried = {one.before: one for one in carry(plan, edition, stored)}
    for step in plan.steps:
        name = step.before
        if name is None or (name not in standing.responses and not standing.evidence.get(name)):
            continue
        before, was = standing.edition.question(name), standing.responses.get(name)
        if step.after is None:
            yield MovedAnswer(Fate.NO_LONGER_ASKED, before, None, was, None)
            continue
        after = edition.question(step.after)
        if was is None:
            yield MovedAnswer(_plain_fate(step), before, after, None, None)
            continue
        yield _moved_response(step, before, after, was, carried.get(name))


def _moved_response(
    step: Step, before: Question, after: Question, was: Response, one: Carried | None
) -> MovedAnswer:
    value = _as_json(one.value) if one else None
    reason = was.na_reason if after.not_applicable_allowed else None
    lost = (was.value is not None and value is None) or (was.na_reason is not None and not reason)
    fate = one.fate if one else _plain_fate(step)
    if lost or (step.confirm and _says_something(was)):
        fate = Fate.TO_CONFIRM
    becomes = Response(
        question_id=after.id,
        value=value,
        na_reason=reason,
        na_accepted=was.na_accepted and reason is not None and fate is not Fate.TO_CONFIRM,
        na_decided_by=was.na_decided_by if reason is not None else None,
        comment=was.comment,
        to_confirm=was.to_confirm or fate is Fate.TO_CONFIRM,
        updated_at=was.updated_at,
        updated_by_id=was.updated_by_id,
        updated_by_name=was.updated_by_name,
    )
    return MovedAnswer(fate, before, after, was, becomes)


def _plain_fate(step: Step) -> Fate:
    return Fate.KEPT if step.before == step.after else Fate.MOVED


def _says_something(response: Response) -> bool:
    return response.value is not None or response.na_reason is not None


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
