"""Secrets at rest: tokens are kept as digests, TOTP secrets are sealed."""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_key: list[bytes] = [b""]
NONCE_BYTES = 12


class SealError(Exception):
    """A sealed secret can't be opened: SECRET_KEY is not the one that sealed it."""


def set_sealing_key(secret: str) -> None:
    """Derive the key from the installation's secret; it never stands in the database."""
    _key[0] = hashlib.sha256(b"sealed-secrets\0" + secret.encode()).digest()


def seal(text: str, *, bound_to: str) -> str:
    """Encrypt a short secret; `bound_to` (an id) must be the same on opening."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_key[0]).encrypt(nonce, text.encode(), bound_to.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, bound_to: str) -> str:
    """What `seal` was given; raises SealError where key or binding differ."""
    try:
        raw = base64.b64decode(sealed)
        opened = AESGCM(_key[0]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError):
        raise SealError("SECRET_KEY is not the one that sealed this secret") from None
    return opened.decode()


def new_token() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """How a token is kept; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(text: str) -> str:
    """A digest that can't be searched without the installation's secret, for short codes."""
    return hmac.new(_key[0], text.encode(), hashlib.sha256).hexdigest()
