"""The job table is the truth: each job is done once, whatever happens to workers."""

import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine

from compliance.database import firm_reading, firm_session
from compliance.identity import Actor
from compliance.jobs import (
    LEASE,
    ClaimLostError,
    Job,
    JobState,
    NoSuchJobError,
    beat,
    cancel,
    claim_next,
    enqueue,
    expire_lost,
    fail,
    find_job,
    finish,
    restart,
    tell,
    waiting_ids,
)
from tests.support import cast

OFFICER = cast.actor("officer@amber.example")
STRANGER = cast.actor("officer@borealis.example")
LATER = LEASE + timedelta(seconds=1)


def ask(engine: Engine, now: datetime, key: str = "k", actor: Actor = OFFICER) -> UUID:
    with firm_session(engine, actor.firm_id) as session:
        job = enqueue(session, actor, "report", key=key, title="T", arguments={"a": 1}, now=now)
        return job.id


def look(engine: Engine, job_id: UUID) -> Job:
    with firm_reading(engine, OFFICER.firm_id) as session:
        return find_job(session, job_id)


def test_the_same_work_is_asked_for_once(each_engine: Engine, now: datetime) -> None:
    assert ask(each_engine, now) == ask(each_engine, now)
    assert ask(each_engine, now, "other") != ask(each_engine, now)


def test_the_same_key_of_another_firm_is_other_work(each_engine: Engine, now: datetime) -> None:
    assert ask(each_engine, now) != ask(each_engine, now, actor=STRANGER)


def test_another_firm_does_not_find_the_job(each_engine: Engine, now: datetime) -> None:
    job_id = ask(each_engine, now)

    with firm_reading(each_engine, STRANGER.firm_id) as session, pytest.raises(NoSuchJobError):
        find_job(session, job_id)


def test_a_claimed_job_is_claimed_by_nobody_else(each_engine: Engine, now: datetime) -> None:
    job_id = ask(each_engine, now)

    claim = claim_next(each_engine, now=now)

    assert claim is not None
    assert (claim.job_id, claim.attempt, claim.arguments) == (job_id, 1, {"a": 1})
    assert claim_next(each_engine, now=now) is None


def test_progress_and_result_are_kept(each_engine: Engine, now: datetime) -> None:
    job_id = ask(each_engine, now)
    claim = claim_next(each_engine, now=now)
    assert claim is not None

    tell(each_engine, claim, now=now, done=3, total=9)
    halfway = look(each_engine, job_id)
    finish(each_engine, claim, {"file": "f"}, now=now)

    assert (halfway.state, halfway.done_steps, halfway.all_steps) == ("running", 3, 9)
    ended = look(each_engine, job_id)
    assert (ended.state, ended.result, ended.finished_at) == ("done", {"file": "f"}, now)


def test_a_dead_worker_loses_its_job_to_another_once(each_engine: Engine, now: datetime) -> None:
    job_id = ask(each_engine, now)
    first = claim_next(each_engine, now=now)
    assert first is not None

    assert claim_next(each_engine, now=now + LATER / 2) is None
    second = claim_next(each_engine, now=now + LATER)
    assert second is not None
    assert (second.job_id, second.attempt) == (job_id, 2)
    with pytest.raises(ClaimLostError):  # the paused first worker comes back
        finish(each_engine, first, {"file": "of the first"}, now=now + LATER)
    finish(each_engine, second, {"file": "of the second"}, now=now + LATER)

    assert look(each_engine, job_id).result == {"file": "of the second"}


def test_a_second_death_fails_the_job_visibly(each_engine: Engine, now: datetime) -> None:
    job_id = ask(each_engine, now)
    claim_next(each_engine, now=now)
    claim_next(each_engine, now=now + LATER)

    assert claim_next(each_engine, now=now + 2 * LATER) is None
    assert waiting_ids(each_engine, now=now + 2 * LATER) == [job_id]
    assert expire_lost(each_engine, now=now + 2 * LATER) == 1

    job = look(each_engine, job_id)
    assert (job.state, job.fault) == (JobState.FAILED, "worker-died")
    assert waiting_ids(each_engine, now=now + 2 * LATER) == []


def test_a_failed_job_can_be_started_again(each_engine: Engine, now: datetime) -> None:
    job_id = ask(each_engine, now)
    claim = claim_next(each_engine, now=now)
    assert claim is not None
    fail(each_engine, claim, "time-limit", now=now)

    with firm_session(each_engine, OFFICER.firm_id) as session:
        restart(session, job_id)

    again = claim_next(each_engine, now=now)
    assert again is not None
    assert (again.job_id, again.attempt) == (job_id, 1)


def test_a_failed_job_does_not_stand_in_the_way_of_a_new_one(
    each_engine: Engine, now: datetime
) -> None:
    job_id = ask(each_engine, now)
    claim = claim_next(each_engine, now=now)
    assert claim is not None
    fail(each_engine, claim, "x", now=now)

    assert ask(each_engine, now) != job_id


def test_a_cancelled_job_throws_its_worker_out(each_engine: Engine, now: datetime) -> None:
    job_id = ask(each_engine, now)
    claim = claim_next(each_engine, now=now)
    assert claim is not None

    with firm_session(each_engine, OFFICER.firm_id) as session:
        cancel(session, job_id, now=now)

    with pytest.raises(ClaimLostError):
        beat(each_engine, claim, now=now)
    assert look(each_engine, job_id).state == JobState.CANCELLED


def test_forty_jobs_on_four_workers_are_each_done_once(each_engine: Engine, now: datetime) -> None:
    wanted = {ask(each_engine, now, f"key {n}") for n in range(40)}
    done: list[UUID] = []

    def worker() -> None:
        while claim := claim_next(each_engine, now=now):
            done.append(claim.job_id)
            finish(each_engine, claim, {}, now=now)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == 40
    assert set(done) == wanted
