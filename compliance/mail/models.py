"""Messages that wait to be sent, and what became of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmLinked, new_id


class Mail(FirmLinked, Base):
    """A message to be sent; kept in the transaction that caused it, so neither exists alone."""

    __tablename__ = "mails"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    firm_id: Mapped[UUID | None] = mapped_column(ForeignKey("firms.id", ondelete="CASCADE"))
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None]
