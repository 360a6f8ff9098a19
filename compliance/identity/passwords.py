"""Password hashes and the rules a new password must keep."""

import re
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from compliance.identity.errors import WeakPasswordError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked where nobody has the e-mail address, so that both answers take the same time.
NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$XB+xqc5Mkz5KWHerj3UaZQ$"
    "+pp1gn3gdidwoz+GwyWZSzHf/HYrQ2qq5CUpvv6HHd4"
)
LEAST_CHARACTERS = 12
MOST_CHARACTERS = 1000
LEAST_DISTINCT = 5
LEAST_CONTEXT_WORD = 4
_hashing = BoundedSemaphore(2)  # a burst of sign-ins must not hold both cores
PRODUCT_WORDS = ("exportcontrol", "selfassessment", "compliance", "出口管制")


def hash_password(password: str) -> str:
    with _hashing:
        return HASHER.hash(password)


def verify_password(kept: str | None, password: str) -> bool:
    """Whether the password is right; takes as long where nothing is kept."""
    if len(password) > MOST_CHARACTERS:
        password, kept = "", None
    with _hashing:
        try:
            HASHER.verify(kept or NOBODYS_HASH, password)
        except (Argon2Error, InvalidHashError):
            return False
    return kept is not None


def needs_rehash(kept: str) -> bool:
    """Whether the hash was made with weaker figures than today's."""
    return HASHER.check_needs_rehash(kept)


def check_password(password: str, context: tuple[str, ...] = ()) -> None:
    """Raises WeakPasswordError with its reason; `context`: e-mail, names of person and firm."""
    if len(password) < LEAST_CHARACTERS:
        raise WeakPasswordError("short")
    if len(password) > MOST_CHARACTERS:
        raise WeakPasswordError("long")
    plain = password.casefold()
    if len(set(plain)) < LEAST_DISTINCT:
        raise WeakPasswordError("monotonous")
    if _is_common(plain):
        raise WeakPasswordError("common")
    squeezed = re.sub(r"[\W_]+", "", plain)
    if any(word in squeezed for word in _context_words(context)):
        raise WeakPasswordError("context")


def _is_common(plain: str) -> bool:
    """A common password, bare, with digits and marks around it, or written twice."""
    stem = plain.strip("0123456789!@#$%^&*()-_=+.,;:?/\\ ~'\"")
    half = plain[: len(plain) // 2]
    twice = half * 2 == plain
    return bool({plain, stem, half if twice else plain} & common_passwords())


def _context_words(context: tuple[str, ...]) -> set[str]:
    words = {*PRODUCT_WORDS}
    for text in context:
        folded = text.casefold()
        words |= {re.sub(r"[\W_]+", "", folded), *re.split(r"[\W_]+", folded)}
    ascii_long = {w for w in words if len(w) >= LEAST_CONTEXT_WORD}
    chinese = {w for w in words if len(w) >= 2 and not w.isascii()}  # two characters are a word
    return ascii_long | chinese


@cache
def common_passwords() -> frozenset[str]:
    """The ten thousand most used passwords, from leaks."""
    path = Path(__file__).with_name("common_passwords.txt")
    return frozenset(path.read_text(encoding="utf-8").split("\n")) - {""}
