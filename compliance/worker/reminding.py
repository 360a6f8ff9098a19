"""Once a day: remind the owners of remedies that are due or overdue."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from compliance.clock import now as present
from compliance.clock import today as present_day
from compliance.database import all_firms_reading, firm_session
from compliance.identity import Actor, Role, firm_of
from compliance.jobs import Claim, enqueue
from compliance.remediation import RemediationAction, remind, wants_reminder
from compliance.settings import Settings

KIND = "reminders"
TITLE = "reminders of remedies"
_ordered: dict[str, date] = {}  # database -> day on which this process last ordered them


def order_reminders_daily(engine: Engine, *, now: datetime, today: date) -> int:
    """Queue the reminders of each firm that has any; once a day and process, once a day in all."""
    database = engine.url.render_as_string()
    if _ordered.get(database) == today:
        return 0
    firms = firms_to_remind(engine, today)
    for firm_id in firms:
        with firm_session(engine, firm_id) as session:
            enqueue(
                session,
                Actor(UUID(int=0), "system", firm_id, "", Role.ADMINISTRATOR, "en"),
                KIND,
                key=today.isoformat(),
                title=TITLE,
                arguments={},
                now=now,
            )
    _ordered[database] = today
    return len(firms)


def firms_to_remind(engine: Engine, today: date) -> list[UUID]:
    """Firms in which somebody is to be reminded."""
    with all_firms_reading(engine, reason="find remedies that are due") as session:
        actions = session.scalars(
            select(RemediationAction).where(RemediationAction.due_on.is_not(None))
        )
        return sorted({a.firm_id for a in actions if wants_reminder(a, today)})


def send_reminders(
    engine: Engine, settings: Settings, claim: Claim, _progress: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """The job: write the mails of one firm."""
    return {"mails": remind_firm(engine, settings, claim.firm_id)}


def remind_firm(engine: Engine, settings: Settings, firm_id: UUID) -> int:
    """Write the mails of one firm now; returns how many."""
    firm = firm_of(engine, firm_id)
    with firm_session(engine, firm_id) as session:
        return remind(session, firm, base_url=settings.base_url, now=present(), today=present_day())
