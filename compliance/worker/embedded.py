"""The embedded engine: one thread of each web process, working on one job at a time.

The heavy part of a job runs in a child process (see `reports`), so a web process never typesets.
"""

import threading

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from compliance.clock import now
from compliance.jobs import claim_next, expire_lost, waiting_ids
from compliance.settings import Settings
from compliance.worker.faults import told
from compliance.worker.housekeeping import keep_house

log = structlog.get_logger()
POLL_S = 1.0
THREAD_NAME = "jobs"
_wake = threading.Event()


def start_embedded(engine: Engine, settings: Settings) -> threading.Thread:
    """Start the thread; it ends with the process. What was queued or running is finished later."""
    thread = threading.Thread(target=_run, args=(engine, settings), name=THREAD_NAME, daemon=True)
    thread.start()
    return thread


def wake() -> None:
    """Look for work now instead of at the next poll."""
    _wake.set()


def _run(engine: Engine, settings: Settings) -> None:
    while True:
        try:
            while run_one(engine, settings):
                pass
            keep_house(engine, settings, now=now())
        except DBAPIError as error:  # the database is away: try again at the next poll
            log.warning("jobs_wait_for_database", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001  # a thread that ends would end all jobs for good
            log.error("jobs_round_failed", **told(error))
        _wake.wait(POLL_S)
        _wake.clear()


def run_one(engine: Engine, settings: Settings) -> bool:
    """Work on one waiting job; False when there is none."""
    from compliance.worker.kinds import work

    if not waiting_ids(engine, now=now()):
        return False
    expire_lost(engine, now=now())
    claim = claim_next(engine, now=now())
    if claim is None:
        return False
    work(engine, settings, claim)
    return True
