"""Firms, people and memberships."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, new_id
from compliance.identity.permissions import Role


class FirmKind(StrEnum):
    """Real firms and training sandboxes never mix."""

    REAL = "real"
    TRAINING = "training"


class Firm(Base):
    """The firm that assesses itself; the tenant."""

    __tablename__ = "firms"
    __table_args__ = (CheckConstraint("kind IN ('real', 'training')", name="kind_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_zh: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default=FirmKind.REAL)
    sector: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("firms.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # a sandbox ends by itself


class Person(Base):
    """Someone who signs in. Column names follow the sign-in library where it needs them."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, default=lambda: new_id().hex)
    language: Mapped[str] = mapped_column(default="en")
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    created_at: Mapped[datetime]


class Membership(Base):
    """What a person is in a firm. Shared table: sign-in must find all firms of one person."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("person_id", "firm_id", name="uq_memberships_person_firm"),
        CheckConstraint(
            "role IN (" + ", ".join(f"'{role.value}'" for role in Role) + ")", name="role_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    firm_id: Mapped[UUID] = mapped_column(ForeignKey("firms.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    modules: Mapped[list[Any] | None]  # limited to these modules; null: all
    created_at: Mapped[datetime]
