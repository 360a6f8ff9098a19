"""How an assessment went over to a newer edition."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmOwned, firm_key, new_id


class EditionMove(FirmOwned, Base):
    """One assessment in work became a new revision on a newer edition; both are kept."""

    __tablename__ = "edition_moves"
    __table_args__ = (
        UniqueConstraint("after_id", name="uq_edition_moves_after"),
        firm_key("before_id", "assessments", name="fk_edition_moves_before_firm"),
        firm_key("after_id", "assessments", name="fk_edition_moves_after_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    before_id: Mapped[UUID] = mapped_column(index=True)
    after_id: Mapped[UUID]
    state_before: Mapped[str]  # to which undoing brings the earlier revision back
    moved_at: Mapped[datetime]
    moved_by_name: Mapped[str]
    audit_seq: Mapped[int]  # of the entry that closes the move; what is newer is a change
    undone_at: Mapped[datetime | None]
    undone_by_name: Mapped[str | None]
