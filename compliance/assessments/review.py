"""The workflow: submit, review question by question, return or seal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from compliance.answers import contradictions, survey
from compliance.assessments.errors import (
    NoClaimError,
    NothingReturnedError,
    NotReadyError,
    OwnClaimError,
    ReasonNeededError,
    StaleDecisionError,
    WrongStateError,
)
from compliance.assessments.models import (
    OPEN_STATES,
    Assessment,
    Response,
    ResponseHistory,
    State,
)
from compliance.assessments.operations import content_of
from compliance.assessments.queries import answers_of, edition_of, responses_of
from compliance.assessments.review_models import (
    ContradictionExplanation,
    ReviewDecision,
    StateChange,
    Verdict,
)
from compliance.assessments.saving import take_turn
from compliance.audit import record
from compliance.database import FirmSession
from compliance.identity import Actor

BLOCKING = "blocks"


def submit(session: FirmSession, actor: Actor, assessment: Assessment, *, now: datetime) -> None:
    """Hand the assessment to the officer. Unanswered questions may stay; the result says so.

    Raises:
        WrongStateError: it is not a draft and was not returned.
        NotReadyError: a contradiction that blocks has no explanation.
    """
    take_turn(session, assessment)
    if assessment.state not in OPEN_STATES:
        raise WrongStateError(assessment.state)
    blocking = blocking_contradictions(session, assessment)
    if blocking:
        raise NotReadyError(blocking)
    assessment.submitted_at = now
    move(session, actor, assessment, State.SUBMITTED, now=now)


def take_back(session: FirmSession, actor: Actor, assessment: Assessment, *, now: datetime) -> None:
    """The firm takes a submitted assessment back, as long as nobody has begun to review it."""
    _step(session, actor, assessment, {State.SUBMITTED}, State.DRAFT, now)


def start_review(
    session: FirmSession, actor: Actor, assessment: Assessment, *, now: datetime
) -> None:
    """The officer begins to review."""
    _step(session, actor, assessment, {State.SUBMITTED}, State.IN_REVIEW, now)


def return_to_firm(
    session: FirmSession, actor: Actor, assessment: Assessment, reason: str, *, now: datetime
) -> None:
    """Send the assessment back, with reasons at the questions or one in general."""
    take_turn(session, assessment)
    decided = decisions_of(session, assessment.id)
    if not reason.strip() and not any(d.verdict == Verdict.RETURN for d in decided.values()):
        raise NothingReturnedError(str(assessment.id))
    _step(session, actor, assessment, {State.IN_REVIEW}, State.RETURNED, now, reason.strip())


def decide(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    verdict: Verdict,
    *,
    base_version: int,
    now: datetime,
    proposed: Any = None,
    comment: str = "",
) -> ReviewDecision:
    """Keep the reviewer's verdict on one answer; `proposed` is a value of the question as JSON."""
    take_turn(session, assessment)
    if assessment.state != State.IN_REVIEW:
        raise WrongStateError(assessment.state)
    if verdict is not Verdict.AGREE and not comment.strip():
        raise ReasonNeededError(question_id)
    decision = session.scalars(
        select(ReviewDecision).where(
            ReviewDecision.assessment_id == assessment.id,
            ReviewDecision.question_id == question_id,
        )
    ).one_or_none()
    if (decision.version if decision else 0) != base_version:
        raise StaleDecisionError(decision)
    response = responses_of(session, assessment.id).get(question_id)
    if decision is None:
        decision = ReviewDecision(assessment_id=assessment.id, question_id=question_id)
        session.add(decision)
    decision.verdict = verdict
    decision.proposed = proposed if verdict is Verdict.PROPOSE else None
    decision.comment = comment.strip()
    decision.response_version = response.version if response else 0
    decision.decided_at = now
    decision.decided_by_id, decision.decided_by_name = actor.person_id, actor.name
    try:
        session.flush()
    except (IntegrityError, StaleDataError):  # decided by another at the same moment
        raise StaleDecisionError(None) from None
    subject = f"assessment:{assessment.id}/{question_id}"
    record(session, actor, f"review.{verdict}", subject, now=now)
    return decision


def decide_claim(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    *,
    accept: bool,
    now: datetime,
    base_version: int | None = None,
) -> Response:
    """Accept or refuse a claim of "not applicable"; never by the person who made it.

    `base_version`: of the answer that was looked at; None where nobody looked at a page.
    """
    take_turn(session, assessment)
    if assessment.state == State.SEALED:
        raise WrongStateError(assessment.state)
    response = responses_of(session, assessment.id).get(question_id)
    if response is None or response.na_reason is None:
        raise NoClaimError(question_id)
    if base_version is not None and base_version != response.version:
        raise StaleDecisionError(None)
    if actor.person_id in _claimants(session, response):
        raise OwnClaimError(question_id)
    before = content_of(response) | {"na_accepted": response.na_accepted}
    response.na_accepted, response.na_decided_by = accept, actor.name
    session.flush()
    session.add(
        ResponseHistory(
            assessment_id=assessment.id,
            question_id=question_id,
            version=response.version,
            at=now,
            person_id=actor.person_id,
            person_name=actor.name,
            cause="review",
            before=before,
            after=content_of(response) | {"na_accepted": accept},
        )
    )
    verb = "accepted" if accept else "refused"
    subject = f"assessment:{assessment.id}/{question_id}"
    record(session, actor, f"claim.{verb}", subject, now=now)
    return response


