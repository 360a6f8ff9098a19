"""Proof that a scenario holds: its law exists, its answers fit, its outcomes are the engine's."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from compliance.answers import Answer, BundleError, survey
from compliance.catalogue import Edition, Fault, UnknownEditionError, load_edition
from compliance.determination import (
    Determination,
    Facts,
    FactsError,
    Outcome,
    determine,
    facts_from_json,
    load_rules,
)
from compliance.scoring import Scorecard, as_number, score
from compliance.training.filling import filled_answers, own_answers
from compliance.training.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found."""

    faults: tuple[Fault, ...]
    outcome: str  # what the engine gives; empty where the facts can't be read
    twist_outcome: str
    grade: str  # of the firm's programme; empty where the answers don't fit
    score: float | None  # one decimal


@dataclass(frozen=True)
class Solution:
    """The right reading of a scenario's transaction."""

    facts: Facts
    found: Determination


def check_scenario(scenario: Scenario, file: str) -> Checked:
    """Everything that is wrong with a scenario that could be read, and what it comes to."""
    checker = _Checker(scenario, file)
    outcome = checker.outcome(scenario.facts, scenario.outcome, "facts", "expected.outcome")
    changed = changed_facts(scenario)
    twist = checker.outcome(changed, scenario.twist.outcome, "twist.changes", "twist.outcome")
    checker.law()
    checker.flags()
    card = checker.programme()
    overall = card.overall if card else None
    return Checked(
        faults=tuple(checker.faults),
        outcome=outcome,
        twist_outcome=twist,
        grade=overall.grade or "" if overall else "",
        score=as_number(overall.score, 1) if overall else None,
    )


def edition_of(scenario: Scenario) -> Edition:
    """The edition that the scenario's answers belong to. Raises UnknownEditionError."""
    return load_edition(scenario.questionnaire_id, scenario.version)


def as_of(scenario: Scenario) -> date:
    """The day on which the scenario plays."""
    return solution(scenario).facts.as_of


def changed_facts(scenario: Scenario) -> dict[str, object]:
    """The facts after the twist: each path of its changes replaced."""
    facts: dict[str, object] = copy.deepcopy(dict(scenario.facts))
    for path, value in scenario.twist.changes.items():
        *groups, name = path.split(".")
        target = facts
        for group in groups:
            inner = target.get(group)
            if not isinstance(inner, dict):
                inner = {}
                target[group] = inner
            target = inner
        target[name] = copy.deepcopy(value)
    return facts


def solution(scenario: Scenario, *, twist: bool = False) -> Solution:
    """The engine's reading of the transaction. Raises FactsError where the facts are faulty."""
    rules = load_rules()
    raw = changed_facts(scenario) if twist else scenario.facts
    facts = facts_from_json(raw, rules.severities)
    return Solution(facts, determine(rules, facts))


class _Checker:
    def __init__(self, scenario: Scenario, file: str) -> None:
        self.scenario, self.file = scenario, file
        self.faults: list[Fault] = []

    def outcome(self, raw: Mapping[str, object], said: str, where: str, field: str) -> str:
        """The engine's outcome, with a fault where the scenario says another."""
        rules = load_rules()
        if said not in set(Outcome):
            self._fault(field, f"{said} is no outcome; it may be {', '.join(Outcome)}")
        for path in self.scenario.twist.changes if where == "twist.changes" else ():
            if not _reaches(self.scenario.facts, path):
                self._fault(f"twist.changes.{path}", "no such place in the facts")
        try:
            facts = facts_from_json(raw, rules.severities)
        except FactsError as error:
            for fault in error.faults:
                message = f"found {fault.found}; allowed {fault.allowed}"
                self._fault(f"{where}.{fault.path}", message)
            return ""
        found = determine(rules, facts).outcome.value
        if said in set(Outcome) and found != said:
            self._fault(field, f"says {said}, but the facts come to {found}")
        return found

    def law(self) -> None:
        """Provisions exist and are in force on the day of the case."""
        rules = load_rules()
        day = _day(self.scenario)
        for number, id_ in enumerate(self.scenario.provisions):
            provision = rules.provisions.get(id_)
            if provision is None:
                self._fault(f"expected.provisions.{number}", f"{id_} is not in the law register")
            elif day and not provision.in_force(day):
                self._fault(f"expected.provisions.{number}", f"{id_} is not in force on {day}")

    def flags(self) -> None:
        """The flags to find are those of the facts, and the library has them."""
        severities = load_rules().severities
        for number, id_ in enumerate(self.scenario.red_flags):
            if id_ not in severities:
                self._fault(f"red_flags.{number}", f"{id_} is not in the red-flag library")
        stated = self.scenario.facts.get("red_flags")
        if isinstance(stated, list) and set(map(str, stated)) != set(self.scenario.red_flags):
            self._fault("red_flags", "differ from facts.red_flags")

    def programme(self) -> Scorecard | None:
        """The firm's answers fit the edition and are shown; its scorecard."""
        try:
            edition = edition_of(self.scenario)
        except UnknownEditionError as error:
            self._fault("questionnaire.version", f"unknown edition ({error})")
            return None
        strange = list(self._strange(edition))
        day = _day(self.scenario)
        if strange or day is None:
            return None
        try:
            answers = filled_answers(edition, self.scenario, day)
        except BundleError as error:
            for fault in error.faults:
                self._fault(fault.path, f"found {fault.found}; allowed {fault.allowed}")
            return None
        self._shown(edition, answers, day)
        return score(edition, answers, day)

    def _strange(self, edition: Edition) -> Iterator[str]:
        for name, given in (("scope", self.scenario.scope), ("answers", self.scenario.answers)):
            for id_ in given:
                if not edition.has_question(id_):
                    self._fault(f"{name}.{id_}", f"no question of {edition.version}")
                    yield id_
                elif (edition.question(id_).module_id == "scope") != (name == "scope"):
                    self._fault(f"{name}.{id_}", "stands in the wrong place: scope or answers")
                    yield id_

    def _shown(self, edition: Edition, answers: Mapping[str, Answer], day: date) -> None:
        shown = set(survey(edition, answers, day).shown)
        for id_ in own_answers(edition, self.scenario):
            if id_ not in shown:
                name = "scope" if id_ in self.scenario.scope else "answers"
                self._fault(f"{name}.{id_}", "the firm is not asked this question")

    def _fault(self, field: str, message: str) -> None:
        lines = getattr(self.scenario.document, "lines", {})
        line = lines.get(field.partition(".")[0], 0)
        self.faults.append(Fault(self.file, line, self.scenario.id, field, message))


def _day(scenario: Scenario) -> date | None:
    try:
        return date.fromisoformat(str(scenario.facts.get("as_of")))
    except ValueError:
        return None


def _reaches(facts: Mapping[str, object], path: str) -> bool:
    here: object = facts
    for part in path.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return False
        here = here[part]
    return True
