"""From the plain data of `show_if` and its kin to conditions."""

from compliance.catalogue.condition import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    Equals,
    HasTrait,
    Includes,
    Not,
)
from compliance.catalogue.fields import Fields, shown

IDENTIFIER = r"[A-Za-z][A-Za-z0-9_-]*"
NEVER = HasTrait("?")


def optional_condition(fields: Fields, name: str) -> Condition | None:
    if not fields.has(name):
        fields.take(name)
        return None
    return condition_at(fields, name)


def condition_at(fields: Fields, name: str) -> Condition:
    return condition(fields.inner(name))


def condition(fields: Fields) -> Condition:
    """A condition of the closed form. A fault is noted where it is none."""
    names = set(fields.raw)
    if names in ({"all"}, {"any"}):
        return _junction(fields, *names)
    if names == {"not"}:
        return Not(condition_at(fields, "not"))
    if names == {"trait"}:
        return HasTrait(fields.string("trait", r"[a-z][a-z0-9_]*", "a trait"))
    if "question" in names and len(names) == 2:
        return _test(fields)
    if fields.raw:
        fields.fault("", f"not a condition: {shown(dict(fields.raw))}")
    else:
        fields.fault("", "an empty condition")
    return NEVER


def _junction(fields: Fields, name: str) -> Condition:
    parts = tuple(condition(child) for child in fields.children(name, True))
    if not parts:
        fields.fault(name, "needs at least one condition")
    return All(parts) if name == "all" else AnyOf(parts)


def _test(fields: Fields) -> Condition:
    asked = fields.string("question", IDENTIFIER, "a question id")
    (operator,) = set(fields.raw) - {"question"}
    value = fields.take(operator)
    if operator == "equals" and isinstance(value, str | int | bool):
        return Equals(asked, value)
    if operator == "includes" and isinstance(value, str):
        return Includes(asked, value)
    if operator == "at_least" and isinstance(value, int | float) and not isinstance(value, bool):
        return AtLeast(asked, value)
    fields.fault(operator, f"not a test with its value: {operator} {shown(value)}")
    return NEVER


# --- the edition as a whole
