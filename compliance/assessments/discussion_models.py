"""What colleagues say to each other around an answer: assignments, flags, messages, mentions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmOwned, firm_key, new_id


class Assignment(FirmOwned, Base):
    """One colleague is asked to answer one question."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question_id", name="uq_assignments_question"),
        firm_key("assessment_id", "assessments", name="fk_assignments_assessment_firm"),
        Index("ix_assignments_person", "firm_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    question_id: Mapped[str]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    assigned_at: Mapped[datetime]
    assigned_by_name: Mapped[str]


class Flag(FirmOwned, Base):
    """Someone wants to talk about an answer; gone once it is settled."""

    __tablename__ = "flags"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question_id", name="uq_flags_question"),
        firm_key("assessment_id", "assessments", name="fk_flags_assessment_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    question_id: Mapped[str]
    raised_at: Mapped[datetime]
    raised_by_name: Mapped[str]


class Message(FirmOwned, Base):
    """One contribution to the thread of a question."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("id", "firm_id", name="uq_messages_id_firm"),
        firm_key("assessment_id", "assessments", name="fk_messages_assessment_firm"),
        Index("ix_messages_question", "assessment_id", "question_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    question_id: Mapped[str]
    at: Mapped[datetime]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    text: Mapped[str]


class Mention(FirmOwned, Base):
    """A message names a colleague with @; `seen_at` is empty until they open the thread."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("message_id", "person_id", name="uq_mentions_person"),
        firm_key("message_id", "messages", name="fk_mentions_message_firm"),
        Index("ix_mentions_person", "firm_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[UUID]
    person_id: Mapped[UUID]
    seen_at: Mapped[datetime | None]
