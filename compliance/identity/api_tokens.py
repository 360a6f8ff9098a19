"""Tokens for programs: each belongs to one person in one firm and may what that person may."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from compliance.database import Base, new_id, shared_reading
from compliance.identity.logins import find_actor
from compliance.identity.permissions import Actor
from compliance.identity.sealing import digest, new_token

LIFETIME = timedelta(days=365)
PREFIX = "ecl_"


class ApiToken(Base):
    """A token, kept as its digest; the token itself is shown once."""

    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    for_firm_id: Mapped[UUID] = mapped_column(ForeignKey("firms.id", ondelete="CASCADE"))
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


def issue_api_token(session: Session, actor: Actor, name: str, *, now: datetime) -> str:
    """Make a token for the actor; what is returned can't be read again later."""
    token = PREFIX + new_token()
    session.add(
        ApiToken(
            person_id=actor.person_id,
            for_firm_id=actor.firm_id,
            name=name.strip()[:100] or "API",
            digest=digest(token),
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    return token


def api_tokens_of(session: Session, person_id: UUID, *, now: datetime) -> Sequence[ApiToken]:
    """The person's tokens that still work, newest first."""
    return session.scalars(
        select(ApiToken)
        .where(
            ApiToken.person_id == person_id,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
        )
        .order_by(ApiToken.created_at.desc())
    ).all()


def end_api_tokens(
    session: Session, person_id: UUID, *, now: datetime, firm_id: UUID | None = None
) -> int:
    """End all of a person's tokens, or those in one firm; returns how many ended.

    Whoever knows a password that leaks may have made one, and one who comes back begins anew.
    """
    query = select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    if firm_id is not None:
        query = query.where(ApiToken.for_firm_id == firm_id)
    ended = session.scalars(query).all()
    for token in ended:
        token.revoked_at = now
    session.flush()
    return len(ended)


def revoke_api_token(session: Session, person_id: UUID, token_id: UUID, *, now: datetime) -> bool:
    """End one of the person's own tokens; False where there is none."""
    token = session.scalars(
        select(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == person_id)
    ).one_or_none()
    if token is None:
        return False
    token.revoked_at = now
    return True


def actor_of_api_token(engine: Engine, token: str, *, now: datetime) -> Actor | None:
    """The actor that the token stands for; None where it is unknown, over or revoked."""
    with shared_reading(engine) as session:
        row = session.scalars(
            select(ApiToken).where(
                ApiToken.digest == digest(token),
                ApiToken.revoked_at.is_(None),
                ApiToken.expires_at > now,
            )
        ).one_or_none()
    return None if row is None else find_actor(engine, row.person_id, row.for_firm_id)
