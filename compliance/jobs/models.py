"""The job table."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmOwned, new_id


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE_STATES = frozenset({JobState.QUEUED, JobState.RUNNING})


class Job(FirmOwned, Base):
    """One piece of work of a firm. `key` names what it makes: the same work is not done twice."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "state IN (" + ", ".join(f"'{state.value}'" for state in JobState) + ")",
            name="state_known",
        ),
        Index("ix_jobs_waiting", "state", "lease_until"),
        Index("ix_jobs_key", "firm_id", "kind", "key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    key: Mapped[str]
    title: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=JobState.QUEUED)
    done_steps: Mapped[int] = mapped_column(default=0)
    all_steps: Mapped[int] = mapped_column(default=0)  # 0 while unknown
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None]  # of the present claim; fences every later write
    lease_until: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    fault: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
