"""Programmes of study: scenarios in an order, taught as one session with tests around them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from compliance.audit import record
from compliance.database import FirmSession, new_id
from compliance.identity import Actor
from compliance.training.errors import NoSuchProgrammeError
from compliance.training.models import StudyProgramme


def programmes_of_firm(session: FirmSession) -> Sequence[StudyProgramme]:
    """The firm's programmes, by title."""
    return session.scalars(select(StudyProgramme).order_by(StudyProgramme.title)).all()


def find_programme(session: FirmSession, programme_id: str) -> StudyProgramme:
    """A programme of the firm. Raises NoSuchProgrammeError."""
    try:
        wanted = UUID(programme_id)
    except ValueError:
        raise NoSuchProgrammeError(programme_id) from None
    row = session.scalars(select(StudyProgramme).where(StudyProgramme.id == wanted)).one_or_none()
    if row is None:
        raise NoSuchProgrammeError(programme_id)
    return row


def keep_programme(
    session: FirmSession,
    actor: Actor,
    title: str,
    scenario_ids: Sequence[str],
    *,
    tests: bool,
    now: datetime,
) -> StudyProgramme:
    """Set up a programme."""
    row = StudyProgramme(
        id=new_id(),
        title=title,
        scenario_ids=list(scenario_ids),
        tests=tests,
        created_by_name=actor.name,
        created_at=now,
    )
    session.add(row)
    record(session, actor, "programme.kept", f"programme:{row.id}", now=now)
    return row


def drop_programme(
    session: FirmSession, actor: Actor, row: StudyProgramme, *, now: datetime
) -> None:
    """Remove a programme; sessions that taught it stay."""
    session.delete(row)
    record(session, actor, "programme.dropped", f"programme:{row.id}", now=now)
