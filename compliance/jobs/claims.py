"""Working on jobs: claim, heartbeat, finish. For the worker only; sees every firm's jobs.

Each function is one transaction. A claim is one guarded UPDATE, so two workers never share a job;
a worker that was paused past its lease finds its token gone and can write nothing.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, func, or_, select, update

from compliance.database import all_firms_reading, all_firms_session
from compliance.jobs.models import Job, JobState

LEASE = timedelta(seconds=15)  # a worker's heartbeat renews it every few seconds
FARTHEST = 4 * LEASE  # a lease that ends later was given before the clock leapt back
MOST_ATTEMPTS = 2  # a job whose worker died is taken up once more, then it is failed visibly


class ClaimLostError(Exception):
    """The job was cancelled or taken over; what was made must be thrown away."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held by this worker until its lease ends."""

    job_id: UUID
    firm_id: UUID
    kind: str
    key: str
    arguments: Mapping[str, Any]
    attempt: int
    token: str


def claim_next(engine: Engine, *, now: datetime, job_id: UUID | None = None) -> Claim | None:
    """Take the oldest waiting job (or the one named); None when there is nothing to do."""
    waiting = or_(Job.state == JobState.QUEUED, _is_lost(now) & (Job.attempts < MOST_ATTEMPTS))
    chosen = select(Job.id).where(waiting).order_by(Job.created_at).limit(1)
    if job_id is not None:
        chosen = chosen.where(Job.id == job_id)
    token = secrets.token_hex(16)
    with all_firms_session(engine, reason="claim a job") as session:
        row = session.execute(
            update(Job)
            .where(Job.id == chosen.with_for_update(skip_locked=True).scalar_subquery(), waiting)
            .values(
                state=JobState.RUNNING,
                token=token,
                lease_until=now + LEASE,
                attempts=Job.attempts + 1,
                started_at=now,
                done_steps=0,
            )
            .returning(Job.id, Job.firm_id, Job.kind, Job.key, Job.arguments, Job.attempts)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        return None
    return Claim(row[0], row[1], row[2], row[3], row[4], row[5], token)


def waiting_ids(engine: Engine, *, now: datetime) -> list[UUID]:
    """Jobs that some worker should take up, oldest first."""
    with all_firms_reading(engine, reason="look for waiting jobs") as session:
        return list(
            session.scalars(
                select(Job.id)
                .where(or_(Job.state == JobState.QUEUED, _is_lost(now)))
                .order_by(Job.created_at)
                .limit(20)
            )
        )


def oldest_waiting_since(engine: Engine) -> datetime | None:
    """When the job that waits longest was asked for; None when none waits."""
    with all_firms_reading(engine, reason="look for waiting jobs") as session:
        return session.scalars(
            select(Job.created_at)
            .where(Job.state == JobState.QUEUED)
            .order_by(Job.created_at)
            .limit(1)
        ).first()


def count_by_state(engine: Engine) -> dict[str, int]:
    """How many jobs stand in each state, for the operator's figures."""
    with all_firms_reading(engine, reason="count jobs") as session:
        rows = session.execute(select(Job.state, func.count(Job.id)).group_by(Job.state))
        counted = dict.fromkeys((state.value for state in JobState), 0)
        for state, number in rows:
            counted[state] = number
    return counted


def beat(engine: Engine, claim: Claim, *, now: datetime) -> None:
    """Renew the lease; raises ClaimLostError when the job is no longer ours."""
    _write(engine, claim, lease_until=now + LEASE)


def tell(engine: Engine, claim: Claim, *, now: datetime, done: int, total: int) -> None:
    """Renew the lease and tell the progress; raises ClaimLostError when it is no longer ours."""
    _write(engine, claim, lease_until=now + LEASE, done_steps=done, all_steps=total)


def finish(engine: Engine, claim: Claim, result: Mapping[str, Any], *, now: datetime) -> None:
    """The job is done; raises ClaimLostError when it is no longer ours."""
    _write(
        engine,
        claim,
        state=JobState.DONE,
        result=dict(result),
        token=None,
        lease_until=None,
        finished_at=now,
    )


def fail(engine: Engine, claim: Claim, fault: str, *, now: datetime) -> None:
    """The job can't be done; the fault is shown with a restart button."""
    _write(
        engine,
        claim,
        state=JobState.FAILED,
        fault=fault[:500],
        token=None,
        lease_until=None,
        finished_at=now,
    )


def expire_lost(engine: Engine, *, now: datetime) -> int:
    """Fail the jobs whose workers died too often; returns how many."""
    lost = _is_lost(now) & (Job.attempts >= MOST_ATTEMPTS)
    with all_firms_session(engine, reason="fail lost jobs") as session:
        rows = session.execute(
            update(Job)
            .where(lost)
            .values(
                state=JobState.FAILED,
                fault="worker-died",
                token=None,
                lease_until=None,
                finished_at=now,
            )
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        ).all()
    return len(rows)


def _is_lost(now: datetime) -> ColumnElement[bool]:
    """Jobs whose worker let its lease end, or whose lease is of another time.

    A clock that leaps while a worker lives costs it nothing until its next heartbeat; if another
    worker takes the job up in these seconds, the token lets only one of them finish it.
    """
    ended = or_(Job.lease_until < now, Job.lease_until > now + FARTHEST)
    return (Job.state == JobState.RUNNING) & ended


def _write(engine: Engine, claim: Claim, **values: Any) -> None:
    with all_firms_session(engine, reason=f"job {claim.kind}") as session:
        row = session.execute(
            update(Job)
            .where(Job.id == claim.job_id, Job.token == claim.token)
            .values(**values)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        raise ClaimLostError(str(claim.job_id))
