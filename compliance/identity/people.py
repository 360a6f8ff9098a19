"""People of a firm: inviting, joining, changing roles, leaving; passwords and one-time links."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from compliance.database import FirmSession
from compliance.identity.api_tokens import end_api_tokens
from compliance.identity.errors import (
    AlreadyMemberError,
    LastAdministratorError,
    NoSuchPersonError,
    RoleNotGrantableError,
    StaleLinkError,
)
from compliance.identity.logins import end_logins
from compliance.identity.models import (
    Firm,
    Invitation,
    Login,
    Membership,
    OneTimeToken,
    Passkey,
    Person,
)
from compliance.identity.passwords import check_password, hash_password
from compliance.identity.permissions import Actor, Role
from compliance.identity.sealing import digest, new_token

INVITED_FOR = timedelta(days=14)
RESET_WITHIN = timedelta(hours=1)
FIRST_ADMINISTRATOR_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a firm, as the people page shows them."""

    membership_id: UUID
    person_id: UUID
    name: str
    email: str
    active: bool
    role: Role
    modules: tuple[str, ...] | None
    second_factor: bool
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an invitation offers."""

    email: str
    role: Role
    modules: tuple[str, ...] | None = None


def members(session: FirmSession) -> list[Member]:
    """Everybody of the firm, by name."""
    return _members(session, None)


def find_member(session: FirmSession, membership_id: UUID) -> Member:
    """One member; raises NoSuchPersonError."""
    found = _members(session, membership_id)
    if not found:
        raise NoSuchPersonError
    return found[0]


def _members(session: FirmSession, only: UUID | None) -> list[Member]:
    seen = (
        select(Login.person_id, func.max(Login.seen_at).label("seen_at"))
        .where(Login.firm_id == session.firm_id)
        .group_by(Login.person_id)
        .subquery()
    )
    passkeys = select(Passkey.id).where(Passkey.person_id == Person.id).exists()
    query = (
        select(Person, Membership, seen.c.seen_at, passkeys)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(seen, seen.c.person_id == Person.id)
        .order_by(Person.name, Person.email)
    )
    if only is not None:
        query = query.where(Membership.id == only)
    return [
        Member(
            membership_id=membership.id,
            person_id=person.id,
            name=person.name,
            email=person.email,
            active=person.active,
            role=Role(membership.role),
            modules=None if membership.modules is None else tuple(membership.modules),
            second_factor=person.totp_secret is not None or has_passkey,
            seen_at=seen_at,
        )
        for person, membership, seen_at, has_passkey in session.execute(query)
    ]


def invite(session: FirmSession, actor: Actor, asked: Asked, *, now: datetime) -> tuple[UUID, str]:
    """Make an invitation; returns its id and its token, which is kept nowhere else.

    An earlier open invitation of the same person is withdrawn.
    """
    email = asked.email.strip().lower()
    _may_grant(actor, asked.role)
    if _member_with(session, email) is not None:
        raise AlreadyMemberError
    for open_one in session.scalars(_open_invitations(now).where(Invitation.email == email)):
        open_one.withdrawn_at = now
    secret = new_token()
    invitation = Invitation(
        token_sha256=digest(secret),
        email=email,
        role=asked.role.value,
        modules=None if asked.modules is None else list(asked.modules),
        invited_by_name=actor.name,
        created_at=now,
        ends_at=now + INVITED_FOR,
    )
    session.add(invitation)
    session.flush()
    return invitation.id, f"{session.firm_id.hex}.{secret}"


def firm_of_invitation(token: str) -> UUID:
    """The firm that a token names; raises StaleLinkError where it is no token."""
    try:
        return UUID(hex=token.partition(".")[0])
    except ValueError:
        raise StaleLinkError from None


def find_invitation(session: FirmSession, token: str, *, now: datetime) -> Invitation:
    """The open invitation of a token, locked against a second acceptance."""
    invitation = session.scalars(
        _open_invitations(now)
        .where(Invitation.token_sha256 == digest(token.partition(".")[2]))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if invitation is None:
        raise StaleLinkError
    return invitation


def open_invitations(session: FirmSession, *, now: datetime) -> list[Invitation]:
    """Invitations that wait for an answer, newest first."""
    return list(session.scalars(_open_invitations(now).order_by(Invitation.created_at.desc())))


def withdraw(session: FirmSession, invitation_id: UUID, *, now: datetime) -> Invitation:
    """Make an invitation's link worthless."""
    invitation = session.scalars(
        _open_invitations(now).where(Invitation.id == invitation_id)
    ).one_or_none()
    if invitation is None:
        raise NoSuchPersonError
    invitation.withdrawn_at = now
    return invitation


