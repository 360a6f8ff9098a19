"""From the content of a scenario file to a Scenario, or every fault with file, entry and field."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from compliance.catalogue import CatalogueError, Fault
from compliance.catalogue.source import read_yaml
from compliance.language import Text, Texts
from compliance.training.errors import ScenarioError
from compliance.training.scenario import (
    FORMAT,
    FORMAT_VERSION,
    Difficulty,
    Document,
    DocumentKind,
    PlanStep,
    Route,
    Scenario,
    Stop,
    StopRole,
    Twist,
)

MAX_FAULTS = 50
LONGEST_TEXT = 6_000
ID = re.compile(r"[A-Z][A-Z0-9]{0,9}-[A-Z0-9]{1,16}")
STOP_ID = re.compile(r"[a-z][a-z0-9_]{0,29}")
QUESTION_ID = re.compile(r"[A-Z]{2,4}-[A-Z0-9]{1,4}")
TOPICS = (
    *("control_lists", "licensing", "catch_all", "end_use_end_user", "icp"),
    *("intangible_emerging", "supervision"),
)
FIELDS = (
    *("format", "format_version", "id", "title", "level", "sector", "topics", "questionnaire"),
    *("firm", "scope", "answers", "story", "documents", "route", "facts", "red_flags"),
    *("expected", "teaching_points", "twist", "plan"),
)
E_ = TypeVar("E_", bound=StrEnum)
T = TypeVar("T")
Node = Mapping[str, object]


def parse_scenario(content: bytes, file: str) -> Scenario:
    """A scenario from a file's content. Raises ScenarioError with every fault, up to fifty."""
    try:
        document = read_yaml(content, file)
    except CatalogueError as error:
        raise ScenarioError(error.faults) from error
    return read_scenario(document, file)


def read_scenario(document: object, file: str) -> Scenario:
    """A scenario from plain data, as strictly as from a file."""
    if not isinstance(document, Mapping):
        raise ScenarioError([Fault(file, 0, "", "", "must be a mapping of fields")])
    reader = _Reader(document, file)
    scenario = reader.scenario()
    if reader.faults:
        raise ScenarioError(reader.faults[:MAX_FAULTS])
    return scenario


