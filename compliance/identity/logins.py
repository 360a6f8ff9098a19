"""Signing in, the signed-in browser of each request, and signing out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from compliance.database import SharedStatement, shared_reading, shared_row, shared_session
from compliance.identity import throttle
from compliance.identity.errors import WrongCredentialsError
from compliance.identity.models import Firm, Login, Membership, Passkey, Person
from compliance.identity.passwords import hash_password, needs_rehash, verify_password
from compliance.identity.permissions import Actor, Role
from compliance.identity.sealing import digest, new_token

SEEN_EVERY = timedelta(minutes=1)  # how exactly `seen_at` is kept: not a write for each request
SECOND_FACTOR_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a login lasts without use, and at most."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from."""

    address: str | None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """A person whose first factor was right."""

    email: str
    actor: Actor
    second_factor: bool  # a code is owed before the login is complete


@dataclass(frozen=True, slots=True)
class CurrentLogin:
    """What one statement finds for the token of a request."""

    id: UUID
    complete: bool
    created_at: datetime
    stale: bool  # `seen_at` is due for an update
    actor: Actor
    email: str


def verify_sign_in(
    engine: Engine, email: str, password: str, *, now: datetime, caller: Caller
) -> Credentials:
    """Check e-mail and password; raises WrongCredentialsError or TooManyAttemptsError.

    The attempt is counted, and the count committed, before the password is hashed.
    """
    address = email.strip().lower()
    with shared_session(engine) as session:
        throttle.forget_old(session, now=now)
        throttle.count(session, throttle.ACCOUNT, address, now=now)
        if caller.address:
            throttle.count(session, throttle.ADDRESS, caller.address, now=now)
        row = session.execute(_credentials().where(Person.email == address).limit(1)).one_or_none()
    if not verify_password(row.password if row else None, password) or row is None:
        raise WrongCredentialsError
    return _as_credentials(row)


def credentials_of(session: Session, person_id: UUID) -> Credentials:
    """The credentials of an active member whose first factor was checked elsewhere."""
    row = session.execute(_credentials().where(Person.id == person_id).limit(1)).one_or_none()
    if row is None:
        raise WrongCredentialsError
    return _as_credentials(row)


def _credentials() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.password,
            Person.totp_secret,
            Membership.role,
            Firm.id.label("firm_id"),
            Firm.name.label("firm_name"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Firm, Firm.id == Membership.firm_id)
        .where(Person.active)
        .order_by(Membership.created_at, Membership.id)
    )


def _as_credentials(row: Any) -> Credentials:
    return Credentials(
        email=row.email,
        actor=Actor(row.id, row.name, row.firm_id, row.firm_name, Role(row.role), "en"),
        second_factor=row.totp_secret is not None,
    )


def start_login(
    session: Session,
    credentials: Credentials,
    *,
    method: str,
    complete: bool,
    now: datetime,
    caller: Caller,
    lifetimes: Lifetimes,
) -> str:
    """Make a login and return its token, which is kept nowhere else."""
    token = new_token()
    forgive_attempts(session, credentials.email, caller)
    session.add(
        Login(
            token_sha256=digest(token),
            person_id=credentials.actor.person_id,
            firm_id=credentials.actor.firm_id,
            complete=complete,
            method=method,
            created_at=now,
            seen_at=now,
            ends_at=now + (lifetimes.absolute if complete else SECOND_FACTOR_WITHIN),
            address=caller.address,
            agent=(caller.agent or "")[:200] or None,
        )
    )
    session.flush()
    return token


def forgive_attempts(session: Session, email: str, caller: Caller) -> None:
    """Take back what `verify_sign_in` counted."""
    throttle.forgive(session, throttle.ACCOUNT, email)
    if caller.address:
        throttle.forgive(session, throttle.ADDRESS, caller.address, last_only=True)


def person_of(session: Session, person_id: UUID) -> Person:
    """The person of an actor."""
    return session.get_one(Person, person_id)


def renew_password_hash(session: Session, person_id: UUID, password: str) -> None:
    """Hash again where the kept hash was made with weaker figures."""
    person = session.get_one(Person, person_id)
    if person.password and needs_rehash(person.password):
        person.password = hash_password(password)


def find_login(
    engine: Engine, token: str, *, now: datetime, lifetimes: Lifetimes
) -> CurrentLogin | None:
    """The login of a request with its actor, by one statement; None where it has ended.

    What has ended is deleted, so that a clock which leaps back does not revive it.
    """
    asked: dict[str, Any] = {"token": digest(token), "now": now, "used_after": now - lifetimes.idle}
    row = shared_row(engine, _login_of_token(), **asked)
    if row is None:
        _delete_if_there(engine, digest(token))
        return None
    return CurrentLogin(
        id=row.login_id,
        complete=row.complete,
        created_at=row.created_at,
        stale=abs(now - row.seen_at) > SEEN_EVERY,
        actor=_as_actor(row),
        email=row.email,
    )


@cache
def _login_of_token() -> SharedStatement:
    """The statement of every request: built once, since building takes longer than running it."""
    return SharedStatement(
        _actors()
        .add_columns(Login.id.label("login_id"), Login.complete, Login.created_at, Login.seen_at)
        .join(Login, (Login.person_id == Person.id) & (Login.firm_id == Firm.id))
        .where(
            Login.token_sha256 == bindparam("token"),
            Login.ends_at > bindparam("now"),
            Login.seen_at > bindparam("used_after"),
        )
    )


