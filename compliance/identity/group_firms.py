"""Firms of one person by role, and the group that firms form."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine, or_, select

from compliance.database import shared_reading, shared_session
from compliance.identity.errors import CircularGroupError, TrainingStandsAloneError
from compliance.identity.models import Firm, FirmKind, Membership, Passkey, Person
from compliance.identity.permissions import GRANTS, Action


def real_firms_where(engine: Engine, person_id: UUID, action: Action) -> list[Firm]:
    """The real firms in which a person may do something with all modules, by name.

    A firm that demands a second factor of that role is left out while the person has none.
    """
    roles = [role.value for role, granted in GRANTS.items() if action in granted]
    with shared_reading(engine) as session:
        protected = session.scalar(
            select(
                or_(
                    Person.totp_secret.is_not(None),
                    select(Passkey.id).where(Passkey.person_id == person_id).exists(),
                )
            ).where(Person.id == person_id)
        )
        rows = session.execute(
            select(Firm, Membership.role)
            .join(Membership, Membership.firm_id == Firm.id)
            .where(
                Membership.person_id == person_id,
                Membership.role.in_(roles),
                Membership.modules.is_(None),
                Firm.kind == FirmKind.REAL,
            )
            .order_by(Firm.name)
        )
        return [
            firm for firm, role in rows if protected or role not in (firm.second_factor_roles or ())
        ]


def family_of(engine: Engine, firm_id: UUID) -> tuple[Firm | None, Sequence[Firm]]:
    """Parent and subsidiaries of a firm."""
    with shared_reading(engine) as session:
        firm = session.scalars(select(Firm).where(Firm.id == firm_id)).one()
        parent = None
        if firm.parent_id is not None:
            parent = session.scalars(select(Firm).where(Firm.id == firm.parent_id)).one_or_none()
        children = session.scalars(
            select(Firm)
            .where(Firm.parent_id == firm_id, Firm.kind == FirmKind.REAL)
            .order_by(Firm.name)
        ).all()
    return parent, children


def set_parent(engine: Engine, firm_id: UUID, parent_id: UUID | None) -> None:
    """Put a firm under its parent in the group; None takes it out.

    Raises CircularGroupError where the parent would stand under the firm itself, and
    TrainingStandsAloneError for a sandbox.
    """
    with shared_session(engine) as session:
        firms = {firm.id: firm for firm in session.scalars(select(Firm))}
        firm, above = firms[firm_id], parent_id
        if FirmKind.TRAINING in (firm.kind, firms[parent_id].kind if parent_id else None):
            raise TrainingStandsAloneError(firm.reference)
        while above is not None:
            if above == firm_id:
                raise CircularGroupError(firm.reference)
            above = firms[above].parent_id
        firm.parent_id = parent_id
