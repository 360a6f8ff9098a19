"""The facts of one transaction: what a clerk knows, knows not, or has not yet asked.

The form is that of section 5 of the interfaces. Every field that can change an outcome must be
there ("unknown" says that nobody knows); only `item.description`, `item.list_code` and the names
of parties may be left out. Fields beyond the form are refused, because a misspelt fact would be
a fact that nobody judges.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from compliance.answers import BundleError, Fault
from compliance.answers.errors import shown, shown_key
from compliance.answers.strict_json import JsonObject, read_json
from compliance.determination.errors import FactsError

FORMAT = "ecl-self-assessment/transaction"
FORMAT_VERSION = 1
THREE = ("yes", "no", "unknown")
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "activity": (
        "export",
        "re_export",
        "transit",
        "technology_transfer",
        "service",
        "deemed_export",
    ),
    "item.listed": THREE,
    "item.family": ("dual_use", "military", "nuclear", "monitored_chemical", "other"),
    "item.temporarily_controlled": THREE,
    "item.export_prohibited": THREE,
    "destination_prohibited": THREE,
    "knows.endangers_national_security": THREE,
    "knows.wmd_use": THREE,
    "knows.terrorist_use": THREE,
    "knows.notified_by_authority": THREE,
    "end_use_documents": ("complete", "incomplete", "none"),
    "end_use_changed": THREE,
    "documents_forged_or_lapsed": THREE,
    "licence.kind": ("none", "individual", "general", "registration"),
    "licence.covers_this_export": THREE,
    "registration_case": (
        "none",
        "repair_return",
        "exhibition_return",
        "civil_aircraft_parts",
        "other_announced",
    ),
}
LIST_HITS = ("none", "watch", "controlled", "possible", "unscreened")
OPEN_HITS = frozenset({"possible", "unscreened"})  # screening has not settled them
UNKNOWN = "unknown"
TOP = (
    *("format", "format_version", "as_of", "activity", "item", "destination"),
    *("destination_prohibited", "knows", "parties", "end_use_documents", "end_use_changed"),
    *("documents_forged_or_lapsed", "red_flags", "licence", "registration_case"),
)
ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
COUNTRY = re.compile(r"[A-Z]{2}")
SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: no text
MOST_PARTIES = 200
LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Party:
    """Someone in the deal and what screening says about them."""

    role: str  # end_user, buyer, consignee, payer …
    name: str
    list_hit: str  # one of LIST_HITS


@dataclass(frozen=True, slots=True)
class Facts:
    """One transaction. `values` holds the closed facts under their dotted paths."""

    as_of: date
    values: Mapping[str, str]
    destination: str  # ISO 3166-1 alpha-2, XX for a fictional place
    parties: tuple[Party, ...]
    red_flags: frozenset[str]  # the open ones
    description: str = ""
    list_code: str = ""

    def changed(self, path: str, value: str) -> "Facts":
        """The same facts but for one; a party's hit is `parties.0.list_hit`."""
        if path.startswith("parties."):
            index = int(path.split(".")[1])
            party = replace(self.parties[index], list_hit=value)
            return replace(self, parties=(*self.parties[:index], party, *self.parties[index + 1 :]))
        return replace(self, values={**self.values, path: value})


def parse_facts(raw: bytes, flags: Mapping[str, int]) -> Facts:
    """Facts from a file. `flags`: red flag id -> severity. Raises FactsError with every fault."""
    try:
        document = read_json(raw)
    except BundleError as error:
        raise FactsError(error.faults) from error
    return facts_from_json(document, flags)


def facts_from_json(document: object, flags: Mapping[str, int]) -> Facts:
    """Facts from parsed JSON, as strictly as from a file."""
    reader = _Reader()
    if not isinstance(document, Mapping):
        raise FactsError([Fault("the file", shown(document), "an object")])
    facts = reader.facts(document, flags)
    if reader.faults:
        raise FactsError(reader.faults)
    return facts


def facts_json(facts: Facts) -> dict[str, object]:
    """The facts in the file's form; reading them again gives the same facts."""
    nested: dict[str, dict[str, object]] = {
        "item": {"description": facts.description, "list_code": facts.list_code},
        "knows": {},
        "licence": {},
    }
    plain: dict[str, object] = {}
    for path, value in facts.values.items():
        group, _, name = path.rpartition(".")
        (nested[group] if group else plain)[name] = value
    parties = [{"role": p.role, "name": p.name, "list_hit": p.list_hit} for p in facts.parties]
    content: dict[str, object] = {
        **plain,
        **nested,
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "as_of": facts.as_of.isoformat(),
        "destination": facts.destination,
        "parties": parties,
        "red_flags": sorted(facts.red_flags),
    }
    return {key: content[key] for key in TOP}


