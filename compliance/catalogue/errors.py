"""What can be wrong with a catalogue, as one value for each fault."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong: the file, the entry (a question id, say), the field in it and the line."""

    file: str
    line: int  # 1 is the first; 0 where no line is to blame
    entry: str  # "" where the file as a whole is meant
    field: str  # dotted path below the entry: levels.3.text.zh
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.entry, self.field, self.message) if part)


class CatalogueError(Exception):
    """The catalogue can't be read; `faults` says everything that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class UnknownEditionError(LookupError):
    """No such questionnaire, or no such version of it."""
