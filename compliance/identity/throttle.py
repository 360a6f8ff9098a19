"""Counting failures in the database, so that all workers count together.

An attempt is counted before it is tried: a hundred at once can't all be tried before the first one
fails. A success takes the count back. Waits double and end; nobody is locked out for good.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from compliance.identity.errors import TooManyAttemptsError
from compliance.identity.models import SignInAttempts

FORGET_AFTER = timedelta(hours=1)  # as many failures fade in an hour as are free


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` failures cost nothing; each one after makes a wait that doubles up to `longest`."""

    name: str
    free: int
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)
    fades: timedelta = FORGET_AFTER  # in which as many are forgotten as are free

    def wait(self, failures: int) -> timedelta | None:
        over = failures - self.free
        if over < 0:
            return None
        doubled: timedelta = self.first * (1 << min(over, 10))
        return min(doubled, self.longest)


ACCOUNT = Limit("account", free=10)
ADDRESS = Limit("address", free=100)
CODE = Limit("code", free=5)
LINKS = Limit("links", free=5, first=timedelta(minutes=1))
# Files that are made for visitors: the work is what is limited, so successes count as well.
FILES = Limit("files", free=6, longest=timedelta(minutes=10), fades=timedelta(minutes=10))
# Codes of classes: what was right is taken back, so a whole class may come from one address.
CLASSES = Limit("classes", free=60)


def count(session: Session, limit: Limit, name: str, *, now: datetime) -> None:
    """Count one attempt; raises TooManyAttemptsError while a wait lasts."""
    row = _locked_row(session, key(limit, name), now)
    if row.blocked_until is not None and now < row.blocked_until <= now + limit.longest:
        raise TooManyAttemptsError(int((row.blocked_until - now).total_seconds()) + 1)
    _forget(row, limit, now)
    row.failures += 1
    wait = limit.wait(row.failures)
    row.blocked_until = now + wait if wait else None
    session.flush()


def forgive(session: Session, limit: Limit, name: str, *, last_only: bool = False) -> int:
    """Take back what was counted, after a success; returns the failures that stood before."""
    row = session.get(SignInAttempts, key(limit, name), with_for_update=True)
    if row is None:
        return 0
    before = row.failures - 1
    row.failures = max(before, 0) if last_only else 0
    row.blocked_until = None
    session.flush()
    return before


def forget_old(session: Session, *, now: datetime) -> None:
    """Delete counts that no longer matter."""
    session.execute(delete(SignInAttempts).where(SignInAttempts.last_at < now - 24 * FORGET_AFTER))


def key(limit: Limit, name: str) -> str:
    return hashlib.sha256(f"{limit.name}\0{name.strip().casefold()}".encode()).hexdigest()


def _forget(row: SignInAttempts, limit: Limit, now: datetime) -> None:
    """Failures fade one by one, so that a busy address doesn't fill up over a day."""
    elapsed = now - row.last_at
    faded = elapsed // (limit.fades / limit.free)
    if abs(elapsed) > limit.fades or row.failures <= faded:
        row.failures, row.last_at = 0, now
    elif faded > 0:
        row.failures -= faded
        row.last_at += faded * (limit.fades / limit.free)


def _locked_row(session: Session, row_key: str, now: datetime) -> SignInAttempts:
    """The row, made if missing and locked; two that make it at once meet on one row."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(
        insert(SignInAttempts)
        .values(key=row_key, failures=0, last_at=now)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return session.get_one(SignInAttempts, row_key, with_for_update=True, populate_existing=True)
