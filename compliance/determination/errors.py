"""What can go wrong in this room."""

from collections.abc import Iterable

from compliance.answers import Fault

MAX_FAULTS = 50


class DeterminationError(Exception):
    """Base of what this room raises."""


class FactsError(DeterminationError):
    """The facts of a transaction can't be read; `faults` says everything wrong, up to fifty."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)[:MAX_FAULTS]
        super().__init__("\n".join(map(str, self.faults)))


class RulesError(DeterminationError):
    """The rules contradict themselves, the law register or the questionnaire."""


class WorksheetError(DeterminationError):
    """A worksheet can't be changed or signed as asked; the text says why."""


class AlreadySavedError(DeterminationError):
    """A transaction in the register is not changed any more; a copy can be."""


class ChangedMeanwhileError(DeterminationError):
    """Somebody else wrote on the same sheet or transaction at the same moment."""


class NotFoundError(DeterminationError, LookupError):
    """No such worksheet or transaction in this firm."""
