"""Where the figures of a stated result depart from those that its answers give."""

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.catalogue import Edition
from compliance.language import Text
from compliance.reports.digests import differences
from compliance.reports.verdict import Detail, Part

LONGEST = 60
_BY_ID = {"modules": "id", "elements": "id", "gaps": "question"}  # list -> what names its lines


def figure_details(
    stated: Mapping[str, Any], expected: Mapping[str, Any], edition: Edition
) -> tuple[Detail, ...]:
    """Each figure that differs, the most telling first; empty exactly where nothing differs."""
    paths = differences(stated, expected)
    if not paths:
        return ()
    found: dict[str, Detail] = {}
    for path in paths:
        if path.partition(".")[0].partition("[")[0] not in _BY_ID:
            found[path] = Detail(
                Part.FIGURE, path, _shown(_at(stated, path)), _shown(_at(expected, path))
            )
    labels = _labels(edition)
    for name, key in _BY_ID.items():
        for line, then, now in _lines(stated.get(name), expected.get(name), key):
            for field, old, new in _fields(then, now):
                whole = ".".join(part for part in (name, line, field) if part)
                found[whole] = Detail(Part.FIGURE, whole, old, new, labels.get(line))
    return tuple(sorted(found.values(), key=lambda one: not one.name.startswith("overall")))


def _lines(stated: object, expected: object, key: str) -> Iterator[tuple[str, Any, Any]]:
    """The lines of two lists that differ, matched by what names them."""
    then, now = _named(stated, key), _named(expected, key)
    for name in {**now, **then}:
        one, other = then.get(name), now.get(name)
        if one is None or other is None or differences(one, other):
            yield name, one, other


def _named(lines: object, key: str) -> dict[str, Mapping[str, Any]]:
    if not isinstance(lines, list):
        return {}
    return {str(one.get(key)): one for one in lines if isinstance(one, dict)}


def _fields(then: Any, now: Any) -> Iterator[tuple[str, str, str]]:
    """The fields of a line that differ; a line that only one side has differs as a whole."""
    if then is None or now is None:
        yield "", "–" if then is None else "✓", "–" if now is None else "✓"
        return
    for field in now:
        if field in then and differences(then[field], now[field]):
            yield field, _shown(then[field]), _shown(now[field])


def _at(whole: Any, path: str) -> Any:
    """The value at a path of `differences`."""
    for part in path.replace("[", ".").replace("]", "").split("."):
        try:
            whole = whole[int(part)] if isinstance(whole, list) else whole[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return whole


def _shown(value: object) -> str:
    if value is None:
        return "–"
    words = " ".join(str(value).split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


def _labels(edition: Edition) -> dict[str, Text]:
    return {
        **{module.id: module.title for module in edition.modules},
        **{question.id: question.prompt for question in edition.questions},
    }
