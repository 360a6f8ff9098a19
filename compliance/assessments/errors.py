"""What can go wrong with an assessment, as facts of the field."""

from typing import Any


class AssessmentError(Exception):
    """Base of this room's errors."""


class NoSuchAssessmentError(AssessmentError):
    """No assessment of this firm has that id."""


class NoSuchQuestionError(AssessmentError):
    """The assessment's edition has no such question."""


class ClosedAssessmentError(AssessmentError):
    """The assessment is not open for answers; `state` says why."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the assessment is {state}")
        self.state = state


class StaleAnswerError(AssessmentError):
    """Someone else changed the answer since it was read; `current` is what stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__("the answer was changed by someone else")
        self.current = current


class WrongStateError(AssessmentError):
    """The workflow has no such step from here; `state` says where the assessment stands."""

    def __init__(self, state: str) -> None:
        super().__init__(f"not possible while the assessment is {state}")
        self.state = state


class NotReadyError(AssessmentError):
    """Something must be settled first; `contradictions` names the rules that block."""

    def __init__(self, contradictions: tuple[str, ...]) -> None:
        super().__init__("contradictions must be resolved or explained first")
        self.contradictions = contradictions


class OwnClaimError(AssessmentError):
    """A claim of "not applicable" can't be accepted by the person who made it."""


class NoClaimError(AssessmentError):
    """The answer claims no "not applicable" that could be decided."""


class ReasonNeededError(AssessmentError):
    """A return, a proposal or a refusal needs a reason in words."""


class NothingReturnedError(AssessmentError):
    """An assessment goes back only with a reason at a question or in general."""


class StaleDecisionError(AssessmentError):
    """Another reviewer decided since the page was read; `current` is what stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__("another reviewer decided meanwhile")
        self.current = current


class EmptyMessageError(AssessmentError):
    """A message to colleagues says nothing."""


class NothingToMoveError(AssessmentError):
    """No newer edition follows the assessment's, or no move stands that could be undone."""


class ChangedSinceMoveError(AssessmentError):
    """The revision was worked on since it moved; undoing would set that work aside."""
