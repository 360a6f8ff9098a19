"""Asking an outside expert: a link to one question or one module, until a day, and signed advice.

Legal source of the practice: Export Control Law, article 5 (expert consultation), in force from
2020-12-01; here a firm asks an expert of its own choice.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from compliance.assessments.discussion_models import Message
from compliance.assessments.errors import AssessmentError, EmptyMessageError, NoSuchQuestionError
from compliance.assessments.models import Assessment
from compliance.audit import record
from compliance.catalogue import Edition, Question
from compliance.database import Base, FirmOwned, FirmSession, firm_key, new_id
from compliance.identity import Actor, Role

LONGEST_ADVICE = 4000  # characters


class NoSuchConsultationError(AssessmentError):
    """No consultation has that id or link."""


class EndedConsultationError(AssessmentError):
    """The link's last day has passed, or it was withdrawn."""


class PastEndError(AssessmentError):
    """A consultation must end today or later."""


class Consultation(FirmOwned, Base):
    """An invitation to an expert. The link holds a random token, this row its SHA-256."""

    __tablename__ = "consultations"
    __table_args__ = (
        firm_key("assessment_id", "assessments", name="fk_consultations_assessment_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID] = mapped_column(index=True)
    module_id: Mapped[str]
    question_id: Mapped[str | None]  # None: the whole module
    expert_name: Mapped[str]
    expert_email: Mapped[str]
    request: Mapped[str]  # what is asked
    token_sha256: Mapped[str] = mapped_column(unique=True)
    ends_on: Mapped[date]  # the last day on which the link works
    asked_at: Mapped[datetime]
    asked_by_name: Mapped[str]
    withdrawn_at: Mapped[datetime | None]

    def is_open(self, today: date) -> bool:
        """Whether the link still works."""
        return self.withdrawn_at is None and today <= self.ends_on


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask what, and until when."""

    expert_name: str
    expert_email: str
    request: str
    module_id: str
    question_id: str | None
    ends_on: date


def ask_expert(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    asked: Asked,
    *,
    now: datetime,
    today: date,
) -> tuple[Consultation, str]:
    """Make the invitation; returns it with the token of its link, which is kept nowhere else.

    Raises PastEndError.
    """
    if asked.ends_on < today:
        raise PastEndError(asked.ends_on.isoformat())
    token = secrets.token_urlsafe(32)
    row = Consultation(
        id=new_id(),
        assessment_id=assessment.id,
        module_id=asked.module_id,
        question_id=asked.question_id,
        expert_name=asked.expert_name.strip(),
        expert_email=asked.expert_email.strip().lower(),
        request=asked.request.strip(),
        token_sha256=_digest(token),
        ends_on=asked.ends_on,
        asked_at=now,
        asked_by_name=actor.name,
    )
    session.add(row)
    session.flush()
    subject = f"assessment:{assessment.id}/{asked.question_id or asked.module_id}"
    record(session, actor, "expert.asked", subject, now=now, details={"expert": row.expert_email})
    return row, token


def withdraw(
    session: FirmSession, actor: Actor, consultation_id: UUID, *, now: datetime
) -> Consultation:
    """End a consultation at once."""
    row = find_consultation(session, consultation_id)
    row.withdrawn_at = row.withdrawn_at or now
    session.flush()
    record(session, actor, "expert.withdrawn", f"consultation:{row.id}", now=now)
    return row


def open_consultation(
    session: FirmSession, consultation_id: UUID, token: str, *, today: date
) -> Consultation:
    """The consultation of a link. Raises NoSuchConsultationError, EndedConsultationError."""
    row = find_consultation(session, consultation_id)
    if not hmac.compare_digest(row.token_sha256, _digest(token)):
        raise NoSuchConsultationError(str(consultation_id))
    if not row.is_open(today):
        raise EndedConsultationError(str(consultation_id))
    return row


def advise(
    session: FirmSession,
    consultation: Consultation,
    question: Question,
    text: str,
    *,
    now: datetime,
) -> Message:
    """Add the expert's advice to the thread of a question, signed with name and address.

    Raises EmptyMessageError, and NoSuchQuestionError for a question that was not shown to them.
    """
    if question.module_id != consultation.module_id or (
        consultation.question_id not in (None, question.id)
    ):
        raise NoSuchQuestionError(question.id)
    said = text.strip()[:LONGEST_ADVICE]
    if not said:
        raise EmptyMessageError(question.id)
    signed = f"{consultation.expert_name} <{consultation.expert_email}>"
    message = Message(
        id=new_id(),
        assessment_id=consultation.assessment_id,
        question_id=question.id,
        at=now,
        person_id=consultation.id,  # no person of the house; the consultation stands for them
        person_name=signed,
        text=said,
    )
    session.add(message)
    session.flush()
    expert = Actor(consultation.id, signed, consultation.firm_id, "", Role.READER, "en")
    subject = f"assessment:{consultation.assessment_id}/{question.id}"
    digest = hashlib.sha256(said.encode()).hexdigest()
    record(session, expert, "expert.advised", subject, now=now, details={"sha256": digest})
    return message


def questions_of(edition: Edition, consultation: Consultation) -> tuple[Question, ...]:
    """What the expert is shown: the one question, or those of the module."""
    return tuple(
        q
        for q in edition.module(consultation.module_id).questions
        if consultation.question_id in (None, q.id)
    )


def find_consultation(session: FirmSession, consultation_id: UUID) -> Consultation:
    """Raises NoSuchConsultationError also for another firm's."""
    row = session.scalars(
        select(Consultation).where(Consultation.id == consultation_id)
    ).one_or_none()
    if row is None:
        raise NoSuchConsultationError(str(consultation_id))
    return row


def consultations_of(session: FirmSession, assessment_id: UUID) -> Sequence[Consultation]:
    """All of one assessment, newest first."""
    return session.scalars(
        select(Consultation)
        .where(Consultation.assessment_id == assessment_id)
        .order_by(Consultation.asked_at.desc())
    ).all()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
