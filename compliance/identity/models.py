"""Firms, people and memberships."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmLinked, FirmOwned, new_id
from compliance.identity.permissions import Role


class FirmKind(StrEnum):
    """Real firms and training sandboxes never mix."""

    REAL = "real"
    TRAINING = "training"


class Firm(Base):
    """The firm that assesses itself; the tenant."""

    __tablename__ = "firms"
    __table_args__ = (
        CheckConstraint("kind IN ('real', 'training')", name="kind_known"),
        Index("ix_firms_id_kind", "id", "kind", unique=True),  # a sandbox holds its firm's kind
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_zh: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default=FirmKind.REAL)
    sector: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("firms.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # a sandbox ends by itself
    second_factor_roles: Mapped[list[Any] | None]  # roles that must have a second factor


class Person(Base):
    """Someone who signs in."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(default="")  # empty: the browser's
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    created_at: Mapped[datetime]
    totp_secret: Mapped[str | None]  # sealed by `secrets_box`; set once a code was confirmed
    totp_step: Mapped[int] = mapped_column(default=0)  # newest 30-second step that was used
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)  # issuer and subject


class Membership(FirmLinked, Base):
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
    role: Mapped[str]
    modules: Mapped[list[Any] | None]  # limited to these modules; null: all
    created_at: Mapped[datetime]


class Login(Base):
    """A signed-in browser. The cookie holds a random token, this row its SHA-256."""

    __tablename__ = "logins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    firm_id: Mapped[UUID] = mapped_column(ForeignKey("firms.id", ondelete="CASCADE"), index=True)
    complete: Mapped[bool]  # False: the second factor is still owed
    method: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    address: Mapped[str | None]
    agent: Mapped[str | None]


class SignInAttempts(Base):
    """How often a key (an account, a network address, a one-time code) failed of late."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(primary_key=True)  # SHA-256: no address stands here in clear
    failures: Mapped[int]
    blocked_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Base):
    """A code that replaces the second factor once."""

    __tablename__ = "recovery_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    code_sha256: Mapped[str] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A WebAuthn credential."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)  # base64url
    public_key: Mapped[str]  # base64url of the COSE key
    sign_count: Mapped[int]
    name: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OneTimeToken(Base):
    """A link that works once: resetting a password, or making the first administrator."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('reset', 'first_administrator', 'passkey')", name="purpose_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invitation(FirmOwned, Base):
    """A firm asks someone to join it in a role; accepted once, by a link."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    role: Mapped[str]
    modules: Mapped[list[Any] | None]
    invited_by_name: Mapped[str]
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
