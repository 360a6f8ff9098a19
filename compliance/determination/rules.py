"""The rules of determination, read from data and checked once.

Rules, texts and dates stand in `questionnaires/determination.yaml`; provisions and red flags
come from the edition. A rule that names what does not exist is refused on loading.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import cast

from compliance.catalogue import Edition, Provision, load_edition
from compliance.catalogue.source import read_yaml
from compliance.determination.conditions import Check, Situation, compile_condition
from compliance.determination.errors import RulesError
from compliance.determination.facts import ALLOWED, LIST_HITS, OPEN_HITS, THREE
from compliance.language import Text, Texts

RULES_FILE = Path(__file__).parents[2] / "questionnaires" / "determination.yaml"
PARTY_HIT = "parties.list_hit"
Node = Mapping[str, object]


class Outcome(StrEnum):
    """What a transaction may do, strictest first."""

    PROHIBITED = "prohibited"
    STOP_AND_REPORT = "stop_and_report"
    LICENCE_REQUIRED_CATCH_ALL = "licence_required_catch_all"
    LICENCE_REQUIRED = "licence_required"
    HOLD_AND_ENQUIRE = "hold_and_enquire"
    REGISTRATION_REQUIRED = "registration_required"
    LICENSED = "licensed"
    NO_LICENCE_REQUIRED = "no_licence_required"

    @property
    def mildness(self) -> int:
        """0 for the strictest."""
        return MILDNESS[self]

    @property
    def mild(self) -> bool:
        """Whether the goods may go, if need be after registration."""
        return self.mildness >= MILDNESS[Outcome.REGISTRATION_REQUIRED]


MILDNESS: Mapping[Outcome, int] = {outcome: place for place, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Citation:
    """Provisions that a rule cites during a stretch of time, both days included."""

    first: date
    last: date
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when its condition holds it gives a step and perhaps a finding."""

    id: str
    when: Check
    finding: Outcome | None  # None: a note that explains and never decides
    citations: tuple[Citation, ...]
    text: Text
    actions: Texts
    missing: str | None = None  # the fact to bring when it holds

    def provisions(self, day: date) -> tuple[str, ...]:
        """What the rule cites on a day."""
        cited = (c.ids for c in self.citations if c.first <= day <= c.last)
        return tuple(dict.fromkeys(provision for ids in cited for provision in ids))


@dataclass(frozen=True, slots=True)
class UnknownRule:
    """The step that an open fact gives where it matters."""

    rule: Rule
    fact: str  # dotted path, or parties.list_hit
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One closed fact: its label and which of its values is worse than which."""

    path: str
    label: Text
    worse: tuple[tuple[str, str], ...]  # (milder, worse)
    possible: tuple[str, ...]  # what an unknown may turn out to be, best first


@dataclass(frozen=True, slots=True)
class Requirement:
    """A paper to have, or a clock that runs, with certain outcomes."""

    id: str
    outcomes: frozenset[Outcome]
    when: Check
    provisions: tuple[str, ...]
    text: Text
    length: Text | None  # clocks only


@dataclass(frozen=True)
class Rules:
    """All rules with the law and the red flags they rest on."""

    version: int
    digest: str  # sha256:… of the file
    titles: Mapping[Outcome, Text]
    meanings: Mapping[Outcome, Text]
    method: Mapping[str, Text]
    facts: Mapping[str, Fact]
    rules: tuple[Rule, ...]
    unknown_rules: tuple[UnknownRule, ...]
    documents: tuple[Requirement, ...]
    clocks: tuple[Requirement, ...]
    programme: Mapping[str, tuple[str, ...]]  # rule id -> question ids
    provisions: Mapping[str, Provision]
    severities: Mapping[str, int]  # red flag id -> 1 note, 2 ask, 3 stop

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def strictest_first(self) -> tuple[tuple[int, Check], ...]:
        """The rules that decide, as (mildness of the finding, condition)."""
        deciding = [(rule.finding.mildness, rule.when) for rule in self.rules if rule.finding]
        return tuple(sorted(deciding, key=lambda pair: pair[0]))

    def in_force(self, ids: tuple[str, ...], day: date) -> tuple[str, ...]:
        """Those of the provisions that apply on a day."""
        return tuple(id_ for id_ in ids if self.provisions[id_].in_force(day))


@lru_cache(maxsize=4)
def load_rules(path: Path = RULES_FILE) -> Rules:
    """The rules in use, with the law of the newest edition. Raises RulesError."""
    return build_rules(path.read_bytes(), load_edition(), path.name)


def build_rules(content: bytes, edition: Edition, name: str = "determination.yaml") -> Rules:
    """Rules from a file's content. Raises RulesError where they name what does not exist."""
    document = as_mapping(read_yaml(content, name), name)
    builder = _Builder(document, edition)
    rules = builder.rules("rules")
    unknown_rules = tuple(builder.unknown_rules())
    severities = {id_: flag.severity for id_, flag in edition.red_flags.items()}
    return Rules(
        version=int(str(document["version"])),
        digest=f"sha256:{sha256(content).hexdigest()}",
        titles={Outcome(str(o["id"])): as_text(o["title"]) for o in _nodes(document, "outcomes")},
        meanings={
            Outcome(key): as_text(text)
            for key, text in as_mapping(document["meanings"], "meanings").items()
        },
        method={
            key: as_text(text) for key, text in as_mapping(document["method"], "method").items()
        },
        facts={fact.path: fact for fact in builder.facts()},
        rules=rules,
        unknown_rules=unknown_rules,
        documents=builder.requirements("documents"),
        clocks=builder.requirements("clocks"),
        programme=builder.programme({*(r.id for r in rules), *(u.rule.id for u in unknown_rules)}),
        provisions=edition.provisions,
        severities=severities,
    )


