"""What can go wrong with an action."""


class RemediationError(Exception):
    """Base of this room's errors."""


class NoSuchActionError(RemediationError):
    """No action of this firm has that id."""


class PastDueError(RemediationError):
    """A new due date must not lie in the past."""


class ProofNeededError(RemediationError):
    """Done means that there is proof: name it first."""


class WaitsForAnotherError(RemediationError):
    """The action that this one depends on is not done."""


class CircularDependencyError(RemediationError):
    """An action can't wait for itself, directly or through others."""


class NotDoneError(RemediationError):
    """Only what is reported done can be accepted or sent back."""


class OwnWorkError(RemediationError):
    """The owner of an action can't accept it."""


class StaleActionError(RemediationError):
    """Someone else changed the action since it was read."""
