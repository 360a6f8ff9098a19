"""Evidence items and the questions they support."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmOwned, firm_key, new_id


class EvidenceItem(FirmOwned, Base):
    """One piece of evidence: a reference ("DMS 4711"), a file, or both."""

    __tablename__ = "evidence_items"
    __table_args__ = (UniqueConstraint("id", "firm_id", name="uq_evidence_items_id_firm"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    reference: Mapped[str | None]
    sha256: Mapped[str | None]
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size_bytes: Mapped[int | None]
    dated_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]

    def is_expired(self, day: date) -> bool:
        """Whether it no longer proves anything on a day."""
        return self.expires_on is not None and self.expires_on <= day


class EvidenceLink(FirmOwned, Base):
    """An item supports one question of one assessment."""

    __tablename__ = "evidence_links"
    __table_args__ = (
        UniqueConstraint(
            "evidence_id", "assessment_id", "question_id", name="uq_evidence_links_once"
        ),
        firm_key("evidence_id", "evidence_items", name="fk_evidence_links_item_firm"),
        firm_key("assessment_id", "assessments", name="fk_evidence_links_assessment_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    evidence_id: Mapped[UUID] = mapped_column(index=True)
    assessment_id: Mapped[UUID] = mapped_column(index=True)
    question_id: Mapped[str]
    created_at: Mapped[datetime]
