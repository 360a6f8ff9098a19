"""Conditions of the rules: a small closed form, turned into functions once.

`{fact, is}` `{fact, in}` `{fact: parties.list_hit, any}` `{fact: parties.role, none}`
`{fact: parties, empty}` `{defined}` `{red_flags: {stops|asks|open: n}}` `{as_of_from}`
`{as_of_until}` `{all}` `{any}` `{not}`. Screening results can be asked for only as "some party
has it"; the engine relies on this when it goes through what unscreened parties may turn out to be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from compliance.determination.errors import RulesError
from compliance.determination.facts import ALLOWED, LIST_HITS


@dataclass(frozen=True, slots=True)
class Flags:
    """Open red flags counted: two notes make one ask more."""

    stops: int
    asks: int
    open: int


@dataclass(frozen=True, slots=True)
class Situation:
    """Facts in which nothing is unknown, as the conditions read them."""

    as_of: date
    values: Mapping[str, str]
    hits: frozenset[str]  # list hits that some party has
    roles: frozenset[str]
    parties: int
    destination: str
    flags: Flags


Check = Callable[[Situation], bool]


def compile_condition(raw: object, defined: Mapping[str, Check]) -> Check:
    """The condition as a function. `defined`: the definitions it may use. Raises RulesError."""
    if not isinstance(raw, Mapping):
        raise RulesError(f"not a condition: {raw!r}")
    for key, build in _FORMS.items():
        if key in raw:
            return build(raw, defined)
    raise RulesError(f"unknown condition: {raw!r}")


def _all(raw: Mapping[str, object], defined: Mapping[str, Check]) -> Check:
    parts = _parts(raw, "all", defined)
    return lambda situation: all(part(situation) for part in parts)


def _any(raw: Mapping[str, object], defined: Mapping[str, Check]) -> Check:
    parts = _parts(raw, "any", defined)
    return lambda situation: any(part(situation) for part in parts)


def _parts(raw: Mapping[str, object], key: str, defined: Mapping[str, Check]) -> tuple[Check, ...]:
    children = raw[key]
    if len(raw) != 1 or not isinstance(children, list) or not children:
        raise RulesError(f"{key} needs a list of conditions: {raw!r}")
    return tuple(compile_condition(child, defined) for child in children)


def _not(raw: Mapping[str, object], defined: Mapping[str, Check]) -> Check:
    _exactly(raw, "not")
    part = compile_condition(raw["not"], defined)
    return lambda situation: not part(situation)


def _defined(raw: Mapping[str, object], defined: Mapping[str, Check]) -> Check:
    _exactly(raw, "defined")
    name = str(raw["defined"])
    if name not in defined:
        raise RulesError(f"{name} is not defined further up")
    return defined[name]


def _flags(raw: Mapping[str, object], _: Mapping[str, Check]) -> Check:
    _exactly(raw, "red_flags")
    content = raw["red_flags"]
    if not isinstance(content, Mapping) or len(content) != 1:
        raise RulesError(f"red_flags needs one of stops, asks, open: {raw!r}")
    ((kind, least),) = content.items()
    if kind not in ("stops", "asks", "open") or not isinstance(least, int):
        raise RulesError(f"red_flags needs stops, asks or open and a number: {raw!r}")
    return lambda situation: bool(getattr(situation.flags, kind) >= least)


def _from(raw: Mapping[str, object], _: Mapping[str, Check]) -> Check:
    _exactly(raw, "as_of_from")
    first = date.fromisoformat(str(raw["as_of_from"]))
    return lambda situation: situation.as_of >= first


def _until(raw: Mapping[str, object], _: Mapping[str, Check]) -> Check:
    _exactly(raw, "as_of_until")
    last = date.fromisoformat(str(raw["as_of_until"]))
    return lambda situation: situation.as_of <= last


def _fact(raw: Mapping[str, object], _: Mapping[str, Check]) -> Check:
    path = str(raw["fact"])
    if path in _PARTY_FORMS or path == "destination":
        return _party_fact(raw, path)
    if path not in ALLOWED:
        raise RulesError(f"unknown fact {path}")
    wanted = _wanted(raw)
    if not wanted <= set(ALLOWED[path]):
        raise RulesError(f"{path} never is {', '.join(sorted(wanted - set(ALLOWED[path])))}")
    return lambda situation: situation.values[path] in wanted


def _wanted(raw: Mapping[str, object]) -> frozenset[str]:
    if set(raw) == {"fact", "is"}:
        return frozenset({str(raw["is"])})
    values = raw.get("in")
    if set(raw) == {"fact", "in"} and isinstance(values, list) and values:
        return frozenset(map(str, values))
    raise RulesError(f"a fact needs one of is, in: {raw!r}")


def _party_fact(raw: Mapping[str, object], path: str) -> Check:
    if path == "destination":
        wanted = _wanted(raw)
        return lambda situation: situation.destination in wanted
    key = _PARTY_FORMS[path]
    if set(raw) != {"fact", key}:
        raise RulesError(f"{path} can be asked only with {key}: {raw!r}")
    value = str(raw[key])
    if path == "parties.list_hit":
        if value not in LIST_HITS:
            raise RulesError(f"{path} never is {value}")
        return lambda situation: value in situation.hits
    if path == "parties.role":
        return lambda situation: value not in situation.roles
    empty = raw[key] is True
    return lambda situation: (situation.parties == 0) is empty


def _exactly(raw: Mapping[str, object], key: str) -> None:
    if set(raw) != {key}:
        raise RulesError(f"{key} stands alone in a condition: {raw!r}")


_PARTY_FORMS = {"parties.list_hit": "any", "parties.role": "none", "parties": "empty"}
_FORMS: Mapping[str, Callable[[Mapping[str, object], Mapping[str, Check]], Check]] = {
    "fact": _fact,
    "all": _all,
    "any": _any,
    "not": _not,
    "defined": _defined,
    "red_flags": _flags,
    "as_of_from": _from,
    "as_of_until": _until,
}
