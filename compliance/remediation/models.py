"""Remediation actions."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmOwned, firm_key, new_id


class ActionState(StrEnum):
    """How far an action is. `done` is the owner's word, `accepted` the officer's."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


class RemediationAction(FirmOwned, Base):
    """Who closes which gap by when."""

    __tablename__ = "remediation_actions"
    __table_args__ = (
        UniqueConstraint("id", "firm_id", name="uq_remediation_actions_id_firm"),
        CheckConstraint(
            "state IN (" + ", ".join(f"'{state.value}'" for state in ActionState) + ")",
            name="state_known",
        ),
        CheckConstraint("state NOT IN ('done', 'accepted') OR proof <> ''", name="done_has_proof"),
        firm_key("assessment_id", "assessments", name="fk_remediation_actions_assessment_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID] = mapped_column(index=True)
    question_id: Mapped[str]
    title: Mapped[str]
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    effort_days: Mapped[float | None]
    state: Mapped[str] = mapped_column(default=ActionState.OPEN)
    note: Mapped[str] = mapped_column(default="")
    proof: Mapped[str] = mapped_column(default="")  # what shows that it is done
    depends_on_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("remediation_actions.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    done_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_name: Mapped[str | None]
    reminded_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
