"""Planning and following actions."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from compliance.assessments import Assessment
from compliance.audit import record
from compliance.database import FirmSession, new_id
from compliance.identity import Actor
from compliance.remediation.errors import (
    CircularDependencyError,
    NotDoneError,
    OwnWorkError,
    PastDueError,
    ProofNeededError,
    StaleActionError,
    WaitsForAnotherError,
)
from compliance.remediation.models import ActionState, RemediationAction
from compliance.remediation.queries import find_action

FINISHED = frozenset({ActionState.DONE, ActionState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an action shall say; the title and the question never change afterwards."""

    owner_id: UUID | None = None
    owner_name: str = ""
    due_on: date | None = None
    state: ActionState = ActionState.OPEN
    note: str = ""
    proof: str = ""
    depends_on_id: UUID | None = None


def plan_action(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    title: str,
    wanted: Wanted,
    *,
    effort_days: float | None,
    now: datetime,
) -> RemediationAction:
    """Plan the remedy of one gap. Raises PastDueError for a due date before today."""
    _refuse_past(wanted.due_on, now)
    action = RemediationAction(
        id=new_id(),
        assessment_id=assessment.id,
        question_id=question_id,
        title=title,
        owner_id=wanted.owner_id,
        owner_name=wanted.owner_name,
        due_on=wanted.due_on,
        effort_days=effort_days,
        state=ActionState.OPEN,
        note=wanted.note,
        proof="",
        created_at=now,
        created_by_name=actor.name,
    )
    session.add(action)
    session.flush()
    record(session, actor, "action.planned", f"action:{action.id}/{question_id}", now=now)
    return action


def change(
    session: FirmSession,
    actor: Actor,
    action_id: UUID,
    wanted: Wanted,
    *,
    base_version: int,
    now: datetime,
) -> RemediationAction:
    """Change owner, day, note, proof, dependency or state; acceptance is the officer's own verb.

    Raises:
        StaleActionError: someone else changed it meanwhile.
        PastDueError: a new due date lies in the past (an old one that has passed may stay).
        ProofNeededError: it is said to be done without proof.
        WaitsForAnotherError: it is said to be done before the one that it depends on.
        CircularDependencyError: it would wait for itself.
    """
    action = find_action(session, action_id)
    if action.version != base_version:
        raise StaleActionError(str(action_id))
    if wanted.due_on != action.due_on:
        _refuse_past(wanted.due_on, now)
    _check_dependency(session, action, wanted)
    if wanted.state == ActionState.DONE and not wanted.proof.strip():
        raise ProofNeededError(str(action_id))
    if wanted.state == ActionState.ACCEPTED and action.state != ActionState.ACCEPTED:
        raise NotDoneError(str(action_id))
    before = action.state
    action.owner_id, action.owner_name = wanted.owner_id, wanted.owner_name
    action.due_on, action.note, action.proof = wanted.due_on, wanted.note, wanted.proof.strip()
    action.depends_on_id, action.state = wanted.depends_on_id, wanted.state
    if wanted.state == ActionState.DONE and before != ActionState.DONE:
        action.done_at = now
    if wanted.state not in FINISHED:
        action.done_at = action.accepted_at = action.accepted_by_name = None
    session.flush()
    details = {"before": before, "after": action.state}
    record(session, actor, "action.changed", f"action:{action.id}", now=now, details=details)
    return action


def accept(session: FirmSession, actor: Actor, action_id: UUID, *, now: datetime) -> None:
    """The officer accepts what was reported done; never its owner."""
    action = find_action(session, action_id)
    if action.state != ActionState.DONE:
        raise NotDoneError(str(action_id))
    if action.owner_id == actor.person_id:
        raise OwnWorkError(str(action_id))
    action.state = ActionState.ACCEPTED
    action.accepted_at, action.accepted_by_name = now, actor.name
    session.flush()
    record(session, actor, "action.accepted", f"action:{action.id}", now=now)


def send_back(
    session: FirmSession, actor: Actor, action_id: UUID, reason: str, *, now: datetime
) -> None:
    """The officer does not accept it: it goes on, with the reason in its note."""
    action = find_action(session, action_id)
    if action.state != ActionState.DONE:
        raise NotDoneError(str(action_id))
    action.state, action.done_at = ActionState.IN_PROGRESS, None
    action.note = f"{action.note}\n{actor.name}: {reason.strip()}".strip()
    session.flush()
    record(session, actor, "action.sent_back", f"action:{action.id}", now=now)


def _refuse_past(due_on: date | None, now: datetime) -> None:
    if due_on is not None and due_on < now.date():
        raise PastDueError(due_on.isoformat())


def _check_dependency(session: FirmSession, action: RemediationAction, wanted: Wanted) -> None:
    awaited = wanted.depends_on_id
    if awaited is None:
        return
    first = find_action(session, awaited)
    if wanted.state == ActionState.DONE and first.state not in FINISHED:
        raise WaitsForAnotherError(first.title)
    link: UUID | None = awaited
    while link is not None:
        if link == action.id:
            raise CircularDependencyError(str(action.id))
        link = find_action(session, link).depends_on_id
