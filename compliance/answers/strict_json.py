"""JSON without surprises: UTF-8, bounded in size and depth, no number that Python can't hold.

Keys that stand twice and numbers that are none are kept for the reader of the document, who knows
their path: `repeated_keys` and `Unreadable`.
"""

import json
import math
import re
from collections import Counter

from compliance.answers.errors import BundleError, Fault, Unreadable, shown

MAX_BYTES = 10_000_000
MAX_DEPTH = 32
MAX_DIGITS = 18

# A string, closed or not; possessive, so that no input makes it go back.
_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = re.compile(r"[\[{}\]]")


class JsonObject(dict[str, object]):
    """An object of the document that remembers which of its keys stood twice."""

    repeated_keys: tuple[str, ...] = ()


def read_json(raw: bytes) -> object:
    """The document as plain values. Raises BundleError where it can't be read at all."""
    if len(raw) > MAX_BYTES:
        raise _unreadable("the file", f"{len(raw)} bytes", f"at most {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = f"byte {error.start}"
        raise _unreadable(at, f"0x{raw[error.start]:02x}", "text in UTF-8") from error
    if _too_deep(text):
        raise _unreadable("the file", "deeper nesting", f"at most {MAX_DEPTH} levels of brackets")
    try:
        document: object = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=Unreadable,
        )
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        found = shown(text[error.pos : error.pos + 20]) if error.pos < len(text) else "the end"
        raise _unreadable(at, found, f"JSON ({error.msg})") from error
    return document


def _object(pairs: list[tuple[str, object]]) -> JsonObject:
    content = JsonObject(pairs)
    if len(content) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        content.repeated_keys = tuple(key for key, count in counts.items() if count > 1)
    return content


def _integer(written: str) -> int | Unreadable:
    return int(written) if len(written) <= MAX_DIGITS else Unreadable(written)


def _decimal(written: str) -> float | Unreadable:
    number = float(written)
    return number if math.isfinite(number) else Unreadable(written)


def _too_deep(text: str) -> bool:
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _unreadable(path: str, found: str, allowed: str) -> BundleError:
    return BundleError([Fault(path, found, allowed)])