def explain_contradiction(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    contradiction_id: str,
    explanation: str,
    *,
    now: datetime,
) -> ContradictionExplanation:
    """Say why both answers stand; an officer's acceptance of an older wording falls away."""
    take_turn(session, assessment)
    if assessment.state == State.SEALED:
        raise WrongStateError(assessment.state)
    if not explanation.strip():
        raise ReasonNeededError(contradiction_id)
    found = explanations_of(session, assessment.id).get(contradiction_id)
    if found is None:
        found = ContradictionExplanation(
            assessment_id=assessment.id, contradiction_id=contradiction_id
        )
        session.add(found)
    found.explanation, found.explained_at = explanation.strip(), now
    found.explained_by_id, found.explained_by_name = actor.person_id, actor.name
    found.accepted_by_name = None
    session.flush()
    subject = f"assessment:{assessment.id}/{contradiction_id}"
    record(session, actor, "contradiction.explained", subject, now=now)
    return found


def accept_explanation(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    contradiction_id: str,
    *,
    now: datetime,
) -> None:
    """The officer accepts the explanation; never the person who wrote it."""
    take_turn(session, assessment)
    found = explanations_of(session, assessment.id).get(contradiction_id)
    if found is None:
        raise NoClaimError(contradiction_id)
    if found.explained_by_id == actor.person_id:
        raise OwnClaimError(contradiction_id)
    found.accepted_by_name = actor.name
    subject = f"assessment:{assessment.id}/{contradiction_id}"
    record(session, actor, "contradiction.accepted", subject, now=now)


def blocking_contradictions(session: FirmSession, assessment: Assessment) -> tuple[str, ...]:
    """Rules that block submission and have no explanation yet, in catalogue order."""
    edition = edition_of(assessment)
    answers = answers_of(session, assessment)
    broken = contradictions(edition, answers, survey(edition, answers, assessment.as_of))
    explained = explanations_of(session, assessment.id)
    return tuple(
        rule.id for rule in broken if rule.severity == BLOCKING and rule.id not in explained
    )


def decisions_of(session: FirmSession, assessment_id: UUID) -> dict[str, ReviewDecision]:
    """Question id → the reviewer's decision."""
    rows = session.scalars(
        select(ReviewDecision).where(ReviewDecision.assessment_id == assessment_id)
    )
    return {row.question_id: row for row in rows}


def explanations_of(
    session: FirmSession, assessment_id: UUID
) -> dict[str, ContradictionExplanation]:
    """Contradiction id → its explanation."""
    rows = session.scalars(
        select(ContradictionExplanation).where(
            ContradictionExplanation.assessment_id == assessment_id
        )
    )
    return {row.contradiction_id: row for row in rows}


def state_changes_of(session: FirmSession, assessment_id: UUID) -> Sequence[StateChange]:
    """The assessment's way through the workflow, oldest first."""
    return session.scalars(
        select(StateChange)
        .where(StateChange.assessment_id == assessment_id)
        .order_by(StateChange.at)
    ).all()


def move(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    after: State,
    *,
    now: datetime,
    reason: str = "",
) -> None:
    """Change the state and keep the step; callers have checked that it is allowed."""
    before, assessment.state = assessment.state, after
    session.add(
        StateChange(
            assessment_id=assessment.id,
            before=before,
            after=after,
            at=now,
            person_id=actor.person_id,
            person_name=actor.name,
            reason=reason,
        )
    )
    session.flush()
    record(session, actor, f"assessment.{after}", f"assessment:{assessment.id}", now=now)


def _step(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    allowed: set[State],
    after: State,
    now: datetime,
    reason: str = "",
) -> None:
    take_turn(session, assessment)
    if assessment.state not in allowed:
        raise WrongStateError(assessment.state)
    move(session, actor, assessment, after, now=now, reason=reason)


def _claimants(session: FirmSession, response: Response) -> set[UUID | None]:
    """Everybody who wrote the present reason."""
    rows = session.scalars(
        select(ResponseHistory).where(
            ResponseHistory.assessment_id == response.assessment_id,
            ResponseHistory.question_id == response.question_id,
            ResponseHistory.cause != "review",
        )
    )
    return {row.person_id for row in rows if row.after.get("na_reason") == response.na_reason}
