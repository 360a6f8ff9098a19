"""The cast of the tests: Amber, the firm under test, and Borealis, which must see nothing of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_DNS, UUID, uuid5

from sqlalchemy import Engine

from compliance.database import shared_session
from compliance.identity import HASHER, Actor, Firm, Membership, Person, Role

PASSWORD = "amber-and-borealis-7"
HASHED = HASHER.hash(PASSWORD)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seat:
    """A person of the cast in the only role that they have."""

    firm: str
    role: Role

    @property
    def email(self) -> str:
        return f"{self.role.value}@{self.firm}.example"

    @property
    def name(self) -> str:
        return f"{self.firm.capitalize()} {self.role.value}"

    @property
    def person_id(self) -> UUID:
        return uuid5(NAMESPACE_DNS, self.email)

    @property
    def firm_id(self) -> UUID:
        return firm_id(self.firm)

    def actor(self) -> Actor:
        return Actor(
            person_id=self.person_id,
            name=self.name,
            firm_id=self.firm_id,
            firm_name=self.firm.capitalize(),
            role=self.role,
            language="en",
        )


FIRMS = ("amber", "borealis")
SEATS = tuple(Seat(firm, role) for firm in FIRMS for role in Role)


def firm_id(name: str) -> UUID:
    """The same id in every run, so that a failure can be read."""
    return uuid5(NAMESPACE_DNS, f"{name}.example")


def actor(email: str) -> Actor:
    """The actor of the cast with this address, for example `officer@amber.example`."""
    return next(seat for seat in SEATS if seat.email == email).actor()


def take_the_stage(engine: Engine) -> None:
    """Write the firms and people of the cast into a migrated database."""
    with shared_session(engine) as session:
        for name in FIRMS:
            session.add(
                Firm(
                    id=firm_id(name),
                    reference=name.upper(),
                    name=name.capitalize(),
                    created_at=NOW,
                )
            )
        session.add_all(
            Person(
                id=seat.person_id,
                email=seat.email,
                name=seat.name,
                password=HASHED,
                created_at=NOW,
            )
            for seat in SEATS
        )
        session.flush()
        session.add_all(
            Membership(
                person_id=seat.person_id,
                firm_id=seat.firm_id,
                role=seat.role.value,
                created_at=NOW,
            )
            for seat in SEATS
        )
