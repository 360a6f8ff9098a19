"""What each kind of job does. A kind is a function of the engine, settings, claim and progress."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Engine

from compliance.clock import now
from compliance.jobs import LEASE, Claim, ClaimLostError, beat, fail, finish, tell
from compliance.settings import Settings
from compliance.worker.errors import JobFaultError
from compliance.worker.portfolio import KIND as PORTFOLIO
from compliance.worker.portfolio import make_portfolio
from compliance.worker.reminding import KIND as REMINDERS
from compliance.worker.reminding import send_reminders
from compliance.worker.report import make_report
from compliance.worker.rescreening import KIND as RESCREENING
from compliance.worker.rescreening import rescreen

log = structlog.get_logger()
Progress = Callable[[int, int], None]
Kind = Callable[[Engine, Settings, Claim, Progress], Mapping[str, Any]]
KINDS: dict[str, Kind] = {
    "report": make_report,
    PORTFOLIO: make_portfolio,
    REMINDERS: send_reminders,
    RESCREENING: rescreen,
}
BEAT_S = LEASE.total_seconds() / 5


def work(engine: Engine, settings: Settings, claim: Claim) -> None:
    """Do a claimed job to its end: done, failed visibly, or dropped when no longer ours."""

    def progress(done: int, total: int) -> None:
        tell(engine, claim, now=now(), done=done, total=total)

    try:
        with _heartbeat(engine, claim):
            result = KINDS[claim.kind](engine, settings, claim, progress)
        finish(engine, claim, result, now=now())
    except ClaimLostError:
        log.warning("job_lost", job=str(claim.job_id), kind=claim.kind)
    except Exception as error:  # noqa: BLE001  # one bad job must not stop the worker
        fault = str(error) if isinstance(error, JobFaultError) else type(error).__name__
        log.error("job_failed", job=str(claim.job_id), kind=claim.kind, fault=fault)
        _fail(engine, claim, fault)


@contextmanager
def _heartbeat(engine: Engine, claim: Claim) -> Iterator[None]:
    """Renew the lease while the job runs, however long it is silent."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(BEAT_S):
            try:
                beat(engine, claim, now=now())
            except ClaimLostError:
                return  # the next progress or the end finds the same and throws the work away
            except Exception as error:  # noqa: BLE001  # without it the job would be given away
                log.warning("heartbeat_missed", job=str(claim.job_id), error=type(error).__name__)

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _fail(engine: Engine, claim: Claim, fault: str) -> None:
    try:
        fail(engine, claim, fault, now=now())
    except ClaimLostError:
        log.warning("job_lost", job=str(claim.job_id), kind=claim.kind)
