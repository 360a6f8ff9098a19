"""What the review and the remedies refuse, each in words of its own."""

from typing import Any

from flask_babel import lazy_gettext as _l

from compliance.assessments import (
    AssessmentError,
    ChangedSinceMoveError,
    EndedConsultationError,
    NoClaimError,
    NoSuchConsultationError,
    NothingReturnedError,
    NothingToMoveError,
    NotReadyError,
    OwnClaimError,
    PastEndError,
    ReasonNeededError,
    StaleDecisionError,
    State,
    WrongStateError,
)
from compliance.remediation import (
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

STATES = {
    State.DRAFT: _l("Not possible now: the firm is still filling in this assessment."),
    State.SUBMITTED: _l(
        "Not possible now: this assessment is submitted and its review has not begun."
    ),
    State.IN_REVIEW: _l("Not possible now: this assessment is in review."),
    State.RETURNED: _l("Not possible now: this assessment was returned to the firm."),
    State.SEALED: _l("This assessment is sealed: nothing in it can be changed any more."),
    State.SUPERSEDED: _l("This revision is superseded: the work goes on in another one."),
}
REFUSALS: dict[type[Exception], tuple[int, Any]] = {
    NotReadyError: (
        409,
        _l("Answers contradict each other: they must be changed or explained first."),
    ),
    OwnClaimError: (
        409,
        _l("You wrote this yourself; somebody else must accept or refuse it."),
    ),
    NoClaimError: (409, _l("There is nothing here to accept or refuse: it was changed meanwhile.")),
    ReasonNeededError: (422, _l("Give the reason in a sentence: the firm must know what to do.")),
    NothingReturnedError: (
        409,
        _l("Nothing says why: return a question with its reason, or give a reason in general."),
    ),
    StaleDecisionError: (
        409,
        _l("Another reviewer decided this meanwhile. Look at what stands now, then decide again."),
    ),
    NothingToMoveError: (
        409,
        _l("Nothing to move or to undo: the assessment stands where you want it already."),
    ),
    ChangedSinceMoveError: (
        409,
        _l("The new revision was worked on since, so the move can no longer be undone."),
    ),
    NoSuchConsultationError: (
        404,
        _l("There is nothing at this address, or it is not yours to see."),
    ),
    EndedConsultationError: (
        410,
        _l("This invitation has ended or was withdrawn. Ask the firm for a new one."),
    ),
    PastEndError: (422, _l("The last day lies in the past. Choose today or a later day.")),
    NoSuchActionError: (404, _l("There is nothing at this address, or it is not yours to see.")),
    PastDueError: (
        422,
        _l("The due date lies in the past. Choose today or a later day."),
    ),
    ProofNeededError: (422, _l("Say first what shows that it is done.")),
    WaitsForAnotherError: (409, _l("The action that this one waits for is not done yet.")),
    CircularDependencyError: (
        422,
        _l("These actions would wait for each other for ever. Choose another one."),
    ),
    NotDoneError: (409, _l("Only an action that is reported done can be accepted or sent back.")),
    OwnWorkError: (
        409,
        _l("You are the owner of this action; another officer must accept it."),
    ),
    StaleActionError: (
        409,
        _l("Somebody else changed this action meanwhile. Look at it again, then change it."),
    ),
}


def refusal(error: AssessmentError | RemediationError) -> tuple[int, str]:
    """HTTP status and words for an error of these two rooms."""
    if isinstance(error, WrongStateError):
        return 409, str(STATES[State(error.state)])
    status, said = REFUSALS[type(error)]
    return status, str(said)