class _Reader:
    """Reads field by field and collects faults, so that all are reported at once."""

    def __init__(self, document: Node, file: str) -> None:
        self.document, self.file = document, file
        self.faults: list[Fault] = []
        named = document.get("id")
        self.entry = named if isinstance(named, str) else ""

    def scenario(self) -> Scenario:
        self._header()
        firm = self._node(self.document, "firm", ("name", "about"))
        questionnaire = self._node(self.document, "questionnaire", ("id", "version"))
        expected = self._node(self.document, "expected", ("outcome", "reasons", "provisions"))
        return Scenario(
            id=self._word(
                self.document, "id", ID, "capitals, a hyphen, capitals or figures: SC-01"
            ),
            title=self._text(self.document, "title", longest=120),
            level=self._one_of(self.document, "level", Difficulty),
            sector=self._text(self.document, "sector", longest=60),
            topics=self._topics(),
            questionnaire_id=self._plain(questionnaire, "questionnaire.id"),
            version=self._plain(questionnaire, "questionnaire.version"),
            firm_name=self._text(firm, "firm.name", longest=120),
            firm_about=self._text(firm, "firm.about", longest=400),
            scope=self._values("scope"),
            answers=self._values("answers"),
            story=self._text(self.document, "story"),
            documents=self._each("documents", self._document, most=12),
            route=self._route(),
            facts=self._mapping(self.document, "facts"),
            red_flags=self._ids(self.document, "red_flags"),
            outcome=self._plain(expected, "expected.outcome"),
            reasons=self._text(expected, "expected.reasons"),
            provisions=self._ids(expected, "expected.provisions"),
            teaching_points=self._texts(self.document, "teaching_points"),
            twist=self._twist(),
            plan=self._each("plan", self._step, most=12),
            document=self.document,
        )

    def _header(self) -> None:
        self._only(self.document, "", FIELDS)
        for key, wanted in (("format", FORMAT), ("format_version", FORMAT_VERSION)):
            found = self.document.get(key)
            if type(found) is not type(wanted) or found != wanted:
                self._fault(key, f"must be {wanted}")

    def _document(self, raw: object, path: str) -> Document:
        node = self._as_node(raw, path, ("title", "kind", "body", "from", "to", "subject"))
        return Document(
            title=self._text(node, f"{path}.title", longest=120),
            kind=self._one_of(node, f"{path}.kind", DocumentKind),
            body=self._text(node, f"{path}.body"),
            sender=self._optional(node, f"{path}.from"),
            addressee=self._optional(node, f"{path}.to"),
            subject=self._optional(node, f"{path}.subject"),
        )

    def _step(self, raw: object, path: str) -> PlanStep:
        node = self._as_node(raw, path, ("step", "minutes"))
        minutes = node.get("minutes")
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= 120:
            self._fault(f"{path}.minutes", "must be whole minutes from 1 to 120")
            minutes = 1
        return PlanStep(self._text(node, f"{path}.step", longest=200), minutes)

    def _twist(self) -> Twist:
        node = self._node(self.document, "twist", ("text", "changes", "outcome"))
        return Twist(
            text=self._text(node, "twist.text"),
            changes=self._mapping(node, "twist.changes"),
            outcome=self._plain(node, "twist.outcome"),
        )

    def _route(self) -> Route | None:
        if "route" not in self.document:
            return None
        node = self._node(self.document, "route", ("stops", "declared", "asked"))
        raw = node.get("stops")
        stops = self._list(raw, "route.stops", self._stop, most=12)
        known = {stop.id: stop for stop in stops}
        if len(known) < len(stops):
            self._fault("route.stops", "two stops have the same id")
        ways = []
        for name in ("declared", "asked"):
            ids = self._ids(node, f"route.{name}")
            for number, id_ in enumerate(ids):
                if id_ not in known:
                    self._fault(f"route.{name}.{number}", f"{id_} is no stop of this route")
            ways.append(tuple(known[id_] for id_ in ids if id_ in known))
        return Route(*ways)

    def _stop(self, raw: object, path: str) -> Stop:
        node = self._as_node(raw, path, ("id", "role", "name"))
        return Stop(
            id=self._word(node, f"{path}.id", STOP_ID, "small letters and figures"),
            role=self._one_of(node, f"{path}.role", StopRole),
            name=self._text(node, f"{path}.name", longest=80),
        )

    def _topics(self) -> tuple[str, ...]:
        ids = self._ids(self.document, "topics")
        for number, id_ in enumerate(ids):
            if id_ not in TOPICS:
                self._fault(f"topics.{number}", f"{id_}: must be one of {', '.join(TOPICS)}")
        return ids

    def _values(self, name: str) -> Node:
        node = self._mapping(self.document, name)
        for key in node:
            if not QUESTION_ID.fullmatch(key):
                self._fault(name, f"{key:.40} is no id of a question")
        return node

    # --- Plain pieces ------------------------------------------------------------------------

    def _text(self, node: Node, path: str, *, longest: int = LONGEST_TEXT) -> Text:
        raw = node.get(path.rpartition(".")[2])
        pair = self._as_node(raw, path, ("en", "zh"))
        found = {}
        for language in ("en", "zh"):
            value = pair.get(language)
            if not isinstance(value, str) or not value.strip():
                self._fault(f"{path}.{language}", "a text is missing")
                value = "?"
            elif len(value) > longest:
                self._fault(f"{path}.{language}", f"longer than {longest} characters")
            found[language] = value
        return Text(found["en"], found["zh"])

    def _optional(self, node: Node, path: str) -> Text | None:
        return self._text(node, path, longest=200) if path.rpartition(".")[2] in node else None

    def _texts(self, node: Node, path: str) -> Texts:
        pair = self._as_node(node.get(path), path, ("en", "zh"))
        found = {}
        for language in ("en", "zh"):
            raw = pair.get(language)
            good = isinstance(raw, list) and raw and all(_is_said(one) for one in raw)
            if not good or not isinstance(raw, list):
                self._fault(f"{path}.{language}", "must be a list of texts")
                return Texts(("?",), ("?",))
            found[language] = tuple(map(str, raw))
        if len(found["en"]) != len(found["zh"]):
            self._fault(path, "both languages need the same number of points")
            return Texts(("?",), ("?",))
        return Texts(found["en"], found["zh"])

    def _one_of(self, node: Node, path: str, kind: type[E_]) -> E_:
        found = node.get(path.rpartition(".")[2])
        if isinstance(found, str) and found in set(kind):
            return kind(found)
        self._fault(path, f"must be one of {', '.join(kind)}")
        return next(iter(kind))

    def _word(self, node: Node, path: str, form: re.Pattern[str], words: str) -> str:
        found = node.get(path.rpartition(".")[2])
        if isinstance(found, str) and form.fullmatch(found):
            return found
        self._fault(path, f"must be an id of {words}")
        return "?"

    def _plain(self, node: Node, path: str) -> str:
        found = node.get(path.rpartition(".")[2])
        if isinstance(found, str) and found.strip() and len(found) <= 80:
            return found
        self._fault(path, "a word is missing")
        return "?"

    def _ids(self, node: Node, path: str) -> tuple[str, ...]:
        raw = node.get(path.rpartition(".")[2])
        if not isinstance(raw, list) or not all(_is_said(one) for one in raw) or len(raw) > 40:
            self._fault(path, "must be a list of ids")
            return ()
        if len(set(raw)) < len(raw):
            self._fault(path, "an id stands twice")
        return tuple(map(str, raw))

    def _mapping(self, node: Node, path: str) -> Node:
        raw = node.get(path.rpartition(".")[2])
        if isinstance(raw, Mapping):
            return raw
        self._fault(path, "must be a mapping")
        return {}

    def _node(self, node: Node, name: str, allowed: tuple[str, ...]) -> Node:
        return self._as_node(node.get(name), name, allowed)

    def _as_node(self, raw: object, path: str, allowed: tuple[str, ...]) -> Node:
        if not isinstance(raw, Mapping):
            self._fault(path, f"must be a mapping with {', '.join(allowed)}")
            return {}
        self._only(raw, f"{path}.", allowed)
        return raw

    def _only(self, node: Node, prefix: str, allowed: tuple[str, ...]) -> None:
        for key in node:
            if key not in allowed:
                self._fault(f"{prefix}{key!s:.40}", f"unknown field; allowed: {', '.join(allowed)}")

    def _each(self, name: str, read: Callable[[object, str], T], *, most: int) -> tuple[T, ...]:
        return self._list(self.document.get(name), name, read, most=most)

    def _list(
        self, raw: object, path: str, read: Callable[[object, str], T], *, most: int
    ) -> tuple[T, ...]:
        if not isinstance(raw, list) or not raw or len(raw) > most:
            self._fault(path, f"must be a list of 1 to {most} entries")
            return ()
        return tuple(read(one, f"{path}.{number}") for number, one in enumerate(raw))

    def _fault(self, field: str, message: str) -> None:
        lines = getattr(self.document, "lines", {})
        line = lines.get(field.partition(".")[0], 0)
        self.faults.append(Fault(self.file, line, self.entry, field, message))


def _is_said(found: object) -> bool:
    return isinstance(found, str) and bool(found.strip()) and len(found) <= LONGEST_TEXT
