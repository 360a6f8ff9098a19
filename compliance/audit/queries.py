"""Reading and verifying the audit trail."""

import hmac

from sqlalchemy import select

from compliance.audit.models import AuditEntry, AuditHead
from compliance.audit.operations import GENESIS, entry_hash
from compliance.database import FirmSession


def head_hash(session: FirmSession) -> tuple[int, str]:
    """Number and hash of the newest entry: the anchor to print elsewhere."""
    head = session.scalars(select(AuditHead)).one_or_none()
    return (head.seq, head.hash) if head else (0, GENESIS)


def verify(session: FirmSession, anchor: tuple[int, str] | None = None) -> list[str]:
    """Faults of the firm's chain, one line each, naming the entry; empty when it is whole.

    `anchor` is a number and hash noted outside the database: it reveals a chain cut at its end.
    """
    faults = []
    previous, expected, hashes = GENESIS, 1, {0: GENESIS}
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq)):
        if entry.seq != expected:
            faults.append(f"entry {expected}: missing (next is {entry.seq})")
            expected = entry.seq
        elif entry.prev_hash != previous:
            faults.append(f"entry {entry.seq}: does not follow entry {entry.seq - 1}")
        if not hmac.compare_digest(entry.hash, entry_hash(entry)):
            faults.append(f"entry {entry.seq}: altered")
        previous, expected = entry.hash, expected + 1
        hashes[entry.seq] = entry.hash
    head = session.scalars(select(AuditHead)).one_or_none()
    if head and (head.seq, head.hash) != (expected - 1, previous):
        faults.append(
            f"entry {head.seq}: the chain ends at {expected - 1}, its head says {head.seq}"
        )
    if anchor and hashes.get(anchor[0]) != anchor[1]:
        faults.append(f"entry {anchor[0]}: not the one that was anchored outside")
    return faults
