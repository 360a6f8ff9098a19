"""Moving an assessment in work to a newer edition: in one transaction, and back by one step.

Nothing is deleted: the earlier revision stays as it was, closed as superseded; the new one holds
what could be carried, and a history that says where each answer came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm.exc import StaleDataError

from compliance.assessments.carrying import MovePreview, preview_move
from compliance.assessments.discussion_models import Assignment, Flag, Mention, Message
from compliance.assessments.errors import (
    ChangedSinceMoveError,
    NothingToMoveError,
    WrongStateError,
)
from compliance.assessments.models import OPEN_STATES, Assessment, ResponseHistory, State
from compliance.assessments.moving_models import EditionMove
from compliance.assessments.operations import content_of
from compliance.assessments.queries import find_assessment
from compliance.assessments.review import move
from compliance.assessments.review_models import (
    ContradictionExplanation,
    ReviewDecision,
    StateChange,
)
from compliance.assessments.standing import load_standing
from compliance.audit import AuditEntry, record, stand_in_line
from compliance.catalogue import Edition, Fate, editions, load_edition
from compliance.database import Base, FirmSession, new_id
from compliance.evidence import EvidenceLink
from compliance.identity import Actor

Row = TypeVar("Row", bound=Base)
Targets = Mapping[str, str]  # question id in the earlier edition -> in the newer one


def newer_edition(assessment: Assessment) -> Edition | None:
    """The edition to which an assessment in work can move: the published one that follows its own.

    One edition at a time, since each says only how answers of the one before reach it.
    """
    if assessment.state not in OPEN_STATES:
        return None
    published = [e for e in editions(assessment.questionnaire_id) if e.published]
    own = next((e for e in published if e.version == assessment.version), None)
    later = [e for e in published if own is not None and e.order > own.order]
    return load_edition(assessment.questionnaire_id, later[0].version) if later else None


def move_to_newer_edition(
    session: FirmSession, actor: Actor, assessment_id: UUID, *, now: datetime
) -> Assessment:
    """The new revision, with all that could be carried.

    Raises:
        WrongStateError: the assessment is not in work; a sealed one stays with its edition.
        NothingToMoveError: it stands on the newest edition.
    """
    stand_in_line(session)  # no answer comes between what is read and what is carried
    standing = load_standing(session, assessment_id, actor, whole=True)
    old = standing.assessment
    if old.state not in OPEN_STATES:
        raise WrongStateError(old.state)
    edition = newer_edition(old)
    if edition is None:
        raise NothingToMoveError(old.version)
    state = old.state
    try:
        move(session, actor, old, State.SUPERSEDED, now=now, reason=edition.version)
    except StaleDataError:  # somebody else moved or submitted it at the same moment
        raise WrongStateError(State.SUPERSEDED) from None
    fresh = _revision(old, edition, state, actor, now)
    session.add(fresh)
    session.flush()
    preview = preview_move(standing, edition)
    _store_answers(session, actor, fresh, preview, now)
    targets = {s.before: s.after for s in preview.plan.steps if s.before and s.after}
    _copy_surroundings(session, old, fresh, targets, now)
    _copy_review(session, old, fresh, preview, targets)
    session.flush()
    counts = {str(fate): len(preview.of(fate)) for fate in Fate if preview.of(fate)}
    details = {"from": str(old.id), "edition": edition.version, **counts}
    seq = record(
        session, actor, "assessment.moved", f"assessment:{fresh.id}", now=now, details=details
    )
    session.add(
        EditionMove(
            before_id=old.id,
            after_id=fresh.id,
            state_before=state,
            moved_at=now,
            moved_by_name=actor.name,
            audit_seq=seq,
        )
    )
    session.flush()
    return fresh


def undo_move(
    session: FirmSession, actor: Actor, assessment_id: UUID, *, now: datetime
) -> Assessment:
    """Take a move back: the earlier revision is in work again, the new one is kept, closed.

    Raises:
        NothingToMoveError: this revision came from no move, or the move was undone.
        ChangedSinceMoveError: the revision was worked on.
    """
    stand_in_line(session)
    fresh = find_assessment(session, assessment_id)
    found = move_that_made(session, assessment_id)
    if found is None or found.undone_at is not None:
        raise NothingToMoveError(fresh.version)
    if was_changed_since(session, found):
        raise ChangedSinceMoveError(str(assessment_id))
    old = find_assessment(session, found.before_id)
    found.undone_at, found.undone_by_name = now, actor.name
    try:
        move(session, actor, fresh, State.SUPERSEDED, now=now, reason=old.version)
        move(session, actor, old, State(found.state_before), now=now, reason=fresh.version)
    except StaleDataError:
        raise ChangedSinceMoveError(str(assessment_id)) from None
    return old


@dataclass(frozen=True, slots=True)
class Movement:
    """Where an assessment stands between editions, for the people who work on it."""

    newer: Edition | None  # it could move there
    came: EditionMove | None  # it came from this move
    went: EditionMove | None  # this move took its place
    may_undo: bool  # nothing was done since it came


def movement_of(session: FirmSession, assessment: Assessment) -> Movement:
    """The moves from and to an assessment, and whether another is possible."""
    both = select(EditionMove).where(
        or_(EditionMove.after_id == assessment.id, EditionMove.before_id == assessment.id)
    )
    moves = session.scalars(both).all()
    came = next((m for m in moves if m.after_id == assessment.id), None)
    went = next((m for m in moves if m.before_id == assessment.id and m.undone_at is None), None)
    may_undo = came is not None and came.undone_at is None and not was_changed_since(session, came)
    return Movement(newer_edition(assessment), came, went, may_undo)


def move_that_made(session: FirmSession, assessment_id: UUID) -> EditionMove | None:
    """The move from which a revision came, None where it was started otherwise."""
    return session.scalars(
        select(EditionMove).where(EditionMove.after_id == assessment_id)
    ).one_or_none()


def was_changed_since(session: FirmSession, found: EditionMove) -> bool:
    """Whether anything was done in a revision since the move that made it."""
    subject = f"assessment:{found.after_id}"
    newer = select(AuditEntry.seq).where(
        AuditEntry.seq > found.audit_seq, AuditEntry.subject.startswith(subject)
    )
    return session.scalars(newer.limit(1)).first() is not None


def _revision(
    old: Assessment, edition: Edition, state: str, actor: Actor, now: datetime
) -> Assessment:
    return Assessment(
        id=new_id(),
        title=old.title,
        questionnaire_id=edition.questionnaire_id,
        version=edition.version,
        as_of=old.as_of,
        path=old.path,
        state=state,
        previous_id=old.previous_id,
        due_on=old.due_on,
        created_at=now,
        created_by_name=actor.name,
        submitted_at=old.submitted_at,
    )


def _store_answers(
    session: FirmSession, actor: Actor, fresh: Assessment, preview: MovePreview, now: datetime
) -> None:
    for one in preview.answers:
        if one.becomes is None or one.was is None:
            continue
        one.becomes.assessment_id = fresh.id
        session.add(one.becomes)
        came_from = {"question": one.before.id, "edition": preview.plan.before}
        session.add(
            ResponseHistory(
                assessment_id=fresh.id,
                question_id=one.becomes.question_id,
                version=1,
                at=now,
                person_id=actor.person_id,
                person_name=actor.name,
                cause="migration",
                before={**content_of(one.was), **came_from},
                after=content_of(one.becomes),
            )
        )


def _copy_surroundings(
    session: FirmSession, old: Assessment, fresh: Assessment, targets: Targets, now: datetime
) -> None:
    """Evidence, assignments, flags and threads of the questions that are still asked."""
    rows: list[EvidenceLink | Assignment | Flag] = [
        *session.scalars(select(EvidenceLink).where(EvidenceLink.assessment_id == old.id)),
        *session.scalars(select(Assignment).where(Assignment.assessment_id == old.id)),
        *session.scalars(select(Flag).where(Flag.assessment_id == old.id)),
    ]
    for row in rows:
        if (target := targets.get(row.question_id)) is not None:
            session.add(_copy(row, assessment_id=fresh.id, question_id=target))
    threads = select(Message).where(Message.assessment_id == old.id).order_by(Message.at)
    for message in session.scalars(threads).all():
        if (target := targets.get(message.question_id)) is not None:
            copied = _copy(message, id=new_id(), assessment_id=fresh.id, question_id=target)
            session.add(copied)
            session.flush()
            _copy_mentions(session, message, copied, now)


def _copy_mentions(session: FirmSession, message: Message, copied: Message, now: datetime) -> None:
    """Who has not seen the message is told of it once: in the new revision."""
    for mention in session.scalars(select(Mention).where(Mention.message_id == message.id)):
        session.add(_copy(mention, message_id=copied.id))
        mention.seen_at = mention.seen_at or now


def _copy_review(
    session: FirmSession, old: Assessment, fresh: Assessment, preview: MovePreview, targets: Targets
) -> None:
    """The way so far, what the reviewer said, and explanations that the newer edition knows."""
    for step in session.scalars(select(StateChange).where(StateChange.assessment_id == old.id)):
        if step.after != State.SUPERSEDED:
            session.add(_copy(step, assessment_id=fresh.id))
    for decision in session.scalars(
        select(ReviewDecision).where(ReviewDecision.assessment_id == old.id)
    ):
        if (target := targets.get(decision.question_id)) is not None:
            response = preview.standing.responses.get(decision.question_id)
            judged = response is not None and decision.response_version == response.version
            session.add(
                _copy(
                    decision,
                    assessment_id=fresh.id,
                    question_id=target,
                    response_version=1 if judged else 0,
                )
            )
    known = {rule.id for rule in preview.edition.contradictions}
    for told in session.scalars(
        select(ContradictionExplanation).where(ContradictionExplanation.assessment_id == old.id)
    ):
        if told.contradiction_id in known:
            session.add(_copy(told, assessment_id=fresh.id))


def _copy(row: Row, **changes: object) -> Row:
    """A new row with the same content, apart from its id, its version and the changes."""
    columns = inspect(type(row)).column_attrs.keys()
    content = {key: getattr(row, key) for key in columns if key not in {"id", "version"}}
    return type(row)(**{**content, **changes})
