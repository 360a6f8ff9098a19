"""Typed reading of one entry: each fault is noted with file, entry and field, and reading goes on.

Where a field is at fault a stand-in of the right type is returned, so that one run finds all
faults; whoever reads must refuse the result when any were noted.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from compliance.catalogue.errors import Fault
from compliance.language import Text, Texts

E = TypeVar("E", bound=StrEnum)
UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
MARKUP = re.compile(r"[<>{}]|&#?\w+;|\bTODO\b")
NOT_BLANK = r"(?s).*\S.*"


class Faults:
    """The faults found so far in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def note(self, line: int, entry: str, field: str, message: str) -> None:
        self.found.append(Fault(self.file, line, entry, field, message))


class Fields:
    """The fields of one mapping."""

    def __init__(self, raw: object, faults: Faults, entry: str = "", path: str = "") -> None:
        self.faults, self.entry, self.path = faults, entry, path
        self.raw: dict[str, Any] = raw if isinstance(raw, dict) else {}
        self._taken: set[str] = set()
        self._lines: dict[str, int] = getattr(raw, "lines", {}) if isinstance(raw, dict) else {}
        self._line: int = getattr(raw, "line", 0)
        if not isinstance(raw, dict):
            self.fault("", f"must be a mapping of fields, is {shown(raw)}")

    def fault(self, name: str, message: str) -> None:
        """Note a fault of one field; "" means the entry itself."""
        field = ".".join(part for part in (self.path, name) if part)
        line = self._lines.get(name.split(".", maxsplit=1)[0], self._line)
        self.faults.note(line, self.entry, field, message)

    def has(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def finish(self) -> None:
        """Note each field that nobody asked for."""
        for name in self.raw:
            if name not in self._taken:
                known = ", ".join(sorted(self._taken))
                self.fault(name, f"unknown field; known here: {known}")

    def take(self, name: str) -> Any:
        """The plain value, or None where it is absent."""
        self._taken.add(name)
        return self.raw.get(name)

    def _typed(self, name: str, types: tuple[type, ...], words: str, required: bool) -> Any:
        value = self.take(name)
        if value is None:
            if required:
                self.fault(name, f"missing; must be {words}")
            return None
        if isinstance(value, bool) and bool not in types:
            self.fault(name, f"must be {words}, is {shown(value)}")
            return None
        if not isinstance(value, types):
            self.fault(name, f"must be {words}, is {shown(value)}")
            return None
        return value

    def string(self, name: str, pattern: str = NOT_BLANK, words: str = "a text") -> str:
        value = self._typed(name, (str,), words, required=True)
        if value is None:
            return "?"
        if not re.fullmatch(pattern, value):
            self.fault(name, f"must be {words}, is {shown(value)}")
        self._plain(name, value)
        return str(value) if value.strip() else "?"

    def optional_string(self, name: str) -> str | None:
        return self.string(name) if self.has(name) else self.take(name)

    def boolean(self, name: str, default: bool | None = None) -> bool:
        required = default is None
        value = self._typed(name, (bool,), "true or false", required=required)
        return bool(default) if value is None else bool(value)

    def integer(self, name: str, lowest: int = 0, highest: int = 10**12) -> int:
        words = f"a whole number from {lowest} to {highest}"
        value = self._typed(name, (int,), words, required=True)
        if value is None:
            return lowest
        if not lowest <= value <= highest:
            self.fault(name, f"must be {words}, is {value}")
        return int(value)

    def optional_integer(self, name: str) -> int | None:
        return self.integer(name) if self.has(name) else self.take(name)

    def fraction(self, name: str, highest: int = 1) -> Fraction:
        words = f"a number from 0 to {highest}"
        value = self._typed(name, (int, float), words, required=True)
        if value is None:
            return Fraction(0)
        exact = Fraction(str(value))
        if not 0 <= exact <= highest:
            self.fault(name, f"must be {words}, is {value}")
        return exact

    def day(self, name: str) -> date | None:
        value = self._typed(name, (str,), "a day as 2026-11-24", required=False)
        if value is None:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            self.fault(name, f"must be a day as 2026-11-24, is {shown(value)}")
            return None

    def member(self, name: str, members: type[E]) -> E | None:
        """The member of an enumeration; None where it is absent or at fault."""
        words = "one of " + ", ".join(members)
        value = self._typed(name, (str,), words, required=False)
        if value is None:
            return None
        if value not in set(members):
            self.fault(name, f"must be {words}, is {shown(value)}")
            return None
        return members(value)

    def required_member(self, name: str, members: type[E]) -> E:
        if not self.has(name):
            self.fault(name, "missing; must be one of " + ", ".join(members))
        return self.member(name, members) or next(iter(members))

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of different texts; empty where the field is absent."""
        values = self._typed(name, (list,), "a list", required=False) or []
        for position, value in enumerate(values):
            if not isinstance(value, str) or not value:
                self.fault(f"{name}.{position}", f"must be a text, is {shown(value)}")
            elif value in values[:position]:
                self.fault(f"{name}.{position}", f"{value} stands twice")
        return tuple(value for value in values if isinstance(value, str))

    def text(self, name: str) -> Text:
        """A text in both languages."""
        both = self.inner(name)
        texts = {
            language: both.string(language, NOT_BLANK, "a text that is not empty")
            for language in ("en", "zh")
        }
        both.finish()
        for language, words in texts.items():
            if words != "?" and words != words.strip():
                both.fault(language, "begins or ends with white space")
        return Text(texts["en"].strip() or "?", texts["zh"].strip() or "?")

    def optional_text(self, name: str) -> Text | None:
        return self.text(name) if self.has(name) else self.take(name)

    def steps(self, name: str) -> Texts:
        """A list of steps in both languages, equally long."""
        both = self.inner(name)
        lists = {language: both.strings(language) for language in ("en", "zh")}
        both.finish()
        for language, steps in lists.items():
            if not steps:
                both.fault(language, "missing; must be a list of steps")
            for position, step in enumerate(steps):
                both._plain(f"{language}.{position}", step)
        if len(lists["en"]) != len(lists["zh"]):
            self.fault(name, f"{len(lists['en'])} steps in en and {len(lists['zh'])} in zh")
            return Texts((), ())
        return Texts(lists["en"], lists["zh"])

    def inner(self, name: str) -> "Fields":
        """The mapping below a field."""
        value = self.take(name)
        if value is None:
            self.fault(name, "missing")
            value = {}
        return self._below(name, value)

    def _below(self, name: str, value: object) -> "Fields":
        path = ".".join(part for part in (self.path, name) if part)
        below = Fields(value, self.faults, self.entry, path)
        below._line = below._line or self._lines.get(name.split(".", maxsplit=1)[0], self._line)
        return below

    def children(self, name: str, required: bool = False) -> Iterator["Fields"]:
        """The mappings of a list, in order."""
        values = self._typed(name, (list,), "a list", required=required) or []
        lines: list[int] = getattr(values, "lines", [])
        for position, value in enumerate(values):
            child = self._below(f"{name}.{position}", value)
            child._line = lines[position] if lines else child._line
            yield child

    def mapping(self, name: str, read: Callable[["Fields", str], Any]) -> dict[str, Any]:
        """A mapping whose keys are free; each value read by a method of Fields."""
        if not self.has(name):
            self.take(name)
            return {}
        below = self.inner(name)
        return {key: read(below, key) for key in below.raw}

    def _plain(self, name: str, words: str) -> None:
        found = UNREADABLE.search(words)
        if found:
            self.fault(name, f"control or invisible character U+{ord(found.group()):04X}")
        found = MARKUP.search(words)
        if found:
            self.fault(name, f"markup or placeholder {found.group()!r}; plain text only")


def shown(value: object) -> str:
    """A value as a fault quotes it, never longer than a line."""
    written = "nothing" if value is None else repr(value)
    return written if len(written) <= 60 else written[:57] + "..."
