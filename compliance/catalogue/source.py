"""YAML as plain data with line numbers, and nothing of YAML that could surprise.

Read from parser events rather than through a constructor, so that an alias, an anchor, a tag or
a key that stands twice is refused at its line and never expanded. Only `true` and `false` are
truth values, dates stay text, and an unquoted `yes` is refused, since YAML 1.1 would read it as
true.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from compliance.catalogue.errors import CatalogueError, Fault

MAX_BYTES = 2_000_000
MAX_DEPTH = 24
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n"})


class Entry(dict[str, Any]):
    """A mapping that remembers the line of each key and its own."""

    line: int
    lines: dict[str, int]


class Sequence(list[Any]):
    """A list that remembers the line of each element."""

    lines: list[int]


def read_yaml(content: bytes, file: str) -> Any:
    """The one document of a file as plain data. Raises CatalogueError at the first fault."""
    return _Reader(content, file).document()


class _Reader:
    def __init__(self, content: bytes, file: str) -> None:
        self.file = file
        if len(content) > MAX_BYTES:
            raise CatalogueError([Fault(file, 0, "", "", f"larger than {MAX_BYTES} bytes")])
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise CatalogueError([Fault(file, line, "", "", "not UTF-8 text")]) from error
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)

    def document(self) -> Any:
        try:
            self._next()
            if not isinstance(self._next(), yaml.DocumentStartEvent):
                self._refuse(1, "the file is empty")
            content = self._value(self._next(), 0)
            self._next()
            following = self._next()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 0
            raise self._error(line, f"not readable as YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise self._error(0, "a character that YAML does not allow") from error
        if not isinstance(following, yaml.StreamEndEvent):
            self._refuse(_line(following), "a second document in one file")
        return content

    def _next(self) -> yaml.Event:
        return next(self.events)

    def _error(self, line: int, message: str) -> CatalogueError:
        return CatalogueError([Fault(self.file, line, "", "", message)])

    def _refuse(self, line: int, message: str) -> None:
        raise self._error(line, message)

    def _value(self, event: yaml.Event, depth: int) -> Any:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(line, f"alias *{event.anchor}: write the text out instead")
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self._refuse(line, f"anchor &{event.anchor}: not allowed")
        if depth > MAX_DEPTH:
            self._refuse(line, f"nested deeper than {MAX_DEPTH} levels")
        tag = getattr(event, "tag", None)
        if tag not in {None, "!"}:
            self._refuse(line, f"tag {tag}: not allowed")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(line, depth)
        return self._sequence(depth)

    def _mapping(self, line: int, depth: int) -> Entry:
        entry = Entry()
        entry.line, entry.lines = line, {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key_line = _line(event)
            key = self._value(event, depth + 1)
            if not isinstance(key, str):
                self._refuse(key_line, f"the key {key!r} must be a text; put it in quotes")
            if key in entry:
                self._refuse(key_line, f"the key {key} stands twice")
            entry.lines[key] = key_line
            entry[key] = self._value(self._next(), depth + 1)
        return entry

    def _sequence(self, depth: int) -> Sequence:
        sequence = Sequence()
        sequence.lines = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            sequence.lines.append(_line(event))
            sequence.append(self._value(event, depth + 1))
        return sequence

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Any:
        written = event.value
        if not event.implicit[0]:
            return written
        if written in WORDS:
            return WORDS[written]
        if INTEGER.fullmatch(written):
            return int(written)
        if DECIMAL.fullmatch(written):
            return float(written)
        if written.lower() in AMBIGUOUS or written.lower() in {"true", "false", "null"}:
            self._refuse(line, f"{written}: put it in quotes, or write true or false")
        return written


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
