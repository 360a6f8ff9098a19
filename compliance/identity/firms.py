"""Reading firms."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine, or_, select

from compliance.database import shared_reading
from compliance.identity.models import Firm, Membership, Person

DEMO_DOMAINS = ("@demo.example", "@other.example")  # their passwords are public


def demo_people(engine: Engine) -> Sequence[str]:
    """The addresses of active people of the demo."""
    ours = or_(*(Person.email.endswith(domain) for domain in DEMO_DOMAINS))
    with shared_reading(engine) as session:
        query = select(Person.email).where(Person.active, ours).order_by(Person.email)
        return session.scalars(query).all()


def firm_of(engine: Engine, firm_id: UUID) -> Firm:
    """The firm of an actor; it exists as long as the actor does."""
    with shared_reading(engine) as session:
        return session.scalars(select(Firm).where(Firm.id == firm_id)).one()


def colleagues_of(
    engine: Engine, firm_id: UUID, *, seeing: str | None = None
) -> tuple[tuple[UUID, str], ...]:
    """Id and name of every active person of a firm, by name.

    `seeing` leaves out those who are limited to modules without the one named.
    """
    with shared_reading(engine) as session:
        rows = session.execute(
            select(Person.id, Person.name, Membership.modules)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.firm_id == firm_id, Person.active)
            .order_by(Person.name)
        )
        return tuple(
            (row.id, row.name)
            for row in rows
            if seeing is None or row.modules is None or seeing in row.modules
        )
