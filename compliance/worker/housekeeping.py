"""What a worker does beside jobs: mail, ends of trainings, leftovers; daily heads and reminders."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from compliance import mail
from compliance.audit import ANCHOR_FILE, heads, last_noted, note_heads
from compliance.clock import today
from compliance.database import all_firms_reading
from compliance.settings import Settings
from compliance.training import sweep_trainings
from compliance.worker.benchmarking import refresh_benchmarks_daily
from compliance.worker.faults import told
from compliance.worker.leftovers import sweep_leftovers
from compliance.worker.reminding import order_reminders_daily

log = structlog.get_logger()
_anchored: dict[str, datetime] = {}  # file -> when heads were last noted, so that it is read once


def keep_house(engine: Engine, settings: Settings, *, now: datetime) -> None:
    """One round; cheap where nothing is due. A duty that fails does not hold up the others.

    Raises DBAPIError where the database is away: then all of it waits.
    """
    duties: dict[str, Callable[[], object]] = {
        "mail": lambda: _send_mail(engine, settings, now),
        "anchors": lambda: _anchor_daily(engine, settings, now),
        "trainings": lambda: sweep_trainings(engine, now=now),
        "reminders": lambda: order_reminders_daily(engine, now=now, today=today()),
        "benchmarks": lambda: refresh_benchmarks_daily(engine, today=today()),
        "leftovers": lambda: sweep_leftovers(engine, settings, now=now),
    }
    for name, duty in duties.items():
        try:
            duty()
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001  # one bad mail must not end the anchors
            log.error("duty_failed", duty=name, **told(error))


def _send_mail(engine: Engine, settings: Settings, now: datetime) -> None:
    sent = mail.deliver(engine, settings, now=now)
    if sent:
        log.info("mail_sent", number=sent)


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
