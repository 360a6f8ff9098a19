"""What can go wrong in this room."""

from collections.abc import Iterable

from compliance.catalogue import Fault


class TrainingError(Exception):
    """Base of this room's errors."""


class ScenarioError(TrainingError):
    """A scenario can't be read; `faults` says everything that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class NoSuchScenarioError(TrainingError):
    """No scenario of the library, or of the trainer's firm, has this id."""


class NoSuchSandboxError(TrainingError):
    """The firm is no sandbox of this person, or it has ended."""


class NoSuchSessionError(TrainingError):
    """No classroom session has this code or id, or it is another firm's."""


class SessionClosedError(TrainingError):
    """The session has ended; nobody joins or answers any more."""


class SessionMovedError(TrainingError):
    """Another trainer moved the session on meanwhile; `by` says who, `position` where it is."""

    def __init__(self, by: str, position: int) -> None:
        super().__init__(f"moved by {by}")
        self.by = by
        self.position = position


class ParticipantNameError(TrainingError):
    """A participant's name can't be taken: `reason` is empty, long, or odd."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SessionFullError(TrainingError):
    """The session has as many participants as it can hold."""


class NoSuchSeatError(TrainingError):
    """Nobody of this session has this token or rejoin code."""


class LockedError(TrainingError):
    """The team has locked in its answer to this step."""


class StepOverError(TrainingError):
    """The class has moved on; this step takes no answers now."""


class WrongAnswerFormError(TrainingError):
    """An answer names what the step does not offer."""


class StaleScenarioError(TrainingError):
    """A colleague changed the scenario meanwhile."""


class UncheckedScenarioError(TrainingError):
    """A scenario with faults can't be published or used in class; `faults` lists them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class SandboxLimitError(TrainingError):
    """The person has `most` sandboxes open already."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most}")
        self.most = most


class NoSuchProgrammeError(TrainingError):
    """No programme of study of the firm has this id."""