def find_person(session: Session, email: str) -> Person | None:
    """The person with this address."""
    return session.scalars(
        select(Person).where(Person.email == email.strip().lower())
    ).one_or_none()


def accept_as_new(
    session: FirmSession, invitation: Invitation, name: str, password: str, *, now: datetime
) -> Person:
    """Make the person invited and seat them; raises WeakPasswordError."""
    firm = session.get_one(Firm, session.firm_id)
    context = (invitation.email.partition("@")[0], name, firm.name, firm.name_zh or "")
    check_password(password, context)
    person = Person(
        email=invitation.email, name=name, password=hash_password(password), created_at=now
    )
    session.add(person)
    session.flush()
    accept(session, invitation, person.id, now=now)
    return person


def accept(session: FirmSession, invitation: Invitation, person_id: UUID, *, now: datetime) -> None:
    """Seat a person who exists already."""
    already = session.scalars(
        select(Membership.id).where(Membership.person_id == person_id)
    ).one_or_none()
    if already is not None:
        raise AlreadyMemberError
    invitation.accepted_at = now
    session.add(
        Membership(
            person_id=person_id,
            firm_id=session.firm_id,
            role=invitation.role,
            modules=invitation.modules,
            created_at=now,
        )
    )
    session.flush()


def change_member(
    session: FirmSession,
    actor: Actor,
    membership_id: UUID,
    role: Role,
    modules: Collection[str] | None,
    *,
    now: datetime,
) -> Membership:
    """Give a member another role or other modules.

    Logins and tokens of theirs in this firm end with another role: they were given for the old one.
    """
    membership = _membership(session, membership_id)
    _may_grant(actor, role)
    _may_grant(actor, Role(membership.role))
    if membership.role == Role.ADMINISTRATOR and role is not Role.ADMINISTRATOR:
        _another_administrator(session, membership)
    changed = membership.role != role
    membership.role = role.value
    membership.modules = None if modules is None else sorted(modules)
    if changed:
        _end_access(session, membership, now)
    session.flush()
    return membership


def remove_member(
    session: FirmSession, actor: Actor, membership_id: UUID, *, now: datetime
) -> Membership:
    """Take a person out of the firm, end their logins and tokens there; what they did stays."""
    membership = _membership(session, membership_id)
    _may_grant(actor, Role(membership.role))
    if membership.role == Role.ADMINISTRATOR:
        _another_administrator(session, membership)
    _end_access(session, membership, now)
    session.delete(membership)
    session.flush()
    return membership


def _end_access(session: FirmSession, membership: Membership, now: datetime) -> None:
    end_logins(session, membership.person_id, firm_id=session.firm_id)
    end_api_tokens(session, membership.person_id, now=now, firm_id=session.firm_id)


def set_active(session: Session, email: str, *, active: bool, now: datetime) -> Person:
    """Disable a person in all firms, which ends logins, tokens and links, or enable them again."""
    person = find_person(session, email)
    if person is None:
        raise NoSuchPersonError
    person.active = active
    if not active:
        end_logins(session, person.id)
        end_api_tokens(session, person.id, now=now)
        _use_up_links(session, person.id, now)
    return person


def change_password(
    session: Session, person_id: UUID, password: str, *, now: datetime, but: UUID | None = None
) -> int:
    """Set a password that keeps the rules; ends all logins but one (the one that asks).

    Tokens for programs end too; returns how many did.
    """
    person = session.get_one(Person, person_id)
    names = session.execute(
        select(Firm.name, Firm.name_zh)
        .join(Membership, Membership.firm_id == Firm.id)
        .where(Membership.person_id == person_id)
    )
    context = [name for row in names for name in row if name]
    check_password(password, (person.email.partition("@")[0], person.name, *context))
    person.password = hash_password(password)
    end_logins(session, person_id, but=but)
    _use_up_links(session, person_id, now)
    return end_api_tokens(session, person_id, now=now)


