"""What names a report's content, and where two results differ."""

from collections.abc import Mapping
from hashlib import sha256

from compliance.answers import Bundle, bundle_json
from compliance.reports.extras import Extras
from compliance.scoring import canonical_json


def snapshot_digest(
    bundle: Bundle, result: Mapping[str, object], extras: Extras | None = None
) -> str:
    """SHA-256 of all that a report tells, printed on every page: answers, result and extras."""
    whole: dict[str, object] = {"answers": bundle_json(bundle), "result": dict(result)}
    if extras and extras != Extras():
        whole["extras"] = extras.as_json()
    return f"sha256:{sha256(canonical_json(whole)).hexdigest()}"


def differences(given: object, expected: object, path: str = "") -> tuple[str, ...]:
    """Where a given JSON value departs from the expected one; what only one side has is no matter.

    Later versions of the program add fields to a result, so unknown fields are let be.
    """
    if isinstance(given, Mapping) and isinstance(expected, Mapping):
        return tuple(
            found
            for key in expected
            if key in given
            for found in differences(given[key], expected[key], f"{path}.{key}" if path else key)
        )
    if isinstance(given, list) and isinstance(expected, list) and len(given) == len(expected):
        return tuple(
            found
            for index, (one, other) in enumerate(zip(given, expected, strict=True))
            for found in differences(one, other, f"{path}[{index}]")
        )
    return () if given == expected else (path,)
