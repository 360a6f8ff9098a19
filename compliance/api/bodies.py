"""What a program sends: a JSON object, read once and in one place.

Answer bundles and facts have strict readers of their own, which list every fault.
"""

import json
from typing import Any

from flask import request

from compliance.answers import MAX_BYTES, unkeepable_in_json
from compliance.api.problems import ProblemError


def read_object() -> dict[str, Any]:
    """The body as an object, empty where there is none; raises ProblemError."""
    if request.content_length is not None and request.content_length > MAX_BYTES:
        raise ProblemError(413, "At most 10 MB.")
    raw = request.get_data(cache=False) or b"{}"
    path = unkeepable_in_json(raw)
    if path is not None:
        said = "holds NUL, or half of a surrogate pair, which no text may hold"
        raise ProblemError(400, f"{path}: {said}")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise ProblemError(400, "The body is no JSON.") from None
    if not isinstance(found, dict):
        raise ProblemError(422, "The body must be a JSON object.")
    return found
