"""Characters that can't be kept: NUL, which PostgreSQL refuses, and halves of a surrogate pair.

Neither is text (a half pair has no UTF-8), and SQLite would take the first. What holds one is
refused where it comes in, with a word about its place, before anything is done with the rest.
"""

import json
import re

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|\x00")  # a pair, or an escaped escape, is fine


def is_keepable(text: str) -> bool:
    """Whether a text can be stored."""
    return _UNKEEPABLE.search(text) is None


def unkeepable_in_json(raw: bytes) -> str | None:
    """The path in a JSON document whose text can't be kept; None where all can, or it is no JSON.

    Documents without an escape of the kind, nearly all, aren't read.
    """
    if _SUSPECT.search(raw) is None:
        return None
    try:
        return _unkeepable(json.loads(raw), "")
    except (ValueError, RecursionError):
        return None  # whoever reads it says what is wrong


def _unkeepable(value: object, path: str) -> str | None:
    if isinstance(value, str):
        return None if is_keepable(value) else path or "the document"
    parts: list[tuple[str, object]] = []
    if isinstance(value, list):
        parts = [(f"{path}[{place}]", one) for place, one in enumerate(value)]
    elif isinstance(value, dict):
        if not all(map(is_keepable, value)):
            return f"{path} (a key)".strip()
        parts = [(f"{path}.{key}".lstrip("."), one) for key, one in value.items()]
    found = (_unkeepable(one, at) for at, one in parts)
    return next((at for at in found if at), None)
