"""The words of an edition as rows, what a reviewer changed in them, and their way back to YAML.

A row is one text in both languages under the path it has in its file. Writing back replaces just
the characters of the text that changed, so that comments, order and layout stay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from compliance.catalogue.errors import CatalogueError, Fault
from compliance.catalogue.loader import SHARED, edition_files, parse

LANGUAGES = ("en", "zh")
WRAP_AT = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One text in both languages."""

    file: str  # below the catalogue's root
    entry: str  # question id or another id
    path: str  # dotted, below the entry: levels.3.text
    en: str
    zh: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.file, self.entry, self.path


@dataclass(frozen=True, slots=True)
class WordingChange:
    """One text in one language that a reviewer changed."""

    row: Row
    language: str
    now: str  # in the catalogue
    proposed: str
    exported: str | None  # what the reviewer was given; None: not told

    @property
    def conflicts(self) -> bool:
        """Whether the catalogue's text changed too since the review was sent out."""
        return self.exported is not None and self.exported != self.now


def wording_rows(questionnaire_id: str, version: str, root: Path) -> tuple[Row, ...]:
    """All texts in the edition's own files, file after file from top to bottom."""
    plain = _own(questionnaire_id, version, root)
    return tuple(row for file in _ordered(plain) for row in _rows(plain[file], file, "", ""))


def _own(questionnaire_id: str, version: str, root: Path) -> dict[str, Any]:
    files = edition_files(questionnaire_id, version, root)
    return parse({f: path.read_bytes() for f, path in files.items() if f not in SHARED})


def _ordered(plain: Mapping[str, Any]) -> list[str]:
    """questionnaire.yaml first, then the modules in their order, then the rest."""
    frame = next(file for file in plain if file.endswith("/questionnaire.yaml"))
    folder = frame.rpartition("/")[0]
    modules = [f"{folder}/{name}.yaml" for name in plain[frame].get("modules", ())]
    return [frame, *modules, *(f for f in plain if f not in {frame, *modules})]


def _rows(raw: object, file: str, entry: str, path: str) -> Iterator[Row]:
    if isinstance(raw, list):
        for position, value in enumerate(raw):
            yield from _rows(value, file, entry, _join(path, str(position)))
    elif isinstance(raw, dict):
        own = raw.get("id")
        if isinstance(own, str):
            entry, path = own, ""
        if {"en", "zh"} <= raw.keys():
            yield from _pairs(raw, file, entry, path)
        else:
            for name, value in raw.items():
                yield from _rows(value, file, entry, _join(path, name))


def _pairs(raw: Mapping[str, Any], file: str, entry: str, path: str) -> Iterator[Row]:
    en, zh = raw["en"], raw["zh"]
    if isinstance(en, str) and isinstance(zh, str):
        yield Row(file, entry, path, en, zh)
    elif isinstance(en, list) and isinstance(zh, list):
        for position, (one, two) in enumerate(zip(en, zh, strict=False)):
            yield Row(file, entry, _join(path, str(position)), one, two)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def wording_changes(
    now: tuple[Row, ...],
    proposed: tuple[Row, ...],
    exported: Mapping[tuple[str, str, str], Mapping[str, str]],
) -> tuple[WordingChange, ...]:
    """What a review changes. Raises CatalogueError for rows that the catalogue does not have."""
    known = {row.key: row for row in now}
    strange = [row for row in proposed if row.key not in known]
    if strange:
        message = "no such text in the catalogue"
        raise CatalogueError([Fault(r.file, 0, r.entry, r.path, message) for r in strange])
    changes = []
    for row in proposed:
        for language in LANGUAGES:
            before, after = getattr(known[row.key], language), getattr(row, language)
            given = exported.get(row.key, {}).get(language)
            if after not in {before, given}:
                change = WordingChange(known[row.key], language, before, after, given)
                changes.append(change)
    return tuple(changes)


def apply_wording(changes: tuple[WordingChange, ...], root: Path) -> tuple[str, ...]:
    """Write the proposed words into the files; the names of the files that changed."""
    written = []
    for file in sorted({change.row.file for change in changes}):
        path = root / file
        own = [change for change in changes if change.row.file == file]
        path.write_text(rewritten(path.read_text("utf-8"), own), "utf-8", newline="\n")
        written.append(file)
    return tuple(written)


def rewritten(source: str, changes: list[WordingChange]) -> str:
    """The source of one file with the changed texts replaced, all else untouched."""
    tree = yaml.compose(source, Loader=yaml.CSafeLoader)
    places = dict(_places(tree, "", "")) if tree else {}
    edits = []
    for change in changes:
        node = places[change.row.entry, _place(change)]
        edits.append((node.start_mark.index, node.end_mark.index, _scalar(change.proposed, node)))
    for start, end, text in sorted(edits, reverse=True):
        source = source[:start] + text + source[end:]
    return source


def _place(change: WordingChange) -> str:
    """The path of the language's text: steps.en.2, but levels.3.text.en."""
    path, _, last = change.row.path.rpartition(".")
    if path.endswith("action") and last.isdigit():
        return f"{path}.{change.language}.{last}"
    return _join(change.row.path, change.language)


def _places(
    node: yaml.Node, entry: str, path: str
) -> Iterator[tuple[tuple[str, str], yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield (entry, path), node
    elif isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            yield from _places(child, entry, _join(path, str(position)))
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            if key.value == "id":
                entry, path = child.value, ""
        for key, child in node.value:
            yield from _places(child, entry, _join(path, key.value))


def _scalar(text: str, node: yaml.ScalarNode) -> str:
    """A text as YAML: plain where it was plain and can be, else in double quotes."""
    if node.style is None and _safe_as_plain(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    column = node.start_mark.column
    over_lines = node.end_mark.line > node.start_mark.line
    if not over_lines or "  " in text:
        return f'"{escaped}"'
    return f'"{_wrapped(escaped, column)}"'


def _safe_as_plain(text: str) -> bool:
    """Whether the text reads back as itself without quotes, in block and in flow."""
    try:
        block = yaml.load(f"key: {text}\n", Loader=yaml.CSafeLoader)
        flow = yaml.load(f"{{key: {text}}}\n", Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    return bool(block == flow == {"key": text})


def _wrapped(text: str, column: int) -> str:
    """The text over several lines, broken at spaces; YAML folds each break into one space."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and column + len(line) + len(word) > WRAP_AT:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return f"\n{' ' * (column + 1)}".join([*lines, line])
