"""Reading firms."""

from uuid import UUID

from sqlalchemy import Engine, select

from compliance.database import shared_reading
from compliance.identity.models import Firm


def firm_of(engine: Engine, firm_id: UUID) -> Firm:
    """The firm of an actor; it exists as long as the actor does."""
    with shared_reading(engine) as session:
        return session.scalars(select(Firm).where(Firm.id == firm_id)).one()
