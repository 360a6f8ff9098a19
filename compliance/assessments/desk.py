"""What a reviewer has before them: each answer with its past, its verdict and its thread."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from compliance.assessments.discussion_models import Message
from compliance.assessments.models import Assessment, ResponseHistory, State
from compliance.assessments.operations import content_of
from compliance.assessments.queries import assessments_in_use, responses_of
from compliance.assessments.review import decisions_of, explanations_of, state_changes_of
from compliance.assessments.review_models import (
    ContradictionExplanation,
    ReviewDecision,
    StateChange,
)
from compliance.assessments.standing import ModuleStanding, Standing, load_standing
from compliance.catalogue import Question, load_edition, migration
from compliance.database import FirmSession
from compliance.identity import Actor

BY_REVIEW = "review"  # a change in the history that is the reviewer's, not the firm's


class Look(StrEnum):
    """How far the review of one question is."""

    NOTHING = "nothing"  # not answered: nothing to judge
    UNDECIDED = "undecided"
    CHANGED = "changed"  # the firm changed the answer after the verdict
    AGREED = "agree"
    RETURNED = "return"
    PROPOSED = "propose"
    ACCEPTED = "accepted"  # the claim that it does not apply
    REFUSED = "refused"


LOOKED_AT = frozenset({Look.AGREED, Look.RETURNED, Look.PROPOSED, Look.ACCEPTED, Look.REFUSED})


@dataclass(frozen=True, slots=True)
class Earlier:
    """The assessment before this one, by the questions of this one."""

    title: str
    as_of: date
    is_sealed: bool
    answers: Mapping[str, tuple[Question, Mapping[str, Any]]]  # question as it was asked, answer


@dataclass(frozen=True)
class Desk:
    """An assessment with everything that its review adds."""

    standing: Standing
    decisions: Mapping[str, ReviewDecision]
    explanations: Mapping[str, ContradictionExplanation]
    steps: Sequence[StateChange]
    firm_versions: Mapping[str, int]  # question id -> version of the firm's own last change
    earlier: Earlier | None = None
    histories: Mapping[str, Sequence[ResponseHistory]] = field(default_factory=dict)
    threads: Mapping[str, Sequence[Message]] = field(default_factory=dict)

    @property
    def assessment(self) -> Assessment:
        return self.standing.assessment

    @property
    def is_open(self) -> bool:
        """Whether verdicts may be given."""
        return self.assessment.state == State.IN_REVIEW

    def look(self, question_id: str) -> Look:
        """How far the review of a question is."""
        response = self.standing.responses.get(question_id)
        decision = self.decisions.get(question_id)
        if decision is not None:
            newer = decision.response_version < self.firm_versions.get(question_id, 0)
            return Look.CHANGED if newer else Look(decision.verdict)
        if response is None or (response.value is None and response.na_reason is None):
            return Look.NOTHING
        if response.na_reason is not None and response.na_decided_by:
            return Look.ACCEPTED if response.na_accepted else Look.REFUSED
        return Look.UNDECIDED

    def is_settled(self, question_id: str) -> bool:
        """Whether nothing is left to judge here."""
        look = self.look(question_id)
        return look in LOOKED_AT or look is Look.NOTHING

    def count(self, questions: Collection[Question]) -> tuple[int, int]:
        """Of some questions: how many are judged, and how many have something to judge."""
        looks = [self.look(question.id) for question in questions]
        return sum(look in LOOKED_AT for look in looks), sum(
            look is not Look.NOTHING for look in looks
        )

    @cached_property
    def progress(self) -> tuple[int, int]:
        """Judged, and to be judged, of the whole assessment."""
        return self.count(self.standing.asked)

    def questions_of(self, module: ModuleStanding) -> tuple[Question, ...]:
        """The questions of a module that the firm is asked."""
        return tuple(q for section in module.sections for q in section.questions)

    @cached_property
    def claims(self) -> tuple[Question, ...]:
        """Questions claimed not to apply, accepted or not."""
        return tuple(q for q in self.standing.asked if self.has_claim(q.id))

    def has_claim(self, question_id: str) -> bool:
        response = self.standing.responses.get(question_id)
        return response is not None and response.na_reason is not None

    @cached_property
    def open_claims(self) -> tuple[Question, ...]:
        """Claims that nobody has accepted or refused."""
        return tuple(q for q in self.claims if not self.standing.responses[q.id].na_decided_by)

    def with_look(self, *wanted: Look) -> tuple[Question, ...]:
        """The questions whose review stands so."""
        return tuple(q for q in self.standing.asked if self.look(q.id) in wanted)


def load_desk(
    session: FirmSession, assessment_id: UUID, actor: Actor, *, near: str | None = None
) -> Desk:
    """Raises NoSuchAssessmentError. `near`: the module whose histories and threads are wanted."""
    standing = load_standing(session, assessment_id, actor)
    close_by = frozenset(q.id for q in standing.asked if q.module_id == near)
    return Desk(
        standing=standing,
        decisions=decisions_of(session, assessment_id),
        explanations=explanations_of(session, assessment_id),
        steps=state_changes_of(session, assessment_id),
        firm_versions=_firm_versions(session, assessment_id),
        earlier=_earlier(session, standing.assessment) if close_by else None,
        histories=_histories(session, assessment_id, close_by),
        threads=_threads(session, assessment_id, close_by),
    )


def _firm_versions(session: FirmSession, assessment_id: UUID) -> dict[str, int]:
    rows = session.execute(
        select(ResponseHistory.question_id, func.max(ResponseHistory.version).label("newest"))
        .where(ResponseHistory.assessment_id == assessment_id, ResponseHistory.cause != BY_REVIEW)
        .group_by(ResponseHistory.question_id)
    )
    return {row.question_id: row.newest for row in rows}


def _histories(
    session: FirmSession, assessment_id: UUID, question_ids: Collection[str]
) -> dict[str, list[ResponseHistory]]:
    found: dict[str, list[ResponseHistory]] = defaultdict(list)
    if question_ids:
        rows = session.scalars(
            select(ResponseHistory)
            .where(
                ResponseHistory.assessment_id == assessment_id,
                ResponseHistory.question_id.in_(question_ids),
            )
            .order_by(ResponseHistory.version.desc())
        )
        for row in rows:
            found[row.question_id].append(row)
    return found


def _threads(
    session: FirmSession, assessment_id: UUID, question_ids: Collection[str]
) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    if question_ids:
        rows = session.scalars(
            select(Message)
            .where(Message.assessment_id == assessment_id, Message.question_id.in_(question_ids))
            .order_by(Message.at, Message.id)
        )
        for row in rows:
            found[row.question_id].append(row)
    return found


def _earlier(session: FirmSession, assessment: Assessment) -> Earlier | None:
    """The one it was carried over from; else the newest one before it, sealed ones first."""
    before = [
        other
        for other in assessments_in_use(session)
        if other.id != assessment.id
        and other.questionnaire_id == assessment.questionnaire_id
        and (other.as_of, other.created_at) < (assessment.as_of, assessment.created_at)
    ]
    linked = [other for other in before if other.id == assessment.previous_id]
    sealed = [other for other in before if other.state == State.SEALED]
    chosen = next(iter((*linked, *sealed, *before)), None)
    if chosen is None:
        return None
    then = load_edition(chosen.questionnaire_id, chosen.version)
    now = load_edition(assessment.questionnaire_id, assessment.version)
    came_from = {step.after: step.before for step in migration(then, now).steps if step.before}
    answers = {i: content_of(r) for i, r in responses_of(session, chosen.id).items()}
    return Earlier(
        title=chosen.title,
        as_of=chosen.as_of,
        is_sealed=chosen.state == State.SEALED,
        answers={
            after: (then.question(before), answers[before])
            for after, before in came_from.items()
            if after is not None and before in answers
        },
    )
