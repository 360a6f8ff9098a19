"""The only place that reads the wall clock; everything else gets `now` or a day as an argument."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251


def today() -> date:
    """Today's date in China, where the law's days begin and end."""
    from zoneinfo import ZoneInfo

    return now().astimezone(ZoneInfo("Asia/Shanghai")).date()
