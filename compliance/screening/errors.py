"""What can go wrong in this room."""

from collections.abc import Iterable

from compliance.answers import Fault

MOST_FAULTS = 1000


class ScreeningError(Exception):
    """Base of what this room raises."""


class ListFileError(ScreeningError):
    """A list can't be imported; `faults` says what is wrong, row by row."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)[:MOST_FAULTS]
        super().__init__("\n".join(map(str, self.faults)))


class ShrinkError(ScreeningError):
    """The new version of a list is much shorter than the one in use; someone must confirm."""

    def __init__(self, before: int, after: int) -> None:
        self.before, self.after = before, after
        super().__init__(f"the list would shrink from {before} to {after} entries")


class KindError(ScreeningError):
    """A list changes its kind between versions, which would change what a hit means."""


class NotFoundError(ScreeningError, LookupError):
    """No such party, result or list in this firm."""


class DecisionError(ScreeningError):
    """A decision without a reason, or about what was not found."""
