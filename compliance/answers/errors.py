"""What can be wrong with answers, as one value for each fault."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

MAX_FAULTS = 50
SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where it stands, what stands there, what may stand there."""

    path: str  # answers.LIC-02.value
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.path}: found {self.found}; allowed {self.allowed}"


class BundleError(Exception):
    """A bundle that can't be taken; `faults` says everything that is wrong, up to fifty."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)[:MAX_FAULTS]
        super().__init__("\n".join(map(str, self.faults)))


class Faults:
    """Collects faults while reading goes on; stops the reading at the fiftieth."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, path: str, found: object, allowed: str) -> None:
        """Note a fault; `found` is the value that stands there."""
        self.tell(path, shown(found), allowed)

    def missing(self, path: str, allowed: str) -> None:
        """Note a field that is not there."""
        self.tell(path, "nothing", allowed)

    def tell(self, path: str, found: str, allowed: str) -> None:
        """Note a fault; `found` says in words what stands there."""
        self._faults.append(Fault(path, found, allowed))
        if len(self._faults) >= MAX_FAULTS:
            self.settle()

    def settle(self) -> None:
        """Raise BundleError where anything was found."""
        if self._faults:
            raise BundleError(self._faults)


class Unreadable:
    """A number of the file that is no number here: NaN, Infinity, or hundreds of digits."""

    def __init__(self, written: str) -> None:
        self.written = written


def shown(value: object) -> str:
    """A value as it stood in the file: one printable line, cut where it is long."""
    if isinstance(value, Unreadable):
        return _one_line(value.written)
    return _one_line(json.dumps(value, ensure_ascii=False, default=_written))


def shown_key(key: str) -> str:
    """A key for a path: one printable line."""
    return _one_line(key)


def _written(value: object) -> str:
    return value.written if isinstance(value, Unreadable) else type(value).__name__


def _one_line(text: str) -> str:
    if text.isprintable() and len(text) <= SHOWN_CHARACTERS:
        return text
    cut = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
