"""Keeping evidence and linking it to questions. Verbs take a session first and never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from compliance.audit import record
from compliance.database import FirmSession, new_id
from compliance.evidence.checking import Checked
from compliance.evidence.errors import NoSuchEvidenceError
from compliance.evidence.models import EvidenceItem, EvidenceLink
from compliance.evidence.store import Store
from compliance.identity import Actor


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a person says about a piece of evidence."""

    title: str
    reference: str = ""  # where it lies: "DMS 4711"
    dated_on: date | None = None
    expires_on: date | None = None


def add_evidence(
    session: FirmSession,
    actor: Actor,
    particulars: Particulars,
    *,
    now: datetime,
    store: Store | None = None,
    file: Checked | None = None,
) -> EvidenceItem:
    """Keep a reference, or a checked file in its store: on disk before its row is written."""
    item = EvidenceItem(
        id=new_id(),
        title=particulars.title.strip(),
        reference=particulars.reference.strip() or None,
        dated_on=particulars.dated_on,
        expires_on=particulars.expires_on,
        created_at=now,
        created_by_name=actor.name,
    )
    if file is not None and store is not None:
        item.sha256 = store.keep(file.content)
        item.file_name, item.media_type = file.name, file.media_type
        item.size_bytes = len(file.content)
    session.add(item)
    session.flush()
    details = {"sha256": item.sha256} if item.sha256 else {}
    record(session, actor, "evidence.added", f"evidence:{item.id}", now=now, details=details)
    return item


def link_evidence(
    session: FirmSession,
    actor: Actor,
    item: EvidenceItem,
    assessment_id: UUID,
    question_id: str,
    *,
    now: datetime,
) -> None:
    """Let an item support an answer; a second link of the same kind changes nothing."""
    if _link(session, item.id, assessment_id, question_id) is not None:
        return
    session.add(
        EvidenceLink(
            evidence_id=item.id,
            assessment_id=assessment_id,
            question_id=question_id,
            created_at=now,
        )
    )
    subject = f"assessment:{assessment_id}/{question_id}"
    record(session, actor, "evidence.linked", subject, now=now, details={"evidence": str(item.id)})


def unlink_evidence(
    session: FirmSession,
    actor: Actor,
    item: EvidenceItem,
    assessment_id: UUID,
    question_id: str,
    *,
    now: datetime,
) -> None:
    """Take an item away from an answer; the item itself is kept."""
    link = _link(session, item.id, assessment_id, question_id)
    if link is None:
        return
    session.delete(link)
    subject = f"assessment:{assessment_id}/{question_id}"
    record(
        session, actor, "evidence.unlinked", subject, now=now, details={"evidence": str(item.id)}
    )


def find_evidence(session: FirmSession, evidence_id: UUID) -> EvidenceItem:
    """The item; raises NoSuchEvidenceError also for another firm's."""
    found = session.scalars(select(EvidenceItem).where(EvidenceItem.id == evidence_id))
    item = found.one_or_none()
    if item is None:
        raise NoSuchEvidenceError(str(evidence_id))
    return item


def evidence_of_firm(session: FirmSession) -> Sequence[EvidenceItem]:
    """All items, newest first."""
    newest_first = select(EvidenceItem).order_by(EvidenceItem.created_at.desc(), EvidenceItem.title)
    return session.scalars(newest_first).all()


def links_of_firm(session: FirmSession) -> Mapping[UUID, Sequence[EvidenceLink]]:
    """Evidence id -> its links."""
    found: dict[UUID, list[EvidenceLink]] = {}
    for link in session.scalars(select(EvidenceLink).order_by(EvidenceLink.question_id)):
        found.setdefault(link.evidence_id, []).append(link)
    return found


def _link(
    session: FirmSession, evidence_id: UUID, assessment_id: UUID, question_id: str
) -> EvidenceLink | None:
    return session.scalars(
        select(EvidenceLink).where(
            EvidenceLink.evidence_id == evidence_id,
            EvidenceLink.assessment_id == assessment_id,
            EvidenceLink.question_id == question_id,
        )
    ).one_or_none()
