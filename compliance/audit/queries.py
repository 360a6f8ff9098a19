"""Reading and verifying the audit trail."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from compliance.audit.models import AuditEntry, AuditHead
from compliance.audit.operations import GENESIS, entry_hash
from compliance.database import FirmSession

Ts = TypeVarTuple("Ts")
Anchor = tuple[int, str]  # number and hash of an entry, noted outside the database


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which entries to show; an empty field shows all."""

    person: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def head_hash(session: FirmSession) -> Anchor:
    """Number and hash of the newest entry: the anchor to print elsewhere."""
    head = session.scalars(select(AuditHead)).one_or_none()
    return (head.seq, head.hash) if head else (0, GENESIS)


def heads(session: Session) -> list[tuple[UUID, int, str]]:
    """Firm, number and hash of the newest entry of every firm; for an operator's session."""
    rows = session.execute(select(AuditHead.firm_id, AuditHead.seq, AuditHead.hash))
    return [(firm_id, seq, digest) for firm_id, seq, digest in rows]


def verify(
    session: FirmSession, anchor: Anchor | None = None, *, anchors: Iterable[Anchor] = ()
) -> list[str]:
    """Faults of the firm's chain, one line each, naming the entry; empty when it is whole.

    An anchor is a number and hash noted outside the database: it reveals a chain cut at its end.
    """
    faults = []
    noted = [*anchors, *([anchor] if anchor else [])]
    wanted = {seq for seq, _ in noted}
    previous, expected, found = GENESIS, 1, {0: GENESIS}
    for entry in trail(session, newest_first=False):
        if entry.seq != expected:
            faults.append(f"entry {expected}: missing (next is {entry.seq})")
            expected = entry.seq
        elif entry.prev_hash != previous:
            faults.append(f"entry {entry.seq}: does not follow entry {entry.seq - 1}")
        if not hmac.compare_digest(entry.hash, entry_hash(entry)):
            faults.append(f"entry {entry.seq}: altered")
        previous, expected = entry.hash, expected + 1
        if entry.seq in wanted:
            found[entry.seq] = entry.hash
    faults += _faults_of_the_head(session, expected - 1, previous)
    faults += [
        f"entry {seq}: not the one that was anchored outside"
        for seq, digest in noted
        if found.get(seq) != digest
    ]
    return faults


def _faults_of_the_head(session: FirmSession, last: int, digest: str) -> list[str]:
    seq, kept = head_hash(session)
    if (seq, kept) == (last, digest):
        return []
    return [f"entry {max(seq, last)}: the chain ends at {last}, its head says {seq}"]


def trail(
    session: FirmSession,
    chosen: TrailFilter | None = None,
    *,
    newest_first: bool = True,
    offset: int = 0,
    limit: int | None = None,
) -> Iterator[AuditEntry]:
    """Entries of the firm, a page of them or all, loaded a thousand at a time."""
    order = AuditEntry.seq.desc() if newest_first else AuditEntry.seq
    query = _chosen(select(AuditEntry), chosen).order_by(order).offset(offset)
    if limit is not None:
        query = query.limit(limit)
    yield from session.scalars(query.execution_options(yield_per=1000))


def count_trail(session: FirmSession, chosen: TrailFilter | None = None) -> int:
    """How many entries a filter chooses."""
    return session.scalar(_chosen(select(func.count(AuditEntry.id)), chosen)) or 0


def actions_of_trail(session: FirmSession) -> list[str]:
    """The kinds of action that stand in the firm's trail."""
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def _chosen(query: Select[*Ts], chosen: TrailFilter | None) -> Select[*Ts]:
    if chosen is None:
        return query
    if chosen.person:
        query = query.where(AuditEntry.person_name.icontains(chosen.person, autoescape=True))
    if chosen.action:
        query = query.where(AuditEntry.action == chosen.action)
    if chosen.subject:
        query = query.where(AuditEntry.subject.icontains(chosen.subject, autoescape=True))
    if chosen.since:
        query = query.where(AuditEntry.at >= chosen.since)
    if chosen.until:
        query = query.where(AuditEntry.at < chosen.until)
    return query
