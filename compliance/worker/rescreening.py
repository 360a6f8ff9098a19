"""When a list changes: screen every firm's open parties again, reopen classifications."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from compliance.clock import now as present
from compliance.clock import today
from compliance.database import firm_session, shared_reading
from compliance.determination import reopen_worksheets
from compliance.identity import Actor, Firm, Role
from compliance.jobs import Claim, enqueue
from compliance.screening import lists_in_use, rescreen_open_parties
from compliance.settings import Settings
from compliance.worker.embedded import wake

KIND = "rescreen"
TITLE = "lists changed"


def order_rescreening(engine: Engine, firm_id: UUID | None, *, now: datetime) -> int:
    """Queue a new screening of the open parties of one firm, or of all; how many firms."""
    firms = [firm_id] if firm_id else _all_firms(engine)
    for firm in firms:
        with firm_session(engine, firm) as session:
            versions = sorted(f"{v.code}:{v.number}" for v in lists_in_use(session))
            enqueue(
                session,
                _program(firm),
                KIND,
                key=" ".join(versions),
                title=TITLE,
                arguments={"lists": versions},
                now=now,
            )
    wake()
    return len(firms)


def reopen_everywhere(engine: Engine, code: str, *, now: datetime) -> int:
    """Reopen the classifications of all firms that rest on an older version of a list."""
    with shared_reading(engine) as session:
        numbers = [v.number for v in lists_in_use(session) if v.code == code]
    reopened = 0
    for firm in _all_firms(engine) if numbers else []:
        with firm_session(engine, firm) as session:
            reopened += reopen_worksheets(session, code, numbers[0], now=now)
    return reopened


def rescreen(
    engine: Engine, _settings: Settings, claim: Claim, _progress: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """The job: screen all open parties of the firm again."""
    with firm_session(engine, claim.firm_id) as session:
        changed = rescreen_open_parties(session, now=present(), today=today())
    return {"new_matches": changed}


def _all_firms(engine: Engine) -> list[UUID]:
    with shared_reading(engine) as session:
        return list(session.scalars(select(Firm.id)))


def _program(firm_id: UUID) -> Actor:
    """The program itself, acting for a firm."""
    return Actor(UUID(int=0), "system", firm_id, "", Role.ADMINISTRATOR, "en")
