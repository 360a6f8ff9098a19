"""Sandboxes: a firm of kind training for one trainer and one scenario.

The firm is made and ended here in a shared session; what happens in it is written by the rooms that
own it, in a session of that firm. Ending deletes the firm with all that hangs on it.
"""

from datetime import datetime, timedelta
from secrets import token_hex
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance.database import new_id
from compliance.identity import Actor, Firm, FirmKind, Login, Membership, Person, Role
from compliance.training.errors import NoSuchSandboxError, SandboxLimitError
from compliance.training.models import Sandbox
from compliance.training.reading import read_scenario
from compliance.training.scenario import Scenario

LIFETIME = timedelta(hours=24)
MOST_AT_ONCE = 5  # of one person
ROLES = (Role.OFFICER, Role.EXPORTER, Role.READER)


def start_sandbox(
    session: Session, person_id: UUID, home_firm_id: UUID, scenario: Scenario, *, now: datetime
) -> tuple[Sandbox, Actor]:
    """Make the firm, seat the trainer in it as its officer; returns who acts there.

    Raises SandboxLimitError where the person has too many open.
    """
    if len(open_sandboxes(session, person_id, now=now)) >= MOST_AT_ONCE:
        raise SandboxLimitError(MOST_AT_ONCE)
    ends_at = now + LIFETIME
    firm = Firm(
        id=new_id(),
        reference=f"TRAINING-{token_hex(4).upper()}",
        name=scenario.firm_name.en,
        name_zh=scenario.firm_name.zh,
        kind=FirmKind.TRAINING,
        created_at=now,
        ends_at=ends_at,
    )
    session.add(firm)
    session.flush()
    sandbox = Sandbox(
        id=new_id(),
        firm_id=firm.id,
        person_id=person_id,
        home_firm_id=home_firm_id,
        scenario=dict(scenario.document),
        created_at=now,
        ends_at=ends_at,
    )
    role = Role.OFFICER
    member = Membership(person_id=person_id, firm_id=firm.id, role=role.value, created_at=now)
    session.add_all((sandbox, member))
    session.flush()
    person = session.get_one(Person, person_id)
    actor = Actor(
        person_id=person_id,
        name=person.name,
        firm_id=firm.id,
        firm_name=firm.name,
        role=role,
        language="en",
        firm_kind=FirmKind.TRAINING,
    )
    return sandbox, actor


def sandbox_of(session: Session, person_id: UUID, firm_id: UUID) -> Sandbox:
    """The sandbox that a firm is. Raises NoSuchSandboxError where it is none of this person's."""
    found = session.scalars(
        select(Sandbox).where(Sandbox.firm_id == firm_id, Sandbox.person_id == person_id)
    ).one_or_none()
    if found is None:
        raise NoSuchSandboxError(str(firm_id))
    return found


def open_sandboxes(session: Session, person_id: UUID, *, now: datetime) -> list[Sandbox]:
    """The person's sandboxes that have not ended, newest first."""
    return list(
        session.scalars(
            select(Sandbox)
            .where(Sandbox.person_id == person_id, Sandbox.ends_at > now)
            .order_by(Sandbox.created_at.desc())
        )
    )


def scenario_in(sandbox: Sandbox) -> Scenario:
    """The scenario as it was started."""
    return read_scenario(sandbox.scenario, "sandbox")


def play_as(session: Session, sandbox: Sandbox, role: Role) -> None:
    """Look at the sandbox as another role sees it."""
    member = session.scalars(
        select(Membership).where(
            Membership.person_id == sandbox.person_id, Membership.firm_id == sandbox.firm_id
        )
    ).one()
    member.role = role.value


def end_sandbox(session: Session, sandbox: Sandbox) -> None:
    """Send the trainer home and delete the firm with everything in it."""
    for login in session.scalars(select(Login).where(Login.firm_id == sandbox.firm_id)):
        login.firm_id = sandbox.home_firm_id
    session.flush()
    firm = session.get_one(Firm, sandbox.firm_id)
    session.delete(firm)
    session.flush()


def sweep_sandboxes(session: Session, *, now: datetime) -> int:
    """End the sandboxes whose time is over; returns how many."""
    over = list(session.scalars(select(Sandbox).where(Sandbox.ends_at <= now).limit(50)))
    for sandbox in over:
        end_sandbox(session, sandbox)
    return len(over)
