"""Remediation: who closes which gap by when, with what proof, accepted by whom.

In: gaps of an assessment. Out: actions with their whole history in the audit trail, the scorecard
that accepted actions would give today, and spreadsheet and calendar files. Never rewrites a
snapshot or an answer.
"""

from compliance.remediation.errors import (
    CircularDependencyError,
    NoSuchActionError,
    NotDoneError,
    OwnWorkError,
    PastDueError,
    ProofNeededError,
    RemediationError,
    StaleActionError,
    WaitsForAnotherError,
)
from compliance.remediation.exports import calendar, workbook
from compliance.remediation.models import ActionState, RemediationAction
from compliance.remediation.operations import Wanted, accept, change, plan_action, send_back
from compliance.remediation.planning import plan_gaps, title_in
from compliance.remediation.portfolio import FirmStanding, Head, oldest, standings
from compliance.remediation.queries import actions_of, actions_of_firm, find_action, is_overdue
from compliance.remediation.reminders import remind, stage, wants_reminder
from compliance.remediation.today import scorecard_today

__all__ = [
    "ActionState",
    "CircularDependencyError",
    "FirmStanding",
    "Head",
    "NoSuchActionError",
    "NotDoneError",
    "OwnWorkError",
    "PastDueError",
    "ProofNeededError",
    "RemediationAction",
    "RemediationError",
    "StaleActionError",
    "WaitsForAnotherError",
    "Wanted",
    "accept",
    "actions_of",
    "actions_of_firm",
    "calendar",
    "change",
    "find_action",
    "is_overdue",
    "oldest",
    "plan_action",
    "plan_gaps",
    "remind",
    "scorecard_today",
    "send_back",
    "stage",
    "standings",
    "title_in",
    "wants_reminder",
    "workbook",
]
