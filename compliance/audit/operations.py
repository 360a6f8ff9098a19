"""Appending to the audit trail."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from compliance.audit.models import AuditEntry, AuditHead
from compliance.database import FirmSession
from compliance.identity import Actor

GENESIS = "0" * 64
_key: list[bytes] = [b""]


def set_audit_key(secret: str) -> None:
    """Derive the chain's key from the installation's secret; it is never stored in the database."""
    _key[0] = hashlib.sha256(b"audit-chain\0" + secret.encode()).digest()


def record(
    session: FirmSession,
    actor: Actor | None,
    action: str,
    subject: str,
    *,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> AuditEntry:
    """Append one entry to the firm's chain, in the caller's transaction.

    `actor` None means the program itself. `details` must be JSON and hold no answer's text.
    """
    head = _locked_head(session)
    entry = AuditEntry(
        firm_id=session.firm_id,
        seq=head.seq + 1,
        at=now.astimezone(UTC),
        person_id=actor.person_id if actor else None,
        person_name=_one_line(actor.name if actor else "system"),
        address=address,
        action=action,
        subject=_one_line(subject),
        details=dict(details or {}),
        prev_hash=head.hash,
    )
    entry.hash = entry_hash(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session.add(entry)
    session.flush()
    return entry


def _locked_head(session: FirmSession) -> AuditHead:
    """The head as it is now, locked until the transaction ends: writers stand in a row."""
    query = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalars(query).one_or_none()
    if head is None:
        try:
            with session.begin_nested():
                session.add(AuditHead(seq=0, hash=GENESIS))
        except IntegrityError:  # another writer began the chain at this moment
            pass
        head = session.scalars(query).one()
    return head


def entry_hash(entry: AuditEntry) -> str:
    """The keyed hash of an entry's content and of its predecessor's hash."""
    person: UUID | None = entry.person_id
    content = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(),
        "firm": str(entry.firm_id),
        "person": str(person) if person else None,
        "person_name": entry.person_name,
        "address": entry.address,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "prev": entry.prev_hash,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(_key[0], canonical.encode(), hashlib.sha256).hexdigest()


def _one_line(text: str) -> str:
    """No control character may begin a second line in a printed trail."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
