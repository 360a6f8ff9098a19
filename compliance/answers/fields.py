"""Reading one object of a document field by field; everything odd becomes a fault."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TypeGuard

from compliance.answers.errors import Faults, shown_key
from compliance.answers.strict_json import JsonObject

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BROKEN = re.compile("[\ud800-\udfff\0]")
DATE_FORM = 'a date that exists, as "2026-11-24"'
TEXT_FORM = "text without NUL or half characters"


class Fields:
    """One object: takes its fields, notes faults, and returns a stand-in where there is one."""

    def __init__(self, raw: object, path: str, faults: Faults, names: tuple[str, ...]) -> None:
        self.path, self.faults = path, faults
        self.content: Mapping[str, object] = {}
        if isinstance(raw, dict):
            self.content = raw
            self._check_keys(raw, names)
        else:
            faults.add(path or "the file", raw, f"an object with {', '.join(names)}")
            self.faults = Faults()  # one fault is enough: what it lacks follows from it

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        return name in self.content

    def text(self, name: str, default: str | None = None, *, blank: bool = True) -> str:
        """A string; required where there is no default."""
        allowed = TEXT_FORM if blank else f"{TEXT_FORM}, not blank"
        if name not in self.content and default is not None:
            return default
        if name not in self.content:
            self.faults.missing(self.at(name), allowed)
            return ""
        found = self.content[name]
        if not is_text(found) or not (blank or found.strip()):
            self.faults.add(self.at(name), found, allowed)
            return ""
        return found

    def truth(self, name: str) -> bool:
        """True or false; false where it is absent."""
        found = self.content.get(name, False)
        if not isinstance(found, bool):
            self.faults.add(self.at(name), found, "true or false")
            return False
        return found

    def day(self, name: str) -> date:
        """A required calendar day."""
        if name not in self.content:
            self.faults.missing(self.at(name), DATE_FORM)
            return date.min
        day = read_day(self.content[name])
        if day is None:
            self.faults.add(self.at(name), self.content[name], DATE_FORM)
        return day or date.min

    def constant(self, name: str, wanted: str | int) -> None:
        """A field that has one allowed value."""
        found = self.content.get(name)
        if name not in self.content:
            self.faults.missing(self.at(name), str(wanted))
        elif type(found) is not type(wanted) or found != wanted:
            self.faults.add(self.at(name), found, str(wanted))

    def inner(self, name: str, names: tuple[str, ...]) -> "Fields":
        """A required object inside this one."""
        if name not in self.content:
            self.faults.missing(self.at(name), f"an object with {', '.join(names)}")
            return Fields({}, self.at(name), Faults(), names)
        return Fields(self.content[name], self.at(name), self.faults, names)

    def _check_keys(self, raw: Mapping[str, object], names: tuple[str, ...]) -> None:
        if isinstance(raw, JsonObject):
            note_repeated(raw, self.path, self.faults)
        for key in raw:
            if key not in names:
                allowed = f"no such field; the fields are {', '.join(names)}"
                self.faults.add(self.at(shown_key(key)), raw[key], allowed)


def note_repeated(raw: JsonObject, path: str, faults: Faults) -> None:
    """A fault for each key that stands twice."""
    for key in raw.repeated_keys:
        place = f"{path}.{shown_key(key)}" if path else shown_key(key)
        faults.tell(place, "this key more than once", "each key once")


def is_text(value: object) -> TypeGuard[str]:
    """Whether it is a string that every store and page can hold."""
    return isinstance(value, str) and not _BROKEN.search(value)


def read_day(value: object) -> date | None:
    """The day that a string names; None where it names none."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
