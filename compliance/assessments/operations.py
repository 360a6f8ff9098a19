"""Changing assessments. Each verb takes the session first and never commits."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from compliance.answers import Answer, Bundle
from compliance.assessments.errors import (
    ClosedAssessmentError,
    NoSuchAssessmentError,
)
from compliance.assessments.models import (
    OPEN_STATES,
    Assessment,
    Path,
    Response,
    ResponseHistory,
    State,
)
from compliance.assessments.queries import find_assessment
from compliance.assessments.saving import content_to_keep, take_turn
from compliance.audit import record
from compliance.catalogue import Edition
from compliance.database import FirmSession, new_id
from compliance.evidence import EvidenceItem, EvidenceLink
from compliance.identity import Actor


def open_assessment(
    session: FirmSession,
    actor: Actor,
    edition: Edition,
    *,
    title: str,
    as_of: date,
    now: datetime,
    path: Path = Path.FULL,
) -> Assessment:
    """Start an assessment of the actor's firm on an edition."""
    assessment = Assessment(
        id=new_id(),
        title=title,
        questionnaire_id=edition.questionnaire_id,
        version=edition.version,
        as_of=as_of,
        path=path,
        state=State.DRAFT,
        created_at=now,
        created_by_name=actor.name,
    )
    session.add(assessment)
    session.flush()
    record(session, actor, "assessment.opened", f"assessment:{assessment.id}", now=now)
    return assessment


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An assessment and the current answer to one question, read together."""

    assessment: Assessment
    response: Response | None


def read_answer(session: FirmSession, assessment_id: UUID, question_id: str) -> ReadAnswer:
    """Both in one statement; raises NoSuchAssessmentError also for another firm's."""
    row = session.execute(
        select(Assessment, Response)
        .outerjoin(
            Response,
            (Response.assessment_id == Assessment.id) & (Response.question_id == question_id),
        )
        .where(Assessment.id == assessment_id)
    ).one_or_none()
    if row is None:
        raise NoSuchAssessmentError(str(assessment_id))
    return ReadAnswer(*row)


def import_bundle(
    session: FirmSession, actor: Actor, bundle: Bundle, *, title: str, now: datetime
) -> Assessment:
    """A new assessment with the bundle's answers, comments and evidence references."""
    assessment = Assessment(
        id=new_id(),
        title=title,
        questionnaire_id=bundle.questionnaire_id,
        version=bundle.version,
        as_of=bundle.as_of,
        path=Path.FULL,
        state=State.DRAFT,
        created_at=now,
        created_by_name=actor.name,
    )
    session.add(assessment)
    session.flush()
    items: dict[tuple[str, str, str | None], EvidenceItem] = {}
    for question_id, answer in bundle.answers.items():
        _import_answer(session, actor, assessment, question_id, answer, now)
        for ref in dict.fromkeys(answer.evidence):  # a file may name one thing twice
            key = (ref.title, ref.reference, ref.sha256)
            item = items.get(key)
            if item is None:
                item = items[key] = EvidenceItem(
                    id=new_id(),
                    title=ref.title,
                    reference=ref.reference or None,
                    sha256=ref.sha256,
                    created_at=now,
                    created_by_name=actor.name,
                )
                session.add(item)
                session.flush()
            link = EvidenceLink(
                evidence_id=item.id,
                assessment_id=assessment.id,
                question_id=question_id,
                created_at=now,
            )
            session.add(link)
    session.flush()
    record(
        session,
        actor,
        "assessment.imported",
        f"assessment:{assessment.id}",
        now=now,
        details={"answers": len(bundle.answers)},
    )
    return assessment


def continue_in_full(
    session: FirmSession, actor: Actor, assessment: Assessment, *, now: datetime
) -> None:
    """Ask all that applies from now on; every answer of the short path stays.

    Raises ClosedAssessmentError unless the assessment is open for answers.
    """
    take_turn(session, assessment)
    if assessment.state not in OPEN_STATES:
        raise ClosedAssessmentError(assessment.state)
    if assessment.path == Path.FULL:
        return
    assessment.path = Path.FULL
    session.flush()
    record(session, actor, "assessment.continued_in_full", f"assessment:{assessment.id}", now=now)


def load_for_change(session: FirmSession, assessment_id: UUID) -> Assessment:
    """The assessment, if it is open for answers."""
    assessment = find_assessment(session, assessment_id)
    if assessment.state not in OPEN_STATES:
        raise ClosedAssessmentError(assessment.state)
    return assessment


def content_of(response: Response) -> dict[str, Any]:
    """What an answer says, as JSON, without who and when."""
    return {"value": response.value, "na_reason": response.na_reason, "comment": response.comment}


def _write(response: Response, answer: Answer, actor: Actor, now: datetime) -> None:
    content = content_to_keep(answer)
    response.value = content["value"]
    if response.na_reason != content["na_reason"]:
        response.na_accepted, response.na_decided_by = False, None
    response.na_reason = content["na_reason"]
    response.comment = content["comment"]
    response.to_confirm = False
    response.updated_at = now
    response.updated_by_id = actor.person_id
    response.updated_by_name = actor.name


def _import_answer(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    answer: Answer,
    now: datetime,
) -> None:
    response = Response(assessment_id=assessment.id, question_id=question_id)
    _write(response, answer, actor, now)
    response.na_accepted = bool(answer.not_applicable and answer.not_applicable.accepted)
    session.add(response)
    session.add(
        ResponseHistory(
            assessment_id=assessment.id,
            question_id=question_id,
            version=1,
            at=now,
            person_id=actor.person_id,
            person_name=actor.name,
            cause="import",
            before=None,
            after=content_to_keep(answer),
        )
    )
