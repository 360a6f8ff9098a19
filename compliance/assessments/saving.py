"""Saving one answer: the hot path, by reviewed statements (decision 0018).

Whoever saves stands in the firm's line first, so that what was read still stands when it is
written. The answer, its history and its audit entry are written together or not at all.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from compliance.answers import Answer, value_json
from compliance.assessments.errors import (
    ClosedAssessmentError,
    NoSuchAssessmentError,
    StaleAnswerError,
)
from compliance.assessments.limits import question_for
from compliance.assessments.models import OPEN_STATES, Assessment, Response, ResponseHistory
from compliance.audit import Head, record, stand_in_line
from compliance.database import FirmSession, FirmStatement, new_id, own_firm
from compliance.identity import Actor

_ASSESSMENTS: Any = Assessment.__table__
_RESPONSES: Any = Response.__table__
_HISTORY: Any = ResponseHistory.__table__
_CONTENT = ("value", "na_reason", "comment")
_FIND = FirmStatement(
    select(
        _ASSESSMENTS.c.state,
        _ASSESSMENTS.c.questionnaire_id,
        _ASSESSMENTS.c.version.label("edition_version"),
        _RESPONSES.c.id,
        _RESPONSES.c.version,
        _RESPONSES.c.value,
        _RESPONSES.c.na_reason,
        _RESPONSES.c.comment,
        _RESPONSES.c.na_accepted,
        _RESPONSES.c.na_decided_by,
        _RESPONSES.c.to_confirm,
        _RESPONSES.c.updated_at,
    )
    .select_from(
        _ASSESSMENTS.outerjoin(
            _RESPONSES,
            (_RESPONSES.c.firm_id == own_firm())
            & (_RESPONSES.c.assessment_id == _ASSESSMENTS.c.id)
            & (_RESPONSES.c.question_id == bindparam("question_id")),
        )
    )
    .where(_ASSESSMENTS.c.firm_id == own_firm(), _ASSESSMENTS.c.id == bindparam("assessment_id"))
)
_ADD = FirmStatement(insert(_RESPONSES).inline())
_CHANGE = FirmStatement(
    update(_RESPONSES).where(
        _RESPONSES.c.firm_id == own_firm(),
        _RESPONSES.c.id == bindparam("response_id"),
        _RESPONSES.c.version == bindparam("seen"),
    )
)
_REMEMBER = FirmStatement(insert(_HISTORY).inline())


@dataclass(frozen=True, slots=True)
class Kept:
    """The version of an answer that stands, and since when."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a save goes by: the assessment's state and edition, and the answer that stands."""

    assessment_id: UUID
    question_id: str
    state: str
    questionnaire_id: str
    version: str  # of the questionnaire
    answer: Any | None  # the row of the current response
    head: Head


def take_turn(session: FirmSession, assessment: Assessment) -> None:
    """Stand in line before an assessment is changed as a whole, and read its row again.

    No save then slips in between what the caller reads from here on and what it writes.
    """
    session.flush()
    stand_in_line(session)
    session.refresh(assessment)


def find_for_saving(session: FirmSession, assessment_id: UUID, question_id: str) -> Found:
    """Stand in line, then read; raises NoSuchAssessmentError also for another firm's."""
    head = stand_in_line(session)
    row = session.run(_FIND, assessment_id=assessment_id, question_id=question_id).one_or_none()
    if row is None:
        raise NoSuchAssessmentError(str(assessment_id))
    return Found(
        assessment_id=assessment_id,
        question_id=question_id,
        state=row.state,
        questionnaire_id=row.questionnaire_id,
        version=row.edition_version,
        answer=None if row.id is None else row,
        head=head,
    )


def keep_answer(
    session: FirmSession,
    actor: Actor,
    found: Found,
    answer: Answer,
    *,
    base_version: int,
    now: datetime,
    cause: str = "edit",
) -> Kept:
    """Keep one answer (value or N/A, comment), its history and its audit entry.

    `base_version` is the version that the author saw, 0 for none. A save that says what already
    stands is a success (the first reply was lost). Evidence is linked separately. The N/A of an
    answer that changes loses its acceptance.

    Raises:
        NoSuchQuestionError: the question is of a module that the actor is not asked about.
        ClosedAssessmentError: the assessment is submitted, in review or sealed.
        StaleAnswerError: someone else's change would be overwritten.
    """
    if actor.modules is not None:
        question_for(actor, found, found.question_id)
    if found.state not in OPEN_STATES:
        raise ClosedAssessmentError(found.state)
    stands, after = found.answer, content_to_keep(answer)
    before = None if stands is None else {name: getattr(stands, name) for name in _CONTENT}
    if stands is not None and before == after and not stands.to_confirm:
        return Kept(stands.version, stands.updated_at)
    seen = 0 if stands is None else stands.version
    if seen != base_version:
        raise StaleAnswerError(None)
    same_claim = stands is not None and stands.na_reason == after["na_reason"]
    content = after | {
        "na_accepted": same_claim and stands is not None and stands.na_accepted,
        "na_decided_by": stands.na_decided_by if same_claim and stands is not None else None,
        "updated_at": now,
        "updated_by_id": actor.person_id,
        "updated_by_name": actor.name,
        "to_confirm": False,
        "version": seen + 1,
    }
    names = {"assessment_id": found.assessment_id, "question_id": found.question_id}
    if stands is None:
        session.run(_ADD, id=new_id(), **names, **content)
    else:
        moved = session.run(_CHANGE, response_id=stands.id, seen=seen, **content)
        if moved.rowcount != 1:  # a writer that stood in no line
            raise StaleAnswerError(None)
    session.run(
        _REMEMBER,
        id=new_id(),
        **names,
        version=seen + 1,
        at=now,
        person_id=actor.person_id,
        person_name=actor.name,
        cause=cause,
        before=before,
        after=after,
    )
    subject = f"assessment:{found.assessment_id}/{found.question_id}"
    details = {"v": seen + 1}
    record(session, actor, f"answer.{cause}", subject, now=now, details=details, head=found.head)
    return Kept(seen + 1, now)


def save_answer(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    answer: Answer,
    *,
    base_version: int,
    now: datetime,
    cause: str = "edit",
) -> Response:
    """Keep one answer as `keep_answer` does, among other work on the same assessment.

    Returns the response that stands. The StaleAnswerError that it raises carries it, None where
    there is none.
    """
    session.flush()
    found = find_for_saving(session, assessment.id, question_id)
    try:
        keep_answer(session, actor, found, answer, base_version=base_version, now=now, cause=cause)
    except StaleAnswerError:
        raise StaleAnswerError(_current(session, found)) from None
    kept = _current(session, found)
    if kept is None:
        raise RuntimeError(f"{question_id} was kept and is not there")
    return kept


def content_to_keep(answer: Answer) -> dict[str, Any]:
    """What an answer says, as the history and the comparison of two answers have it."""
    value = None if answer.value is None else value_json(answer.value)
    reason = answer.not_applicable.reason if answer.not_applicable else None
    return {"value": value, "na_reason": reason, "comment": answer.comment}


def _current(session: FirmSession, found: Found) -> Response | None:
    """The response as it stands now, also where the session had read it before."""
    return session.scalars(
        select(Response)
        .where(
            Response.assessment_id == found.assessment_id,
            Response.question_id == found.question_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
