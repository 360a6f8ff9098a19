"""Reading jobs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from compliance.database import FirmSession
from compliance.jobs.models import Job, JobState


class NoSuchJobError(Exception):
    """No job of this firm has that id."""


def find_job(session: FirmSession, job_id: UUID) -> Job:
    """The job; raises NoSuchJobError also for another firm's."""
    job = session.scalars(select(Job).where(Job.id == job_id)).one_or_none()
    if job is None:
        raise NoSuchJobError(str(job_id))
    return job


def find_same(session: FirmSession, kind: str, key: str) -> Job | None:
    """The newest job that makes or made the same thing, failed and cancelled ones left out."""
    return session.scalars(
        select(Job)
        .where(
            Job.kind == kind,
            Job.key == key,
            Job.state.in_([JobState.QUEUED, JobState.RUNNING, JobState.DONE]),
        )
        .order_by(Job.created_at.desc())
        .limit(1)
    ).first()


def jobs_of_firm(session: FirmSession, kind: str | None = None, limit: int = 50) -> Sequence[Job]:
    """The firm's newest jobs, of one kind or all."""
    wanted = select(Job).order_by(Job.created_at.desc()).limit(limit)
    return session.scalars(wanted if kind is None else wanted.where(Job.kind == kind)).all()