def find_actor(engine: Engine, person_id: UUID, firm_id: UUID) -> Actor | None:
    """The actor, None where the person is disabled or no longer a member."""
    with shared_reading(engine) as session:
        row = session.execute(
            _actors().where(Person.id == person_id, Firm.id == firm_id)
        ).one_or_none()
    return None if row is None else _as_actor(row)


def _actors() -> Select[*tuple[Any, ...]]:
    firms = (
        select(func.count())
        .select_from(Membership)
        .where(Membership.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.language,
            Person.time_zone,
            Person.totp_secret.is_not(None).label("has_totp"),
            exists().where(Passkey.person_id == Person.id).label("has_passkey"),
            Membership.role,
            Membership.modules,
            Firm.id.label("firm_id"),
            Firm.name.label("firm_name"),
            Firm.name_zh,
            Firm.kind,
            Firm.second_factor_roles,
            firms.label("firms"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Firm, Firm.id == Membership.firm_id)
        .where(Person.active)
    )


def _as_actor(row: Any) -> Actor:
    has_second = row.has_totp or row.has_passkey
    return Actor(
        person_id=row.id,
        name=row.name,
        firm_id=row.firm_id,
        firm_name=row.firm_name,
        role=Role(row.role),
        language=row.language or "en",
        firm_kind=row.kind,
        modules=None if row.modules is None else frozenset(row.modules),
        time_zone=row.time_zone,
        chosen_language=row.language or None,
        firm_name_zh=row.name_zh,
        firms=row.firms,
        second_factor_due=row.role in (row.second_factor_roles or ()) and not has_second,
    )


def _delete_if_there(engine: Engine, token_sha256: object) -> None:
    query = select(Login).where(Login.token_sha256 == token_sha256)
    with shared_reading(engine) as session:
        if session.scalars(query).one_or_none() is None:
            return
    with shared_session(engine) as session:
        login = session.scalars(query).one_or_none()
        if login is not None:
            session.delete(login)


def touch_login(engine: Engine, login_id: UUID, *, now: datetime, lifetimes: Lifetimes) -> None:
    """Note that the login is in use; it ends no later for a clock that leapt back meanwhile."""
    with shared_session(engine) as session:
        login = session.get(Login, login_id)
        if login is not None:
            login.seen_at = now
            login.ends_at = min(login.ends_at, now + lifetimes.absolute)


def replace_token(session: Session, login_id: UUID, *, now: datetime) -> str:
    """A new token for a login (after a change of password, factor or firm); the old one is dead."""
    token = new_token()
    login = session.get_one(Login, login_id)
    login.token_sha256, login.seen_at = digest(token), now
    return token


def complete_login(
    session: Session, login_id: UUID, *, now: datetime, lifetimes: Lifetimes, method: str
) -> str:
    """The second factor was right: the login becomes complete, under a new token."""
    login = session.get_one(Login, login_id)
    login.complete, login.method = True, method
    login.created_at, login.ends_at = now, now + lifetimes.absolute
    return replace_token(session, login_id, now=now)


def end_login(session: Session, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    login = session.scalars(select(Login).where(Login.token_sha256 == digest(token))).one_or_none()
    if login is not None:
        session.delete(login)


def end_logins(
    session: Session,
    person_id: UUID,
    *,
    only: UUID | None = None,
    but: UUID | None = None,
    firm_id: UUID | None = None,
) -> int:
    """End a person's logins: one of them (`only`), all, all but one, or those in one firm."""
    query = select(Login).where(Login.person_id == person_id)
    if only is not None:
        query = query.where(Login.id == only)
    if firm_id is not None:
        query = query.where(Login.firm_id == firm_id)
    ended = [login for login in session.scalars(query) if login.id != but]
    for login in ended:
        session.delete(login)
    session.flush()
    return len(ended)


def logins_of(session: Session, person_id: UUID, *, now: datetime) -> list[Login]:
    """The person's live logins, newest first."""
    return list(
        session.scalars(
            select(Login)
            .where(Login.person_id == person_id, Login.ends_at > now, Login.complete)
            .order_by(Login.seen_at.desc())
        )
    )


def live_logins(engine: Engine, *, now: datetime) -> int:
    """How many browsers are signed in, everywhere."""
    with shared_reading(engine) as session:
        query = select(func.count(Login.id)).where(Login.ends_at > now, Login.complete)
        return session.scalar(query) or 0


def switch_firm(session: Session, login_id: UUID, person_id: UUID, firm_id: UUID) -> bool:
    """Act for another firm of the same person; False where the person is no member of it."""
    member = session.scalars(
        select(Membership.id).where(
            Membership.person_id == person_id, Membership.firm_id == firm_id
        )
    ).one_or_none()
    if member is None:
        return False
    session.get_one(Login, login_id).firm_id = firm_id
    return True


def firms_of(session: Session, person_id: UUID) -> list[tuple[UUID, str, str | None, Role]]:
    """Id, name, Chinese name and role for each firm of a person."""
    rows = session.execute(
        select(Firm.id, Firm.name, Firm.name_zh, Membership.role)
        .join(Membership, Membership.firm_id == Firm.id)
        .where(Membership.person_id == person_id)
        .order_by(Firm.name)
    )
    return [(firm_id, name, name_zh, Role(role)) for firm_id, name, name_zh, role in rows]


def delete_ended(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Forget the person's logins that have ended."""
    for login in session.scalars(
        select(Login).where(Login.person_id == person_id, Login.ends_at <= now)
    ):
        session.delete(login)
