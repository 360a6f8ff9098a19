"""Passkeys (WebAuthn): registering one, and signing in with one.

A challenge is kept in the database as a one-time token, so an answer can't be played twice. The
library is imported where it is used: it takes a quarter of a second that no other page owes.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance.identity.errors import PasskeyError
from compliance.identity.models import OneTimeToken, Passkey, Person
from compliance.identity.sealing import digest

CHALLENGE_WITHIN = timedelta(minutes=5)
MOST_PASSKEYS = 10


def registration_options(
    session: Session, person_id: UUID, *, host: str, title: str, now: datetime
) -> dict[str, Any]:
    """What the browser needs to make a passkey for this person."""
    from webauthn import base64url_to_bytes, generate_registration_options
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    person = session.get_one(Person, person_id)
    known = session.scalars(select(Passkey.credential_id).where(Passkey.person_id == person_id))
    options = generate_registration_options(
        rp_id=host,
        rp_name=title,
        user_id=person_id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    _keep_challenge(session, options.challenge, person_id, now)
    return _as_dict(options)


def register(
    session: Session,
    person_id: UUID,
    answer: Mapping[str, Any],
    name: str,
    *,
    host: str,
    origin: str,
    now: datetime,
) -> Passkey:
    """Keep the passkey that the browser made; raises PasskeyError."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _used_challenge(session, answer, person_id, now)
    try:
        verified = verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise PasskeyError(str(fault)) from fault
    held = session.scalars(select(Passkey).where(Passkey.person_id == person_id)).all()
    if len(held) >= MOST_PASSKEYS:
        raise PasskeyError("too many passkeys")
    passkey = Passkey(
        person_id=person_id,
        credential_id=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        name=name.strip()[:60] or "Passkey",
        created_at=now,
    )
    session.add(passkey)
    session.flush()
    return passkey


def sign_in_options(session: Session, *, host: str, now: datetime) -> dict[str, Any]:
    """What the browser needs to offer the passkeys it holds for this host."""
    from webauthn import generate_authentication_options
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=host, user_verification=UserVerificationRequirement.REQUIRED
    )
    _keep_challenge(session, options.challenge, None, now)
    return _as_dict(options)


def person_of_answer(
    session: Session, answer: Mapping[str, Any], *, host: str, origin: str, now: datetime
) -> UUID:
    """The person whose passkey gave the answer; raises PasskeyError."""
    from webauthn import base64url_to_bytes, verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _used_challenge(session, answer, None, now)
    passkey = session.scalars(
        select(Passkey).where(Passkey.credential_id == str(answer.get("id"))).with_for_update()
    ).one_or_none()
    if passkey is None:
        raise PasskeyError("unknown passkey")
    try:
        verified = verify_authentication_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise PasskeyError(str(fault)) from fault
    passkey.sign_count, passkey.used_at = verified.new_sign_count, now
    return passkey.person_id


def passkeys_of(session: Session, person_id: UUID) -> list[Passkey]:
    """The person's passkeys, oldest first."""
    return list(
        session.scalars(
            select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.created_at)
        )
    )


def remove_passkey(session: Session, person_id: UUID, passkey_id: UUID) -> bool:
    """Forget one of the person's own passkeys; False where there is none."""
    passkey = session.scalars(
        select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id)
    ).one_or_none()
    if passkey is None:
        return False
    session.delete(passkey)
    return True


def _keep_challenge(
    session: Session, challenge: bytes, person_id: UUID | None, now: datetime
) -> None:
    from webauthn.helpers import bytes_to_base64url

    session.add(
        OneTimeToken(
            purpose="passkey",
            token_sha256=digest(bytes_to_base64url(challenge)),
            person_id=person_id,
            created_at=now,
            ends_at=now + CHALLENGE_WITHIN,
        )
    )
    session.flush()


def _used_challenge(
    session: Session, answer: Mapping[str, Any], person_id: UUID | None, now: datetime
) -> bytes:
    """The challenge inside the answer, if it is one of ours that was not answered yet."""
    from webauthn import base64url_to_bytes

    try:
        said = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        challenge = str(said["challenge"]).rstrip("=")
    except (ValueError, KeyError, TypeError) as fault:
        raise PasskeyError("unreadable answer") from fault
    row = session.scalars(
        select(OneTimeToken)
        .where(
            OneTimeToken.token_sha256 == digest(challenge),
            OneTimeToken.purpose == "passkey",
            OneTimeToken.used_at.is_(None),
            OneTimeToken.ends_at > now,
        )
        .with_for_update()
    ).one_or_none()
    if row is None or row.person_id != person_id:
        raise PasskeyError("unknown challenge")
    row.used_at = now
    return base64url_to_bytes(challenge)


def _as_dict(options: Any) -> dict[str, Any]:
    from webauthn import options_to_json

    parsed: dict[str, Any] = json.loads(options_to_json(options))
    return parsed
