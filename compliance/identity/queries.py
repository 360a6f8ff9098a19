"""Finding people and the actors they may be."""

from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy import Engine, select

from compliance.database import shared_reading
from compliance.identity.models import Firm, Membership, Person
from compliance.identity.permissions import Actor, Role

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def find_actor(engine: Engine, person_id: UUID, firm_id: UUID) -> Actor | None:
    """The actor, None where the person is disabled or no longer a member."""
    with shared_reading(engine) as session:
        row = session.execute(
            select(Person, Membership, Firm)
            .join(Membership, Membership.person_id == Person.id)
            .join(Firm, Firm.id == Membership.firm_id)
            .where(Person.id == person_id, Firm.id == firm_id, Person.active)
        ).one_or_none()
    return None if row is None else _actor(*row)


def verify_sign_in(engine: Engine, email: str, password: str) -> Actor | None:
    """The actor in the person's first firm, None where e-mail or password is wrong."""
    with shared_reading(engine) as session:
        row = session.execute(
            select(Person, Membership, Firm)
            .join(Membership, Membership.person_id == Person.id)
            .join(Firm, Firm.id == Membership.firm_id)
            .where(Person.email == email.strip().lower(), Person.active)
            .order_by(Membership.created_at)
            .limit(1)
        ).one_or_none()
    if row is None:
        return None
    try:
        HASHER.verify(row[0].password or "", password)
    except Argon2Error:
        return None
    return _actor(*row)


def _actor(person: Person, membership: Membership, firm: Firm) -> Actor:
    return Actor(
        person_id=person.id,
        name=person.name,
        firm_id=firm.id,
        firm_name=firm.name,
        role=Role(membership.role),
        language=person.language,
        firm_kind=firm.kind,
        modules=None if membership.modules is None else frozenset(membership.modules),
    )
