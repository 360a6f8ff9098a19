"""Asking for work, calling it off, asking again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.database import FirmSession, new_id
from compliance.identity import Actor
from compliance.jobs.models import LIVE_STATES, Job, JobState
from compliance.jobs.queries import find_job, find_same


def enqueue(
    session: FirmSession,
    actor: Actor,
    kind: str,
    *,
    key: str,
    title: str,
    arguments: Mapping[str, Any],
    now: datetime,
) -> Job:
    """Ask for a job in the caller's transaction; the same work under way or done is returned."""
    same = find_same(session, kind, key)
    if same is not None:
        return same
    job = Job(
        id=new_id(),
        kind=kind,
        key=key,
        title=title,
        arguments=dict(arguments),
        state=JobState.QUEUED,
        done_steps=0,
        all_steps=0,
        attempts=0,
        created_at=now,
        created_by_name=actor.name,
    )
    session.add(job)
    session.flush()
    return job


def cancel(session: FirmSession, job_id: UUID, *, now: datetime) -> Job:
    """Call off a job that is waiting or running; a finished one stays as it is."""
    job = find_job(session, job_id)
    if job.state in LIVE_STATES:
        job.state, job.token, job.lease_until = JobState.CANCELLED, None, None
        job.finished_at = now
    return job


def restart(session: FirmSession, job_id: UUID, *, lost: bool = False) -> Job:
    """Queue a failed or cancelled job again, with its attempts counted afresh.

    `lost`: what it made is gone, so that a finished job is queued again, too.
    """
    job = find_job(session, job_id)
    again = {JobState.FAILED, JobState.CANCELLED} | ({JobState.DONE} if lost else set())
    if job.state in again:
        job.state, job.attempts, job.fault = JobState.QUEUED, 0, None
        job.done_steps, job.finished_at, job.result = 0, None, None
    return job
