"""Once a day: publish the sectors' figures anew, where that gives no firm away."""

from datetime import date

from sqlalchemy import Engine

from compliance.assessments import refresh_benchmarks
from compliance.database import all_firms_session

_refreshed: dict[str, date] = {}  # database -> day on which this process last did it


def refresh_benchmarks_daily(engine: Engine, *, today: date) -> int:
    """How many figures changed; cheap where today's are made."""
    database = engine.url.render_as_string()
    if _refreshed.get(database) == today:
        return 0
    with all_firms_session(engine, reason="publish the figures of sectors") as session:
        published = refresh_benchmarks(session, today=today)
    _refreshed[database] = today
    return published
