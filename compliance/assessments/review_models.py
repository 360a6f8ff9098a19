"""What review adds to an assessment: decisions, explanations, the path of its states, the seal."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import AppendOnly, Base, FirmOwned, firm_key, new_id


class Verdict(StrEnum):
    """What the reviewer says of an answer."""

    AGREE = "agree"
    RETURN = "return"  # the firm must look at it again
    PROPOSE = "propose"  # the reviewer holds another value; both stand in the report


class ReviewDecision(FirmOwned, Base):
    """The reviewer's verdict on one answer, guarded by its version like the answer itself."""

    __tablename__ = "review_decisions"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question_id", name="uq_review_decisions_question"),
        CheckConstraint("verdict IN ('agree', 'return', 'propose')", name="verdict_known"),
        firm_key("assessment_id", "assessments", name="fk_review_decisions_assessment_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    question_id: Mapped[str]
    verdict: Mapped[str]
    proposed: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    comment: Mapped[str] = mapped_column(default="")
    response_version: Mapped[int]  # of the answer that was judged; a newer answer needs a new look
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID]
    decided_by_name: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ContradictionExplanation(FirmOwned, Base):
    """Why two answers that seem to exclude each other are both right."""

    __tablename__ = "contradiction_explanations"
    __table_args__ = (
        UniqueConstraint(
            "assessment_id", "contradiction_id", name="uq_contradiction_explanations_once"
        ),
        firm_key(
            "assessment_id", "assessments", name="fk_contradiction_explanations_assessment_firm"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    contradiction_id: Mapped[str]
    explanation: Mapped[str]
    explained_at: Mapped[datetime]
    explained_by_id: Mapped[UUID]
    explained_by_name: Mapped[str]
    accepted_by_name: Mapped[str | None]


class StateChange(FirmOwned, Base):
    """One step of an assessment through its workflow."""

    __tablename__ = "state_changes"
    __table_args__ = (
        firm_key("assessment_id", "assessments", name="fk_state_changes_assessment_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID] = mapped_column(index=True)
    before: Mapped[str]
    after: Mapped[str]
    at: Mapped[datetime]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class Snapshot(AppendOnly, FirmOwned, Base):
    """A sealed assessment: edition, answers, evidence digests, result, decisions, and their digest.

    The database refuses to change it, or to delete it except with its firm. The columns beside
    `content` repeat its head figures, so that a portfolio needs not read the whole.
    """

    __tablename__ = "snapshots"
    __table_args__ = (
        UniqueConstraint("assessment_id", name="uq_snapshots_assessment"),
        firm_key("assessment_id", "assessments", name="fk_snapshots_assessment_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    title: Mapped[str]
    questionnaire_id: Mapped[str]
    version: Mapped[str]
    as_of: Mapped[date]
    sealed_at: Mapped[datetime]
    sealed_by_name: Mapped[str]
    digest: Mapped[str]
    content: Mapped[dict[str, Any]]
    grade: Mapped[str | None]
    score: Mapped[float | None]
    supported_score: Mapped[float | None]
    module_scores: Mapped[dict[str, Any]]
