"""The clock leaps an hour or a day, ahead or back, while a job runs: its effect happens once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from compliance.database import firm_reading
from compliance.jobs import (
    LEASE,
    ClaimLostError,
    JobState,
    beat,
    claim_next,
    expire_lost,
    find_job,
    finish,
    waiting_ids,
)
from tests.jobs.test_claims import OFFICER, ask, look

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
each_leap = pytest.mark.parametrize("leap", [HOUR, -HOUR, DAY, -DAY], ids=str)
each_return = pytest.mark.parametrize("leap", [HOUR, DAY], ids=str)


@each_leap
def test_a_living_workers_next_heartbeat_keeps_its_job(
    each_engine: Engine, now: datetime, leap: timedelta
) -> None:
    job_id = ask(each_engine, now)
    claim = claim_next(each_engine, now=now)
    assert claim is not None

    beat(each_engine, claim, now=now + leap)

    assert waiting_ids(each_engine, now=now + leap) == []
    assert claim_next(each_engine, now=now + leap + LEASE / 2) is None
    finish(each_engine, claim, {"file": "f"}, now=now + leap)
    assert look(each_engine, job_id).state == JobState.DONE


@each_leap
def test_before_that_heartbeat_two_may_work_but_one_finishes(
    each_engine: Engine, now: datetime, leap: timedelta
) -> None:
    job_id = ask(each_engine, now)
    first = claim_next(each_engine, now=now)
    assert first is not None

    second = claim_next(each_engine, now=now + leap)

    assert second is not None
    with pytest.raises(ClaimLostError):
        beat(each_engine, first, now=now + leap)
    with pytest.raises(ClaimLostError):
        finish(each_engine, first, {"file": "of the first"}, now=now + leap)
    finish(each_engine, second, {"file": "of the second"}, now=now + leap)
    assert look(each_engine, job_id).result == {"file": "of the second"}
    assert claim_next(each_engine, now=now) is None
    assert claim_next(each_engine, now=now + 2 * leap) is None


@each_return
def test_a_dead_workers_job_does_not_wait_for_the_clock_to_catch_up(
    each_engine: Engine, now: datetime, leap: timedelta
) -> None:
    job_id = ask(each_engine, now)
    claim_next(each_engine, now=now)

    again = claim_next(each_engine, now=now - leap)

    assert again is not None
    assert (again.job_id, again.attempt) == (job_id, 2)


@each_return
def test_a_second_death_fails_the_job_also_when_the_clock_leapt_back(
    each_engine: Engine, now: datetime, leap: timedelta
) -> None:
    job_id = ask(each_engine, now)
    claim_next(each_engine, now=now)
    claim_next(each_engine, now=now + 2 * LEASE)

    assert expire_lost(each_engine, now=now - leap) == 1

    assert look(each_engine, job_id).state == JobState.FAILED


def test_clocks_of_two_machines_may_differ_by_some_seconds(
    each_engine: Engine, now: datetime
) -> None:
    ask(each_engine, now)
    claim_next(each_engine, now=now + timedelta(seconds=20))  # this machine is ahead

    assert waiting_ids(each_engine, now=now) == []


@each_leap
def test_a_job_asked_for_before_a_leap_is_done_after_it(
    each_engine: Engine, now: datetime, leap: timedelta
) -> None:
    job_id = ask(each_engine, now)

    claim = claim_next(each_engine, now=now + leap)

    assert claim is not None
    finish(each_engine, claim, {}, now=now + leap)
    with firm_reading(each_engine, OFFICER.firm_id) as session:
        assert find_job(session, job_id).state == JobState.DONE
