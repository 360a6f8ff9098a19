"""What a worker does beside jobs: send mail, end trainings, once a day heads and reminders."""

from datetime import datetime

import structlog
from sqlalchemy import Engine

from compliance import mail
from compliance.audit import ANCHOR_FILE, heads, last_noted, note_heads
from compliance.clock import today
from compliance.database import all_firms_reading
from compliance.settings import Settings
from compliance.training import sweep_trainings
from compliance.worker.benchmarking import refresh_benchmarks_daily
from compliance.worker.reminding import order_reminders_daily

log = structlog.get_logger()
_anchored: dict[str, datetime] = {}  # file -> when heads were last noted, so that it is read once


def keep_house(engine: Engine, settings: Settings, *, now: datetime) -> None:
    """One round; cheap where nothing is due."""
    sent = mail.deliver(engine, settings, now=now)
    if sent:
        log.info("mail_sent", number=sent)
    _anchor_daily(engine, settings, now)
    sweep_trainings(engine, now=now)
    order_reminders_daily(engine, now=now, today=today())
    refresh_benchmarks_daily(engine, today=today())


def _anchor_daily(engine: Engine, settings: Settings, now: datetime) -> None:
    path = settings.data_dir / ANCHOR_FILE
    last = _anchored.get(str(path)) or last_noted(path)
    if last is not None and last.date() == now.date():
        _anchored[str(path)] = last
        return
    with all_firms_reading(engine, reason="note the audit heads of the day") as session:
        found = heads(session)
    if found:
        note_heads(path, found, now=now)
        log.info("audit_heads", heads=[f"{firm} {seq} {digest}" for firm, seq, digest in found])
        _anchored[str(path)] = now