class _Builder:
    """Reads the sections of the file against the edition."""

    def __init__(self, document: Node, edition: Edition) -> None:
        self.document, self.edition = document, edition
        self.defined: dict[str, Check] = {}
        for name, raw in as_mapping(document["definitions"], "definitions").items():
            self.defined[name] = compile_condition(raw, self.defined)
        order = [Outcome(str(entry["id"])) for entry in _nodes(document, "outcomes")]
        if order != list(Outcome):
            raise RulesError("outcomes: all of them, strictest first")

    def rules(self, section: str) -> tuple[Rule, ...]:
        rules = tuple(
            self._rule(node, compile_condition(node["when"], self.defined))
            for node in _nodes(self.document, section)
        )
        if len({rule.id for rule in rules}) < len(rules):
            raise RulesError(f"{section}: an id stands twice")
        return rules

    def unknown_rules(self) -> Iterator[UnknownRule]:
        for node in _nodes(self.document, "unknown_rules"):
            fact, values = str(node["fact"]), frozenset(map(str, as_list(node["values"])))
            if not values <= (OPEN_HITS if fact == PARTY_HIT else {"unknown"}):
                raise RulesError(f"{node['id']}: {fact} is never open as {sorted(values)}")
            yield UnknownRule(self._rule(node, lambda _: True), fact, values)

    def facts(self) -> Iterator[Fact]:
        for node in _nodes(self.document, "facts"):
            path = str(node["path"])
            allowed = ALLOWED.get(path, LIST_HITS)
            pairs = [(str(a), str(b)) for a, b in map(as_list, as_list(node.get("worse", [])))]
            if not {value for pair in pairs for value in pair} <= set(allowed):
                raise RulesError(f"{path}: worse names a value that it never has")
            yield Fact(path, as_text(node["label"]), tuple(pairs), _possible(node, path, allowed))

    def requirements(self, section: str) -> tuple[Requirement, ...]:
        return tuple(
            Requirement(
                id=str(node["id"]),
                outcomes=frozenset(Outcome(str(o)) for o in as_list(node["outcomes"])),
                when=compile_condition(node["when"], self.defined) if "when" in node else _always,
                provisions=self._known(as_list(node["provisions"]), str(node["id"])),
                text=as_text(node["text"]),
                length=as_text(node["length"]) if "length" in node else None,
            )
            for node in _nodes(self.document, section)
        )

    def programme(self, rule_ids: set[str]) -> dict[str, tuple[str, ...]]:
        """Rule id -> questions, under the ids that the edition at hand gives them."""
        programme: dict[str, tuple[str, ...]] = {}
        for rule_id, questions in as_mapping(self.document["programme"], "programme").items():
            named = {str(id_): self.edition.successor(str(id_)) for id_ in as_list(questions)}
            strange = [id_ for id_, found in named.items() if found is None]
            if strange or rule_id not in rule_ids:
                raise RulesError(f"programme.{rule_id}: unknown rule or question {strange}")
            programme[rule_id] = tuple(found for found in named.values() if found is not None)
        return programme

    def _rule(self, node: Node, when: Check) -> Rule:
        id_, finding = str(node["id"]), node["outcome"]
        citations = [
            Citation(
                _day(period.get("from"), date.min),
                _day(period.get("until"), date.max),
                self._known(as_list(period["ids"]), id_),
            )
            for period in _nodes(node, "provisions")
        ]
        actions = as_mapping(node["actions"], f"{id_}.actions")
        return Rule(
            id=id_,
            when=when,
            finding=None if finding is None else Outcome(str(finding)),
            citations=tuple(citations),
            text=as_text(node["text"]),
            actions=Texts(
                tuple(map(str, as_list(actions["en"]))), tuple(map(str, as_list(actions["zh"])))
            ),
            missing=str(node["missing"]) if "missing" in node else None,
        )

    def _known(self, ids: list[object], where: str) -> tuple[str, ...]:
        known = tuple(map(str, ids))
        strange = [id_ for id_ in known if id_ not in self.edition.provisions]
        if strange:
            raise RulesError(f"{where}: unknown provisions {', '.join(strange)}")
        return known


def _possible(node: Node, path: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """What an unknown may turn out to be, best first."""
    if "unknown" not in node:
        return ()
    unknown = as_mapping(node["unknown"], path)
    best, worst = str(unknown["best"]), str(unknown["worst"])
    settled = [value for value in allowed if value != "unknown" and value not in OPEN_HITS]
    between = [value for value in settled if value not in (best, worst)]
    if path in ALLOWED and allowed != THREE:
        raise RulesError(f"{path} is never unknown")
    return (best, *between, worst)


def _always(_: Situation) -> bool:
    return True


def as_text(raw: object) -> Text:
    node = as_mapping(raw, "a text")
    return Text(str(node["en"]), str(node["zh"]))


def _day(raw: object, default: date) -> date:
    return default if raw is None else date.fromisoformat(str(raw))


def _nodes(parent: Node, key: str) -> list[Node]:
    return [as_mapping(child, key) for child in as_list(parent[key])]


def as_list(raw: object) -> list[object]:
    if not isinstance(raw, list):
        raise RulesError(f"a list was expected, not {raw!r}")
    return raw


def as_mapping(raw: object, where: str) -> Node:
    if not isinstance(raw, Mapping):
        raise RulesError(f"{where}: a mapping was expected, not {raw!r}")
    return cast(Node, raw)
