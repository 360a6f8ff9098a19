"""Appending to the audit trail."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from compliance.audit.models import AuditEntry, AuditHead
from compliance.database import FirmSession, FirmStatement, new_id, own_firm
from compliance.identity import Actor

GENESIS = "0" * 64
_key: list[bytes] = [b""]

_HEADS: Any = AuditHead.__table__
_ENTRIES: Any = AuditEntry.__table__
_HASHED = tuple(column.key for column in _ENTRIES.c if column.key not in {"id", "hash"})
_HEAD = FirmStatement(
    select(_HEADS.c.seq, _HEADS.c.hash).where(_HEADS.c.firm_id == own_firm()).with_for_update()
)
_BEGIN_CHAIN = FirmStatement(insert(_HEADS).inline())
_ADD_ENTRY = FirmStatement(insert(_ENTRIES).inline())
_MOVE_HEAD = FirmStatement(
    update(_HEADS).where(_HEADS.c.firm_id == own_firm(), _HEADS.c.seq == bindparam("seq_before"))
)


def set_audit_key(secret: str) -> None:
    """Derive the chain's key from the installation's secret; it is never stored in the database."""
    _key[0] = hashlib.sha256(b"audit-chain\0" + secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a firm's chain, locked until the transaction ends."""

    seq: int
    hash: str


def stand_in_line(session: FirmSession) -> Head:
    """Wait for the firm's other writers, and hold back those that come later.

    Who reads something in order to change it stands in line first: what was read then still stands
    when it is changed. On SQLite a writing transaction is alone already.
    """
    row = session.run(_HEAD).one_or_none()
    if row is None:
        try:
            with session.begin_nested():
                session.run(_BEGIN_CHAIN, id=new_id(), seq=0, hash=GENESIS)
        except IntegrityError:  # another writer began the chain at this moment
            pass
        row = session.run(_HEAD).one()
    return Head(row.seq, row.hash)


def record(
    session: FirmSession,
    actor: Actor | None,
    action: str,
    subject: str,
    *,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    address: str | None = None,
    head: Head | None = None,
) -> int:
    """Append one entry to the firm's chain, in the caller's transaction; returns its number.

    `actor` None means the program itself. `details` must be JSON and hold no answer's text. `head`
    is what `stand_in_line` gave, where nothing was recorded since. What waits in the session is
    written first.
    """
    session.flush()
    head = head or stand_in_line(session)
    entry: dict[str, Any] = {
        "firm_id": session.firm_id,
        "seq": head.seq + 1,
        "at": now.astimezone(UTC),
        "person_id": actor.person_id if actor else None,
        "person_name": _one_line(actor.name if actor else "system"),
        "address": address,
        "action": action,
        "subject": _one_line(subject),
        "details": dict(details or {}),
        "prev_hash": head.hash,
    }
    digest = _hash(entry)
    del entry["firm_id"]  # the session's own, which it adds itself
    session.run(_ADD_ENTRY, id=new_id(), hash=digest, **entry)
    moved = session.run(_MOVE_HEAD, seq_before=head.seq, seq=entry["seq"], hash=digest)
    if moved.rowcount != 1:
        raise RuntimeError(f"the chain went on from {head.seq} meanwhile")
    return head.seq + 1


def entry_hash(entry: AuditEntry) -> str:
    """The keyed hash of an entry's content and of its predecessor's hash."""
    return _hash({name: getattr(entry, name) for name in _HASHED})


def _hash(entry: Mapping[str, Any]) -> str:
    person: UUID | None = entry["person_id"]
    content = {
        "seq": entry["seq"],
        "at": entry["at"].astimezone(UTC).isoformat(),
        "firm": str(entry["firm_id"]),
        "person": str(person) if person else None,
        "person_name": entry["person_name"],
        "address": entry["address"],
        "action": entry["action"],
        "subject": entry["subject"],
        "details": entry["details"],
        "prev": entry["prev_hash"],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(_key[0], canonical.encode(), hashlib.sha256).hexdigest()


def _one_line(text: str) -> str:
    """No control character may begin a second line in a printed trail."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
