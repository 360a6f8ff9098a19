"""A worker killed at any moment: its job is done exactly once all the same, by whoever is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from compliance.answers import parse_bundle
from compliance.assessments import import_bundle
from compliance.clock import now
from compliance.database import firm_reading, firm_session, make_engine, shared_reading
from compliance.identity import Actor, find_actor
from compliance.jobs import Job, JobState, find_job
from compliance.settings import ROOT
from compliance.worker import Wish, order_report
from tests.support import cast
from tests.support.serving import Server

DEMO = (ROOT / "questionnaires" / "demo" / "current.json").read_bytes()
PATIENCE_S = 150

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def order(engine: Engine, actor: Actor) -> UUID:
    with firm_session(engine, actor.firm_id) as session:
        bundle = parse_bundle(DEMO)
        assessment = import_bundle(session, actor, bundle, title="fault", now=now())
    return order_report(engine, actor, Wish(assessment.id)).id


def wait_for(engine: Engine, actor: Actor, job_id: UUID, told: Callable[[Job], bool]) -> Job:
    give_up = time.monotonic() + PATIENCE_S
    while True:
        with firm_reading(engine, actor.firm_id) as session:
            job = find_job(session, job_id)
        if told(job):
            return job
        assert time.monotonic() < give_up, f"the job stayed {job.state}: {job.fault}"
        time.sleep(0.1)


def is_running(job: Job) -> bool:
    return job.state == JobState.RUNNING


def is_over(job: Job) -> bool:
    return job.state in (JobState.DONE, JobState.FAILED)


def assert_done_once(job: Job, folder: Path) -> None:
    assert (job.state, job.attempts) == (JobState.DONE, 2), job.fault
    made = [path.name for path in (folder / "reports" / str(job.firm_id)).iterdir()]
    assert job.result is not None
    assert job.result["file"] in made
    assert [name for name in made if name.endswith("-2")] == [job.result["file"]]


def test_what_the_killed_server_was_making_is_made_after_its_restart(own_server: Server) -> None:
    engine = make_engine(f"sqlite:///{own_server.folder / 'app.db'}")
    actor = demo_exporter(engine)
    job_id = order(engine, actor)
    wait_for(engine, actor, job_id, is_running)

    own_server.kill()
    own_server.start()

    assert_done_once(wait_for(engine, actor, job_id, is_over), own_server.folder)
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.redis
def test_a_second_machine_takes_over_from_a_killed_one(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    engine = make_engine(postgres_url)
    actor = cast.actor("exporter@amber.example")
    job_id = order(engine, actor)
    environ = {
        **os.environ,
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(tmp_path),
        "EMBEDDED_JOBS": "0",
        "SECRET_KEY": "a secret for the tests alone, 32+ characters",
    }
    with worker(environ) as first:
        wait_for(engine, actor, job_id, is_running)
        os.killpg(first.pid, signal.SIGKILL)
    with worker(environ):
        job = wait_for(engine, actor, job_id, is_over)

    assert_done_once(job, tmp_path)
    engine.dispose()


@contextmanager
def worker(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The distributed engine's worker, as the operations guide starts it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "dramatiq", "compliance.worker.distributed"),
            *("--processes", "1", "--threads", "1"),
        ],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def demo_exporter(engine: Engine) -> Actor:
    from sqlalchemy import select

    from compliance.identity import Membership, Person

    with shared_reading(engine) as session:
        row = session.execute(
            select(Membership.person_id, Membership.firm_id)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.email == "exporter@demo.example")
        ).one()
    actor = find_actor(engine, row[0], row[1])
    assert actor is not None
    return actor
