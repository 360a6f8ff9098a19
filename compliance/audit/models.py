"""Audit entries and the head of each firm's chain."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import AppendOnly, Base, FirmOwned, new_id


class AuditEntry(AppendOnly, FirmOwned, Base):
    """Who did what to what, when. A trigger refuses UPDATE and DELETE."""

    __tablename__ = "audit_entries"
    __table_args__ = (UniqueConstraint("firm_id", "seq", name="uq_audit_entries_firm_seq"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    person_name: Mapped[str]
    address: Mapped[str | None]  # network address of the caller
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
    prev_hash: Mapped[str]
    hash: Mapped[str]


class AuditHead(FirmOwned, Base):
    """The last entry of a firm's chain; locking it puts writers in a row."""

    __tablename__ = "audit_heads"
    __table_args__ = (UniqueConstraint("firm_id", name="uq_audit_heads_firm"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int]
    hash: Mapped[str]
