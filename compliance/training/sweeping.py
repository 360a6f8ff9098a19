"""What ends by itself: sandboxes and forgotten classes, looked for every few minutes."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from compliance.database import shared_session
from compliance.training.debrief import sweep_sessions
from compliance.training.sandbox import sweep_sandboxes

log = structlog.get_logger()
EVERY = timedelta(minutes=10)
_swept: dict[str, datetime] = {}  # database -> when this process looked last


def sweep_trainings(engine: Engine, *, now: datetime) -> None:
    """End what is over; cheap where this process looked a moment ago."""
    key = str(engine.url)
    last = _swept.get(key)
    if last is not None and abs(now - last) < EVERY:
        return
    _swept[key] = now
    with shared_session(engine) as session:
        sandboxes = sweep_sandboxes(session, now=now)
    with shared_session(engine) as session:
        sessions = sweep_sessions(session, now=now)
    if sandboxes or sessions:
        log.info("trainings_ended", sandboxes=sandboxes, sessions=sessions)
