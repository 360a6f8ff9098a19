"""Assigning, flagging and talking about questions. Verbs never commit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from compliance.assessments.discussion_models import Assignment, Flag, Mention, Message
from compliance.assessments.errors import EmptyMessageError
from compliance.assessments.models import Assessment
from compliance.audit import record
from compliance.database import FirmSession, new_id
from compliance.identity import Actor

LONGEST_MESSAGE = 4000  # characters


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone of the firm who can be assigned or mentioned."""

    id: UUID
    name: str


def assign(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    colleague: Colleague | None,
    *,
    now: datetime,
    note: str = "",
) -> None:
    """Ask a colleague to answer a question; None takes the assignment back."""
    found = session.scalars(
        select(Assignment).where(
            Assignment.assessment_id == assessment.id, Assignment.question_id == question_id
        )
    ).one_or_none()
    subject = f"assessment:{assessment.id}/{question_id}"
    if colleague is None:
        if found is not None:
            session.delete(found)
            record(session, actor, "question.unassigned", subject, now=now)
        return
    if found is None:
        found = Assignment(assessment_id=assessment.id, question_id=question_id)
        session.add(found)
    found.person_id, found.person_name = colleague.id, colleague.name
    found.note, found.assigned_at, found.assigned_by_name = note.strip(), now, actor.name
    details = {"to": str(colleague.id)}
    record(session, actor, "question.assigned", subject, now=now, details=details)


def set_flag(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    *,
    raised: bool,
    now: datetime,
) -> None:
    """Flag a question for discussion, or take the flag down."""
    found = session.scalars(
        select(Flag).where(Flag.assessment_id == assessment.id, Flag.question_id == question_id)
    ).one_or_none()
    if (found is not None) == raised:
        return
    if found is None:
        session.add(
            Flag(
                assessment_id=assessment.id,
                question_id=question_id,
                raised_at=now,
                raised_by_name=actor.name,
            )
        )
    else:
        session.delete(found)
    action = "question.flagged" if raised else "question.unflagged"
    record(session, actor, action, f"assessment:{assessment.id}/{question_id}", now=now)


def post_message(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    text: str,
    *,
    colleagues: Sequence[Colleague],
    now: datetime,
) -> Message:
    """Add to the thread of a question; raises EmptyMessageError where nothing is said."""
    said = text.strip()[:LONGEST_MESSAGE]
    if not said:
        raise EmptyMessageError(question_id)
    message = Message(
        id=new_id(),
        assessment_id=assessment.id,
        question_id=question_id,
        at=now,
        person_id=actor.person_id,
        person_name=actor.name,
        text=said,
    )
    session.add(message)
    session.flush()
    for colleague in mentioned(said, colleagues):
        session.add(Mention(message_id=message.id, person_id=colleague.id))
    subject = f"assessment:{assessment.id}/{question_id}"
    record(session, actor, "question.discussed", subject, now=now)
    return message


def mentioned(text: str, colleagues: Sequence[Colleague]) -> tuple[Colleague, ...]:
    """The colleagues whose name follows an @, spaces and case aside."""
    flat = _flat(text).replace("＠", "@")
    return tuple(colleague for colleague in colleagues if f"@{_flat(colleague.name)}" in flat)


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()


def thread_of(session: FirmSession, assessment_id: UUID, question_id: str) -> Sequence[Message]:
    """What was said about a question, oldest first."""
    return session.scalars(
        select(Message)
        .where(Message.assessment_id == assessment_id, Message.question_id == question_id)
        .order_by(Message.at, Message.id)
    ).all()


def see_mentions(
    session: FirmSession, person_id: UUID, messages: Sequence[Message], *, now: datetime
) -> None:
    """Note that a person has read the messages that mention them."""
    ids = [message.id for message in messages]
    unseen = session.scalars(
        select(Mention).where(
            Mention.message_id.in_(ids), Mention.person_id == person_id, Mention.seen_at.is_(None)
        )
    )
    for mention in unseen:
        mention.seen_at = now


def unseen_mentions(session: FirmSession, person_id: UUID) -> Sequence[Message]:
    """Messages that mention a person and that they have not opened, newest first."""
    return session.scalars(
        select(Message)
        .join(Mention, Mention.message_id == Message.id)
        .where(Mention.person_id == person_id, Mention.seen_at.is_(None))
        .order_by(Message.at.desc())
    ).all()


def assignments_of(session: FirmSession, assessment_id: UUID) -> dict[str, Assignment]:
    """Question id -> who is asked to answer it."""
    rows = session.scalars(select(Assignment).where(Assignment.assessment_id == assessment_id))
    return {row.question_id: row for row in rows}


def flagged_questions(session: FirmSession, assessment_id: UUID) -> frozenset[str]:
    """Ids of the questions that are flagged for discussion."""
    rows = session.scalars(select(Flag).where(Flag.assessment_id == assessment_id))
    return frozenset(row.question_id for row in rows)


def message_counts(session: FirmSession, assessment_id: UUID) -> Mapping[str, int]:
    """Question id -> number of messages."""
    rows = session.execute(
        select(Message.question_id, func.count(Message.id).label("number"))
        .where(Message.assessment_id == assessment_id)
        .group_by(Message.question_id)
    )
    return {row.question_id: row.number for row in rows}
