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
