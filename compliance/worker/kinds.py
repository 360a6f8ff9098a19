"""What each kind of job does. A kind is a function of the engine, settings, claim and progress."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from sqlalchemy import Engine

from compliance.clock import now
from compliance.jobs import Claim, ClaimLostError, beat, fail, finish
from compliance.settings import Settings
from compliance.worker.errors import JobFaultError
from compliance.worker.report import make_report
from compliance.worker.rescreening import rescreen

log = structlog.get_logger()
Progress = Callable[[int, int], None]
Kind = Callable[[Engine, Settings, Claim, Progress], Mapping[str, Any]]
KINDS: dict[str, Kind] = {"report": make_report, "rescreen": rescreen}


def work(engine: Engine, settings: Settings, claim: Claim) -> None:
    """Do a claimed job to its end: done, failed visibly, or dropped when no longer ours."""

    def progress(done: int, total: int) -> None:
        beat(engine, claim, now=now(), done=done, total=total)

    try:
        result = KINDS[claim.kind](engine, settings, claim, progress)
        finish(engine, claim, result, now=now())
    except ClaimLostError:
        log.warning("job_lost", job=str(claim.job_id), kind=claim.kind)
    except Exception as error:  # noqa: BLE001  # one bad job must not stop the worker
        log.error("job_failed", job=str(claim.job_id), kind=claim.kind, error=type(error).__name__)
        _fail(engine, claim, error)


def _fail(engine: Engine, claim: Claim, error: Exception) -> None:
    fault = str(error) if isinstance(error, JobFaultError) else type(error).__name__
    try:
        fail(engine, claim, fault, now=now())
    except ClaimLostError:
        log.warning("job_lost", job=str(claim.job_id), kind=claim.kind)
