"""The second factor: time-based codes (RFC 6238), each good once, and recovery codes."""

import hmac
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from compliance.database import shared_session
from compliance.identity import throttle
from compliance.identity.errors import WrongCredentialsError
from compliance.identity.models import Login, Person, RecoveryCode
from compliance.identity.sealing import keyed_digest, seal, unseal

STEP_S = 30
STEPS_AROUND = (0, -1, 1)  # a clock may be half a minute off
RECOVERY_CODES = 10
GROUPS, GROUP = 4, 4
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else


def new_totp_secret() -> str:
    """A secret for an authenticator, in base32."""
    return pyotp.random_base32()


def totp_address(secret: str, email: str, issuer: str) -> str:
    """What the QR code says (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def enable_totp(
    session: Session, person_id: UUID, secret: str, code: str, *, now: datetime
) -> tuple[str, ...]:
    """Keep the secret once a code of it is right; returns fresh recovery codes, shown once."""
    person = _locked(session, person_id)
    step = _step_of(secret, code, now)
    if step is None:
        raise WrongCredentialsError
    person.totp_secret = seal(secret, bound_to=f"totp {person_id}")
    person.totp_step = step
    session.flush()
    return renew_recovery_codes(session, person_id)


def disable_totp(session: Session, person_id: UUID) -> None:
    """Remove the secret and the recovery codes."""
    _locked(session, person_id).totp_secret = None
    for code in session.scalars(select(RecoveryCode).where(RecoveryCode.person_id == person_id)):
        session.delete(code)
    session.flush()


def count_code(engine: Engine, person_id: UUID, *, now: datetime) -> None:
    """Count one attempt at a code; raises TooManyAttemptsError while a wait lasts."""
    with shared_session(engine) as session:
        throttle.count(session, throttle.CODE, str(person_id), now=now)


def forgive_code(session: Session, person_id: UUID) -> None:
    """Take back what `count_code` counted."""
    throttle.forgive(session, throttle.CODE, str(person_id))


def use_code(session: Session, person_id: UUID, code: str, *, now: datetime) -> str:
    """Accept a code or a recovery code, once; returns "totp" or "recovery".

    The person's row is locked meanwhile, so the same code sent twenty times at once counts once.
    """
    person = _locked(session, person_id)
    typed = "".join(code.split()).replace("-", "").lower()
    if person.totp_secret is None or not typed:
        raise WrongCredentialsError
    if typed.isascii() and typed.isdigit():
        step = _step_of(unseal(person.totp_secret, bound_to=f"totp {person_id}"), typed, now)
        if step is None or step <= person.totp_step:
            raise WrongCredentialsError
        person.totp_step, method = step, "totp"
    else:
        _use_recovery_code(session, person_id, typed, now)
        method = "recovery"
    forgive_code(session, person_id)
    session.flush()
    return method


def renew_recovery_codes(session: Session, person_id: UUID) -> tuple[str, ...]:
    """Ten fresh codes; the old ones are worth nothing any more."""
    for old in session.scalars(select(RecoveryCode).where(RecoveryCode.person_id == person_id)):
        session.delete(old)
    codes = tuple(_new_recovery_code() for _ in range(RECOVERY_CODES))
    session.add_all(
        RecoveryCode(person_id=person_id, code_sha256=_kept(person_id, code.replace("-", "")))
        for code in codes
    )
    session.flush()
    return codes


def recovery_codes_left(session: Session, person_id: UUID) -> int:
    """How many recovery codes were not used yet."""
    query = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def login_owes_code(session: Session, login_id: UUID) -> bool:
    """Whether the login still waits for its second factor, asked under its lock."""
    login = session.get(Login, login_id, with_for_update=True, populate_existing=True)
    return login is not None and not login.complete


def _locked(session: Session, person_id: UUID) -> Person:
    return session.get_one(Person, person_id, with_for_update=True, populate_existing=True)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, None where it is no code of about now."""
    typed = "".join(code.split())
    if not typed.isascii():
        return None
    here = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for offset in STEPS_AROUND:
        right = totp.generate_otp(here + offset)
        if hmac.compare_digest(right, typed):
            return here + offset
    return None


def _use_recovery_code(session: Session, person_id: UUID, typed: str, now: datetime) -> None:
    row = session.scalars(
        select(RecoveryCode).where(
            RecoveryCode.code_sha256 == _kept(person_id, typed),
            RecoveryCode.person_id == person_id,
            RecoveryCode.used_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise WrongCredentialsError
    row.used_at = now


def _new_recovery_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def _kept(person_id: UUID, code: str) -> str:
    return keyed_digest(f"recovery {person_id} {code}")
