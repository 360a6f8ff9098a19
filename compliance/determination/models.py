"""Registers of a firm: classification worksheets and determinations."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmOwned, new_id


class WorksheetState(StrEnum):
    """Where a classification stands."""

    DRAFT = "draft"
    SIGNED_ONCE = "signed_once"
    SIGNED = "signed"
    REOPENED = "reopened"


class Worksheet(FirmOwned, Base):
    """How an item was classified, by what parameters, signed by two people."""

    __tablename__ = "worksheets"
    __table_args__ = (
        UniqueConstraint("id", "firm_id", name="uq_worksheets_id_firm"),
        CheckConstraint(
            "state IN (" + ", ".join(f"'{state.value}'" for state in WorksheetState) + ")",
            name="state_known",
        ),
        CheckConstraint(
            "second_signer_id IS NULL OR second_signer_id <> first_signer_id",
            name="two_different_signers",
        ),
        Index("ix_worksheets_item", "firm_id", "item"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item: Mapped[str]
    description: Mapped[str]
    hs_code: Mapped[str]
    steps: Mapped[dict[str, Any]]  # step -> yes, no, unsure
    parameters: Mapped[list[Any]]  # name, value, comparison, threshold, unit
    list_code: Mapped[str]  # the entry that fits, where one does
    result: Mapped[str]
    reason: Mapped[str]
    lists: Mapped[dict[str, Any]]  # list code -> version number it rests on
    review_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default=WorksheetState.DRAFT)
    first_signer_id: Mapped[UUID | None]
    first_signer_name: Mapped[str | None]
    first_signed_at: Mapped[datetime | None]
    second_signer_id: Mapped[UUID | None]
    second_signer_name: Mapped[str | None]
    second_signed_at: Mapped[datetime | None]
    reopened_because: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    changed_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class Transaction(FirmOwned, Base):
    """One transaction under check: open while facts are asked, then saved with its result."""

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("id", "firm_id", name="uq_transactions_id_firm"),
        UniqueConstraint("firm_id", "number", name="uq_transactions_number"),
        Index("ix_transactions_created", "firm_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int]  # 1, 2, 3 … within the firm
    title: Mapped[str]
    as_of: Mapped[date]
    facts: Mapped[dict[str, Any]]  # in the form of the interfaces, unasked facts unknown
    asked: Mapped[list[Any]]  # paths that were answered, in order
    party_ids: Mapped[list[Any]]  # registered parties behind facts.parties, null where none
    worksheet_id: Mapped[UUID | None]
    flags: Mapped[list[Any]]  # log of red flags: id, open or cleared, by whom, why
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    outcome: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    saved_at: Mapped[datetime | None]
    saved_by_name: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}
