"""Assessments, their responses, and the append-only history of each response."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import AppendOnly, Base, FirmOwned, firm_key, new_id


class State(StrEnum):
    """Where an assessment stands in its workflow."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    SEALED = "sealed"
    SUPERSEDED = "superseded"  # a revision on a newer edition took its place, or was undone


class Path(StrEnum):
    """The whole edition, or its short path for small firms."""

    FULL = "full"
    CORE = "core"


OPEN_STATES = frozenset({State.DRAFT, State.RETURNED})


class OnEdition(Protocol):
    """Anything that stands on an edition of a questionnaire, as an assessment does."""

    @property
    def questionnaire_id(self) -> str:
        """Id of the questionnaire."""

    @property
    def version(self) -> str:
        """Version of the questionnaire: with its id it names the edition."""


class Assessment(FirmOwned, Base):
    """One firm's run through one edition as of a date."""

    __tablename__ = "assessments"
    __table_args__ = (
        UniqueConstraint("id", "firm_id", name="uq_assessments_id_firm"),
        CheckConstraint(
            "state IN (" + ", ".join(f"'{state.value}'" for state in State) + ")",
            name="state_known",
        ),
        CheckConstraint("path IN ('full', 'core')", name="path_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    questionnaire_id: Mapped[str]
    version: Mapped[str]  # of the questionnaire: names the edition
    as_of: Mapped[date]
    path: Mapped[str] = mapped_column(default=Path.FULL)
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    previous_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("assessments.id", ondelete="SET NULL")
    )
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    submitted_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class Response(FirmOwned, Base):
    """The current answer to one question, with the version that guards against overwriting."""

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question_id", name="uq_responses_question"),
        firm_key("assessment_id", "assessments", name="fk_responses_assessment_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    question_id: Mapped[str]
    value: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    na_reason: Mapped[str | None]
    na_accepted: Mapped[bool] = mapped_column(default=False)
    na_decided_by: Mapped[str | None]
    comment: Mapped[str] = mapped_column(default="")
    to_confirm: Mapped[bool] = mapped_column(default=False)  # carried over, not looked at yet
    version: Mapped[int] = mapped_column()
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[UUID | None]
    updated_by_name: Mapped[str]

    __mapper_args__ = {"version_id_col": version}


class ResponseHistory(AppendOnly, FirmOwned, Base):
    """One accepted change of an answer; a trigger refuses UPDATE and DELETE of a row."""

    __tablename__ = "response_history"
    __table_args__ = (
        firm_key("assessment_id", "assessments", name="fk_response_history_assessment_firm"),
        UniqueConstraint(
            "assessment_id", "question_id", "version", name="uq_response_history_version"
        ),
        Index("ix_response_history_at", "firm_id", "at"),
    )
    goes_with: ClassVar[Mapping[str, str]] = {"firm_id": "firms", "assessment_id": "assessments"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    question_id: Mapped[str]
    version: Mapped[int] = mapped_column()
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    person_name: Mapped[str]
    cause: Mapped[str]  # edit, import, restore, carry_over, migration, review
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any]]
