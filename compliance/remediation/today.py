"""Where the firm would stand today if its accepted actions were assessed."""

from collections.abc import Iterable, Mapping
from datetime import date

from compliance.answers import Answer
from compliance.catalogue import Edition
from compliance.remediation.models import ActionState, RemediationAction
from compliance.scoring import Lift, Scorecard, what_if


def scorecard_today(
    edition: Edition,
    answers: Mapping[str, Answer],
    as_of: date,
    actions: Iterable[RemediationAction],
) -> Scorecard:
    """The scorecard with each accepted action's question lifted as its remedy says."""
    done = {
        action.question_id: Lift.TARGET
        for action in actions
        if action.state == ActionState.ACCEPTED and edition.question(action.question_id).scored
    }
    return what_if(edition, answers, as_of, done)