class _Reader:
    """Reads the form and collects faults, so that all are reported at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def facts(self, document: Mapping[object, object], flags: Mapping[str, int]) -> Facts:
        self._header(document)
        self._only(document, "", TOP)
        item = self._object(document, "item")
        self._only(item, "item.", ("description", "list_code", *_fields("item")))
        for group in ("knows", "licence"):
            self._only(self._object(document, group), f"{group}.", _fields(group))
        return Facts(
            as_of=self._day(document),
            values={path: self._choice(document, path, ALLOWED[path]) for path in ALLOWED},
            destination=self._destination(document),
            parties=self._parties(document),
            red_flags=self._flags(document, flags),
            description=self._text(item, "item.description"),
            list_code=self._text(item, "item.list_code"),
        )

    def _header(self, document: Mapping[object, object]) -> None:
        header: Mapping[str, object] = {"format": FORMAT, "format_version": FORMAT_VERSION}
        for key, expected in header.items():
            found = document.get(key, _MISSING)
            if type(found) is not type(expected) or found != expected:
                self._fault(key, found, repr(expected))

    def _only(
        self, content: Mapping[object, object], prefix: str, allowed: tuple[str, ...]
    ) -> None:
        repeated = content.repeated_keys if isinstance(content, JsonObject) else ()
        for twice in repeated:
            self.faults.append(Fault(f"{prefix}{shown_key(twice)}", "the key twice", "it once"))
        for key in content:
            if key not in allowed:
                path, fields = f"{prefix}{shown_key(str(key))}", ", ".join(allowed)
                self.faults.append(Fault(path, "an unknown field", fields))

    def _object(self, document: Mapping[object, object], key: str) -> Mapping[object, object]:
        found = document.get(key, _MISSING)
        if isinstance(found, Mapping):
            return found
        return {}

    def _day(self, document: Mapping[object, object]) -> date:
        found = document.get("as_of", _MISSING)
        if isinstance(found, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", found, re.ASCII):
            try:
                return date.fromisoformat(found)
            except ValueError:
                pass
        self._fault("as_of", found, "a day that exists, as YYYY-MM-DD")
        return date.min

    def _choice(
        self, document: Mapping[object, object], path: str, allowed: tuple[str, ...]
    ) -> str:
        group, _, name = path.rpartition(".")
        if group and not isinstance(document.get(group, _MISSING), Mapping):
            first = next(iter(_fields(group)))
            if name == first:
                self._fault(group, document.get(group, _MISSING), "an object")
            return allowed[0]
        found = (self._object(document, group) if group else document).get(name, _MISSING)
        if isinstance(found, str) and found in allowed:
            return found
        self._fault(path, found, ", ".join(allowed))
        return allowed[0]

    def _destination(self, document: Mapping[object, object]) -> str:
        found = document.get("destination", _MISSING)
        if isinstance(found, str) and COUNTRY.fullmatch(found):
            return found
        self._fault("destination", found, "two capital letters of ISO 3166, or XX")
        return "XX"

    def _parties(self, document: Mapping[object, object]) -> tuple[Party, ...]:
        found = document.get("parties", _MISSING)
        if not isinstance(found, list) or len(found) > MOST_PARTIES:
            self._fault("parties", found, f"a list of at most {MOST_PARTIES} parties")
            return ()
        return tuple(self._party(entry, f"parties.{n}") for n, entry in enumerate(found))

    def _party(self, entry: object, path: str) -> Party:
        if not isinstance(entry, Mapping):
            self._fault(path, entry, "an object")
            return Party("end_user", "", "none")
        self._only(entry, f"{path}.", ("role", "name", "list_hit"))
        role, hit = entry.get("role", _MISSING), entry.get("list_hit", _MISSING)
        if not (isinstance(role, str) and ROLE.fullmatch(role)):
            self._fault(f"{path}.role", role, "end_user, buyer, consignee or another role")
        if not (isinstance(hit, str) and hit in LIST_HITS):
            self._fault(f"{path}.list_hit", hit, ", ".join(LIST_HITS))
        return Party(str(role), self._text(entry, f"{path}.name"), str(hit))

    def _flags(self, document: Mapping[object, object], flags: Mapping[str, int]) -> frozenset[str]:
        found = document.get("red_flags", _MISSING)
        if not isinstance(found, list):
            self._fault("red_flags", found, "a list of ids of open red flags")
            return frozenset()
        for number, flag in enumerate(found):
            if not isinstance(flag, str) or flag not in flags:
                self._fault(f"red_flags.{number}", flag, "an id of the red-flag library")
        return frozenset(flag for flag in found if isinstance(flag, str))

    def _text(self, content: Mapping[object, object], path: str) -> str:
        found = content.get(path.rpartition(".")[2], "")
        if isinstance(found, str) and len(found) <= LONGEST_TEXT and not SURROGATE.search(found):
            return found
        self._fault(path, found, f"a text of at most {LONGEST_TEXT} characters")
        return ""

    def _fault(self, path: str, found: object, allowed: str) -> None:
        stands = "nothing" if found is _MISSING else shown(found)
        self.faults.append(Fault(path, stands, allowed))


_MISSING = object()


def _fields(group: str) -> tuple[str, ...]:
    return tuple(path.partition(".")[2] for path in ALLOWED if path.startswith(f"{group}."))
