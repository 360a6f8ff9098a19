"""The distributed engine: Dramatiq on Redis carries job ids to workers on any machine.

Run `dramatiq compliance.worker.distributed`. A message that Redis loses costs delay, not a job: the
sweep sends every waiting job again, and a claim makes sure that it is done once.
"""

import threading

import dramatiq
import structlog
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from compliance.backup import occupy
from compliance.clock import now
from compliance.database import make_engine
from compliance.jobs import claim_next, expire_lost, waiting_ids
from compliance.settings import Settings, SettingsError, read_settings
from compliance.worker.faults import told
from compliance.worker.housekeeping import keep_house
from compliance.worker.kinds import work

log = structlog.get_logger()
SWEEP_S = 5.0


def _broker(settings: Settings) -> RedisBroker:
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL must name the Redis server of the distributed job engine")
    # Dead workers' messages come back at the next maintenance; make it run often.
    return RedisBroker(url=settings.redis_url, heartbeat_timeout=15_000, maintenance_chance=100_000)


settings = read_settings()
occupy(settings.data_dir)
engine: Engine = make_engine(settings.database_url)
broker = _broker(settings)
dramatiq.set_broker(broker)


@dramatiq.actor(max_retries=0, time_limit=10 * 60 * 1000, queue_name="jobs")
def run_job(job_id: str) -> None:
    """Work on the named job, or on the oldest waiting one when that is taken."""
    from uuid import UUID

    claim = claim_next(engine, now=now(), job_id=UUID(job_id)) or claim_next(engine, now=now())
    if claim is not None:
        work(engine, settings, claim)


class Sweep(dramatiq.Middleware):
    """Sends every waiting job again, from each worker process."""

    def after_worker_boot(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        threading.Thread(target=self._run, daemon=True, name="sweep").start()

    def _run(self) -> None:
        while True:
            try:
                expire_lost(engine, now=now())
                for job_id in waiting_ids(engine, now=now()):
                    run_job.send(str(job_id))
                keep_house(engine, settings, now=now())
            except DBAPIError as error:
                log.warning("sweep_waits_for_database", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001  # Redis away, or a fault of ours: go on
                log.error("sweep_round_failed", **told(error))
            threading.Event().wait(SWEEP_S)


broker.add_middleware(Sweep())
