"""Reading assessments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from compliance.answers import UNKNOWN, Answer, Bundle, EvidenceRef, NotApplicable, Value
from compliance.assessments.errors import NoSuchAssessmentError
from compliance.assessments.models import Assessment, Path, Response, ResponseHistory, State
from compliance.catalogue import Edition, Kind, Question, load_edition
from compliance.database import FirmSession
from compliance.evidence import EvidenceItem, EvidenceLink


def assessments_of_firm(session: FirmSession) -> Sequence[Assessment]:
    """All assessments, newest as-of date first."""
    return session.scalars(
        select(Assessment).order_by(Assessment.as_of.desc(), Assessment.created_at.desc())
    ).all()


def assessments_in_use(session: FirmSession) -> Sequence[Assessment]:
    """All assessments but those whose place another revision took, newest as-of date first."""
    return [one for one in assessments_of_firm(session) if one.state != State.SUPERSEDED]


def find_assessment(session: FirmSession, assessment_id: UUID) -> Assessment:
    """The assessment; raises NoSuchAssessmentError also for another firm's."""
    found = session.scalars(select(Assessment).where(Assessment.id == assessment_id)).one_or_none()
    if found is None:
        raise NoSuchAssessmentError(str(assessment_id))
    return found


def edition_of(assessment: Assessment) -> Edition:
    """What the assessment is asked and scored by: its edition, or the short path through it."""
    edition = load_edition(assessment.questionnaire_id, assessment.version)
    return edition.core if assessment.path == Path.CORE else edition


def responses_of(session: FirmSession, assessment_id: UUID) -> dict[str, Response]:
    """Question id → current response."""
    return responses_of_many(session, [assessment_id]).get(assessment_id, {})


def responses_of_many(
    session: FirmSession, assessment_ids: Sequence[UUID]
) -> dict[UUID, dict[str, Response]]:
    """Assessment id → question id → current response, by one statement."""
    found: dict[UUID, dict[str, Response]] = defaultdict(dict)
    for row in session.scalars(select(Response).where(Response.assessment_id.in_(assessment_ids))):
        found[row.assessment_id][row.question_id] = row
    return found


def evidence_of(session: FirmSession, assessment_id: UUID) -> dict[str, list[EvidenceItem]]:
    """Question id → items that support its answer, oldest first."""
    return evidence_of_many(session, [assessment_id]).get(assessment_id, {})


def evidence_of_many(
    session: FirmSession, assessment_ids: Sequence[UUID]
) -> dict[UUID, dict[str, list[EvidenceItem]]]:
    """Assessment id → question id → items that support its answer, by one statement."""
    rows = session.execute(
        select(EvidenceLink.assessment_id, EvidenceLink.question_id, EvidenceItem)
        .join(EvidenceItem, EvidenceItem.id == EvidenceLink.evidence_id)
        .where(EvidenceLink.assessment_id.in_(assessment_ids))
        .order_by(EvidenceItem.created_at, EvidenceItem.title)
    )
    found: dict[UUID, dict[str, list[EvidenceItem]]] = defaultdict(dict)
    for assessment_id, question_id, item in rows:
        found[assessment_id].setdefault(question_id, []).append(item)
    return found


def as_answer(
    question: Question, response: Response | None, items: Sequence[EvidenceItem] = ()
) -> Answer:
    """A stored response as the value that the scorer and the bundle know."""
    evidence = tuple(EvidenceRef(i.title, i.reference or "", i.sha256) for i in items)
    if response is None:
        return Answer(evidence=evidence)
    reason = response.na_reason
    return Answer(
        value=_stored_value(question, response),
        not_applicable=None if reason is None else NotApplicable(reason, response.na_accepted),
        comment=response.comment,
        evidence=evidence,
    )


def _stored_value(question: Question, response: Response) -> Value | None:
    stored = response.value
    if isinstance(stored, list):
        return tuple(stored)
    if question.kind is Kind.DATE and isinstance(stored, str) and stored != UNKNOWN:
        return date.fromisoformat(stored)
    value: Value | None = stored
    return value


def answers_of(session: FirmSession, assessment: Assessment) -> dict[str, Answer]:
    """Question id → answer with its evidence, for every question that has either."""
    edition = load_edition(assessment.questionnaire_id, assessment.version)
    responses = responses_of(session, assessment.id)
    evidence = evidence_of(session, assessment.id)
    return {
        question_id: as_answer(
            edition.question(question_id),
            responses.get(question_id),
            evidence.get(question_id, ()),
        )
        for question_id in responses.keys() | evidence.keys()
    }


def bundle_of(
    assessment: Assessment, answers: Mapping[str, Answer], firm_name: str, firm_reference: str
) -> Bundle:
    """The assessment in the one format for import, export and reports."""
    return Bundle(
        questionnaire_id=assessment.questionnaire_id,
        version=assessment.version,
        as_of=assessment.as_of,
        firm_name=firm_name,
        firm_reference=firm_reference,
        answers=answers,
    )


def history_of(
    session: FirmSession, assessment_id: UUID, question_id: str
) -> Sequence[ResponseHistory]:
    """Every accepted change of one answer, newest first."""
    return session.scalars(
        select(ResponseHistory)
        .where(
            ResponseHistory.assessment_id == assessment_id,
            ResponseHistory.question_id == question_id,
        )
        .order_by(ResponseHistory.version.desc())
    ).all()


def version_before(
    session: FirmSession, assessment_id: UUID, question_id: str, version: int
) -> Mapping[str, Any] | None:
    """What an answer said at an earlier version, None for none."""
    return session.scalars(
        select(ResponseHistory.after).where(
            ResponseHistory.assessment_id == assessment_id,
            ResponseHistory.question_id == question_id,
            ResponseHistory.version == version,
        )
    ).one_or_none()
