"""Reading worksheets and transactions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from compliance.database import FirmSession
from compliance.determination.errors import NotFoundError
from compliance.determination.models import Transaction, Worksheet, WorksheetState


def find_worksheet(session: FirmSession, worksheet_id: UUID) -> Worksheet:
    """The worksheet. Raises NotFoundError, also where it belongs to another firm."""
    found = session.scalars(select(Worksheet).where(Worksheet.id == worksheet_id)).first()
    if found is None:
        raise NotFoundError(str(worksheet_id))
    return found


def all_worksheets(session: FirmSession, text: str = "", *, most: int = 500) -> Sequence[Worksheet]:
    """The register of classifications, the newest change first."""
    query = select(Worksheet).order_by(Worksheet.changed_at.desc()).limit(most)
    if text.strip():
        query = query.where(Worksheet.item.icontains(text.strip(), autoescape=True))
    return session.scalars(query).all()


def signed_worksheets(session: FirmSession) -> Sequence[Worksheet]:
    """Classifications that two people signed, by item."""
    query = select(Worksheet).where(Worksheet.state == WorksheetState.SIGNED)
    return session.scalars(query.order_by(Worksheet.item)).all()


def find_transaction(session: FirmSession, transaction_id: UUID) -> Transaction:
    """The transaction. Raises NotFoundError, also where it belongs to another firm."""
    found = session.scalars(select(Transaction).where(Transaction.id == transaction_id)).first()
    if found is None:
        raise NotFoundError(str(transaction_id))
    return found


def all_transactions(session: FirmSession, *, most: int = 500) -> Sequence[Transaction]:
    """The register of transactions, the newest first."""
    query = select(Transaction).order_by(Transaction.number.desc()).limit(most)
    return session.scalars(query).all()
