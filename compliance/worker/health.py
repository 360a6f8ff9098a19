"""Does the job engine work?"""

import threading
from datetime import datetime, timedelta

from sqlalchemy import Engine

from compliance.jobs import oldest_waiting_since
from compliance.settings import Settings
from compliance.worker.embedded import THREAD_NAME

PATIENCE = timedelta(minutes=10)  # a job that waits longer has no worker


def engine_fault(engine: Engine, settings: Settings, *, now: datetime) -> str | None:
    """What is wrong with the job engine in a few words, None when nothing is.

    Embedded: its thread must live in this process. Distributed: Redis must answer. In both, no job
    may have waited for long.
    """
    if settings.embedded_jobs and not _thread_lives():
        return "embedded job engine is not running"
    if not settings.embedded_jobs and settings.redis_url and not _redis_answers(settings.redis_url):
        return "redis unreachable"
    since = oldest_waiting_since(engine)
    if since is not None and now - since > PATIENCE:
        return "jobs wait without a worker"
    return None


def _thread_lives() -> bool:
    return any(thread.name == THREAD_NAME for thread in threading.enumerate())


def _redis_answers(url: str) -> bool:
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as connection:
            return bool(connection.ping())
    except RedisError:
        return False