def ask_for_reset(session: Session, email: str, *, now: datetime) -> tuple[Person | None, str]:
    """A token for setting a new password, of the person or, where nobody active has it, of nobody.

    A row is written in both cases, so that both take the same time.
    """
    person = find_person(session, email)
    known = person is not None and person.active
    token = new_token()
    session.add(
        OneTimeToken(
            purpose="reset",
            token_sha256=digest(token),
            person_id=person.id if person is not None and known else None,
            created_at=now,
            ends_at=now + RESET_WITHIN,
        )
    )
    session.flush()
    return person if known else None, token


def first_administrator(
    session: Session, email: str, name: str, firm: Firm, *, now: datetime
) -> str:
    """Make the firm's first administrator, without a password, and the token to set one.

    Raises AlreadyMemberError where the firm has an administrator who can sign in.
    """
    able = session.scalars(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.firm_id == firm.id,
            Membership.role == Role.ADMINISTRATOR,
            Person.active,
            Person.password.is_not(None),
        )
        .limit(1)
    ).one_or_none()
    if able is not None:
        raise AlreadyMemberError
    person = find_person(session, email)
    if person is None:
        person = Person(email=email.strip().lower(), name=name, created_at=now)
        session.add(person)
        session.flush()
    seat = session.scalars(
        select(Membership).where(Membership.person_id == person.id, Membership.firm_id == firm.id)
    ).one_or_none()
    if seat is None:
        seat = Membership(person_id=person.id, firm_id=firm.id, created_at=now)
        session.add(seat)
    seat.role = Role.ADMINISTRATOR.value
    token = new_token()
    session.add(
        OneTimeToken(
            purpose="first_administrator",
            token_sha256=digest(token),
            person_id=person.id,
            created_at=now,
            ends_at=now + FIRST_ADMINISTRATOR_WITHIN,
        )
    )
    session.flush()
    return token


def find_one_time_token(
    session: Session, token: str, *, now: datetime, purposes: Collection[str]
) -> OneTimeToken:
    """The live token of somebody who may sign in, locked against a second use.

    Raises StaleLinkError, also where the person was disabled or left every firm meanwhile.
    """
    seated = select(Membership.id).where(Membership.person_id == OneTimeToken.person_id).exists()
    row = session.scalars(
        select(OneTimeToken)
        .join(Person, Person.id == OneTimeToken.person_id)
        .where(
            OneTimeToken.token_sha256 == digest(token),
            OneTimeToken.purpose.in_(tuple(purposes)),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.ends_at > now,
            Person.active,
            seated,
        )
        .with_for_update(of=OneTimeToken)
    ).one_or_none()
    if row is None:
        raise StaleLinkError
    return row


def use_for_password(session: Session, token: str, password: str, *, now: datetime) -> UUID:
    """Set the password that a link allows; ends every login. The second factor stays owed."""
    row = find_one_time_token(session, token, now=now, purposes=("reset", "first_administrator"))
    if row.person_id is None:
        raise StaleLinkError
    change_password(session, row.person_id, password, now=now)
    row.used_at = now
    return row.person_id


def _use_up_links(session: Session, person_id: UUID, now: datetime) -> None:
    for link in session.scalars(
        select(OneTimeToken).where(
            OneTimeToken.person_id == person_id, OneTimeToken.used_at.is_(None)
        )
    ):
        link.used_at = now


def may_grant(actor: Actor, role: Role) -> bool:
    """Whether the actor may give or take a role: administrators are made by administrators."""
    return role is not Role.ADMINISTRATOR or actor.role is Role.ADMINISTRATOR


def _may_grant(actor: Actor, role: Role) -> None:
    if not may_grant(actor, role):
        raise RoleNotGrantableError


def _open_invitations(now: datetime) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.ends_at > now,
    )


def _member_with(session: FirmSession, email: str) -> UUID | None:
    return session.scalars(
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email == email)
    ).one_or_none()


def _membership(session: FirmSession, membership_id: UUID) -> Membership:
    membership = session.get(Membership, membership_id)
    if membership is None:
        raise NoSuchPersonError
    return membership


def _another_administrator(session: FirmSession, leaving: Membership) -> None:
    """Raises LastAdministratorError unless another active administrator remains."""
    others = session.scalars(
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.role == Role.ADMINISTRATOR, Person.active, Membership.id != leaving.id)
        .with_for_update(of=Membership)
    ).all()
    if not others:
        raise LastAdministratorError
