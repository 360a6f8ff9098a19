"""Reading actions."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from compliance.database import FirmSession
from compliance.remediation.errors import NoSuchActionError
from compliance.remediation.models import ActionState, RemediationAction

PENDING = frozenset({ActionState.OPEN, ActionState.IN_PROGRESS})


def actions_of_firm(session: FirmSession) -> Sequence[RemediationAction]:
    """All actions, those with the nearest due date first."""
    return session.scalars(
        select(RemediationAction).order_by(
            RemediationAction.due_on.is_(None), RemediationAction.due_on, RemediationAction.title
        )
    ).all()


def actions_of(session: FirmSession, assessment_id: UUID) -> Sequence[RemediationAction]:
    """The actions planned from one assessment, nearest due date first."""
    return [a for a in actions_of_firm(session) if a.assessment_id == assessment_id]


def find_action(session: FirmSession, action_id: UUID) -> RemediationAction:
    """The action; raises NoSuchActionError also for another firm's."""
    found = session.scalars(
        select(RemediationAction).where(RemediationAction.id == action_id)
    ).one_or_none()
    if found is None:
        raise NoSuchActionError(str(action_id))
    return found


def is_overdue(action: RemediationAction, today: date) -> bool:
    """Whether its day has passed and nobody has reported it done."""
    return action.due_on is not None and action.due_on < today and action.state in PENDING
