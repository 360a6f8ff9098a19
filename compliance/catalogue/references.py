"""What must fit together across the entries of an edition for it to work at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from compliance.catalogue.condition import (
    AtLeast,
    Condition,
    Equals,
    HasTrait,
    Includes,
    tests_of,
)
from compliance.catalogue.edition import (
    SEVEREST_FIRST,
    Edition,
    Kind,
    Module,
    Question,
    Severity,
)
from compliance.catalogue.errors import Fault

CHOICES = frozenset({Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE})
ANSWERS = ("yes", "partial", "no")
LEVELS = (0, 1, 2, 3, 4)
WEIGHTS_TOGETHER = 100


def reference_faults(edition: Edition, folder: str, plain: Mapping[str, Any]) -> list[Fault]:
    """Every fault in how the entries of an edition refer to each other."""
    check = _Check(edition, folder, Places(plain))
    return [*check.frame(), *check.modules(), *check.beside(), *check.shared()]


class Places:
    """Finds the line of a field of an entry in the plain data."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain
        self.entries: dict[tuple[str, str], Any] = {}
        for file, content in plain.items():
            for entry in _entries(content):
                self.entries[file, entry["id"]] = entry

    def line(self, file: str, entry: str, name: str) -> int:
        raw = self.entries.get((file, entry), self.plain.get(file))
        if not isinstance(raw, dict):
            return 0
        lines: dict[str, int] = getattr(raw, "lines", {})
        return lines.get(name.split(".", maxsplit=1)[0], getattr(raw, "line", 0)) if lines else 0


def _entries(content: object) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        if isinstance(content.get("id"), str):
            yield content
        for value in content.values():
            yield from _entries(value)
    elif isinstance(content, list):
        for value in content:
            yield from _entries(value)


@dataclass
class _Check:
    edition: Edition
    folder: str
    places: Places
    seen: dict[str, Question] = field(default_factory=dict)
    traits: set[str] = field(default_factory=set)

    def fault(self, file: str, entry: str, name: str, message: str) -> Fault:
        path = file if "/" in file or file in self.places.plain else f"{self.folder}/{file}"
        return Fault(path, self.places.line(path, entry, name), entry, name, message)

    # --- questionnaire.yaml

    def frame(self) -> Iterator[Fault]:
        file, edition = "questionnaire.yaml", self.edition
        total = sum(module.weight for module in edition.modules)
        if total != WEIGHTS_TOGETHER:
            weights = ", ".join(f"{module.id} {module.weight}" for module in edition.modules)
            yield self.fault(
                file,
                "",
                "modules",
                f"weights must add up to {WEIGHTS_TOGETHER}, are {total}: {weights}",
            )
        bounds = [grade.at_least for grade in edition.grades]
        if bounds != sorted(set(bounds), reverse=True) or bounds[-1:] != [0]:
            yield self.fault(file, "", "grades", "must fall from the best grade to one at 0")
        names = {grade.name for grade in edition.grades}
        limits = edition.limits
        used = [limits.red_line.grade, limits.red_line.grade_for_many, limits.module_floor.grade]
        for name in [*used, *(floor.grade for floor in limits.legal_floor)]:
            if name not in names:
                yield self.fault(file, "", "limits", f"unknown grade {name}")
        for move in edition.moves:
            if not edition.has_question(move.question):
                yield self.fault(file, "", "changes.moves", f"unknown question {move.question}")

    # --- modules

    def modules(self) -> Iterator[Fault]:
        for module in self.edition.modules:
            yield from self._module(module)

    def _module(self, module: Module) -> Iterator[Fault]:
        file = f"{module.id}.yaml"
        sections: set[str] = set()
        for section in module.sections:
            if section.id in sections:
                yield self.fault(file, section.id, "id", "section id stands twice in the module")
            sections.add(section.id)
            for question in section.questions:
                yield from self._question(file, question)
        scored = any(question.scored for question in module.questions)
        if scored != bool(module.weight):
            words = "scored questions but weight 0" if scored else "a weight but no scored question"
            yield self.fault(file, "", "weight", words)

    def _question(self, file: str, question: Question) -> Iterator[Fault]:
        def fault(name: str, message: str) -> Fault:
            return self.fault(file, question.id, name, message)

        if question.id in self.seen:
            yield fault("id", f"stands twice, first in {self.seen[question.id].module_id}.yaml")
        for name, message in (*_shape(question), *_score(question)):
            yield fault(name, message)
        for name, word, known in (
            ("provisions", "provision", self.edition.provisions),
            ("penalties", "penalty", self.edition.penalties),
            ("red_flags", "red flag", self.edition.red_flags),
        ):
            for used in getattr(question, name):
                if used not in known:
                    yield fault(name, f"unknown {word} {used}")
        for name, message in self._crosswalk(question):
            yield fault(name, message)
        yield from self._conditions(file, question)
        self.seen.setdefault(question.id, question)
        self.traits.update(trait for option in question.options for trait in option.sets)
        self.traits.update(trait for traits in question.sets.values() for trait in traits)

    def _crosswalk(self, question: Question) -> Iterator[tuple[str, str]]:
        for name, elements in question.crosswalk.items():
            framework = self.edition.frameworks.get(name)
            if framework is None:
                yield "crosswalk", f"unknown framework {name}"
                continue
            for element in elements:
                if element not in framework.elements:
                    yield f"crosswalk.{name}", f"unknown element {element}"

    def _conditions(self, file: str, question: Question) -> Iterator[Fault]:
        for message in self._condition(question.shown_when):
            yield self.fault(file, question.id, "shown_when", message)
        for severity, condition in question.severity_when.items():
            name = f"severity_when.{severity}"
            for message in self._condition(condition):
                yield self.fault(file, question.id, name, message)
            if question.severity and not _graver(severity, question.severity):
                yield self.fault(
                    file, question.id, name, f"does not raise the severity {question.severity}"
                )

    def _condition(self, condition: Condition | None) -> Iterator[str]:
        """What is wrong with a condition that may look only at what stands earlier."""
        every = {question.id for question in self.edition.questions}
        for test in tests_of(condition):
            if isinstance(test, HasTrait):
                if test.trait not in self.traits:
                    yield self._trait_fault(test.trait)
            elif test.question in self.seen:
                yield from _value_faults(test, self.seen[test.question])
            elif test.question in every:
                yield f"looks at {test.question}, which does not stand earlier"
            else:
                yield f"unknown question {test.question}"

    def _trait_fault(self, trait: str) -> str:
        set_somewhere = any(
            trait in traits
            for question in self.edition.questions
            for traits in (*question.sets.values(), *(o.sets for o in question.options))
        )
        if set_somewhere:
            return f"trait {trait} is set only by a later question"
        return f"trait {trait} is used but never set"

    # --- contradictions and the general licence look at any question

    def beside(self) -> Iterator[Fault]:
        ids: set[str] = set()
        for found in self.edition.contradictions:
            file = "contradictions.yaml"
            if found.id in ids:
                yield self.fault(file, found.id, "id", "stands twice")
            ids.add(found.id)
            for message in (*self._condition(found.when), *self._questions(found.questions)):
                yield self.fault(file, found.id, "when", message)
        for check in self.edition.general_licence.checks:
            file = "general_licence.yaml"
            if check.id in ids:
                yield self.fault(file, check.id, "id", "stands twice")
            ids.add(check.id)
            for message in (*self._condition(check.met_when), *self._questions(check.proven_by)):
                yield self.fault(file, check.id, "met_when", message)
            for message in self._provisions(check.provisions):
                yield self.fault(file, check.id, "provision", message)

    def _questions(self, ids: tuple[str, ...]) -> Iterator[str]:
        return (f"unknown question {i}" for i in ids if i not in self.seen)

    def _provisions(self, ids: tuple[str, ...]) -> Iterator[str]:
        return (f"unknown provision {i}" for i in ids if i not in self.edition.provisions)

    # --- the register, red flags, terms

    def shared(self) -> Iterator[Fault]:
        for penalty in self.edition.penalties.values():
            for message in self._provisions(penalty.provisions):
                yield self.fault("law/penalties.yaml", penalty.id, "provisions", message)
        for flag in self.edition.red_flags.values():
            for message in self._provisions(flag.provisions):
                yield self.fault("red_flags.yaml", flag.id, "provisions", message)
        for term in self.edition.terms.values():
            if term.provision and term.provision not in self.edition.provisions:
                yield self.fault(
                    "terms.yaml", term.id, "provision", f"unknown provision {term.provision}"
                )


def _graver(one: Severity, other: Severity) -> bool:
    return SEVEREST_FIRST.index(one) < SEVEREST_FIRST.index(other)


def _shape(question: Question) -> Iterator[tuple[str, str]]:
    """What a kind of question needs, and what only other kinds have."""
    kind = question.kind
    if kind is Kind.MATURITY and tuple(level.value for level in question.levels) != LEVELS:
        found = ", ".join(str(level.value) for level in question.levels) or "none"
        yield "levels", f"needs the levels 0, 1, 2, 3, 4 in this order; has {found}"
    if kind is not Kind.MATURITY and question.levels:
        yield "levels", f"a question of kind {kind} has no levels"
    if kind in CHOICES:
        yield from _options(question)
    elif question.options:
        yield "options", f"a question of kind {kind} has no options"
    yield from _answers(question)
    yield from _bands(question)


def _answers(question: Question) -> Iterator[tuple[str, str]]:
    for name in ("sets", "credits"):
        given = getattr(question, name)
        if given and question.kind is not Kind.YES_PARTIAL_NO:
            yield name, f"belongs to yes_partial_no; the kind is {question.kind}"
        elif strange := set(given) - set(ANSWERS):
            yield name, f"unknown answer {min(strange)}; known: {', '.join(ANSWERS)}"
    if question.credits and len(question.credits) != len(ANSWERS):
        yield "credits", f"needs a credit for each of {', '.join(ANSWERS)}"


def _bands(question: Question) -> Iterator[tuple[str, str]]:
    kind = question.kind
    if question.bands and kind not in {Kind.NUMBER, Kind.DATE}:
        yield "bands", f"belongs to number and date; the kind is {kind}"
    elif any((band.at_least is None) == (kind is Kind.NUMBER) for band in question.bands):
        yield "bands", "numbers need at_least, dates within_months"
    elif [band.credit for band in question.bands] != _falling(question):
        yield "bands", "the credits must fall: the first band that holds is taken"


def _falling(question: Question) -> list[Fraction]:
    return sorted((band.credit for band in question.bands), reverse=True)


def _options(question: Question) -> Iterator[tuple[str, str]]:
    values = [option.value for option in question.options]
    if len(values) < 2:
        yield "options", "needs at least two options"
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield "options", f"the value {value} stands twice"
    if question.kind is Kind.SINGLE_CHOICE and any(o.exclusive for o in question.options):
        yield "options", "exclusive belongs to multiple_choice"


def _score(question: Question) -> Iterator[tuple[str, str]]:
    if question.red_line and question.severity is not Severity.LEGAL_REQUIREMENT:
        yield "red_line", "a red line must be a legal_requirement"
    if not question.scored:
        if question.severity or question.severity_when:
            yield "severity", "must be null where the question is not scored"
        if question.red_line:
            yield "red_line", "a red line must be scored"
        return
    if question.kind is Kind.TEXT:
        yield "scored", "a text can't be scored"
    if question.severity is None:
        yield "severity", "missing; a scored question needs one"
    if not question.provisions:
        yield "provisions", "missing; a scored question cites at least one"
    if question.remedy is None:
        yield "remedy", "missing; a scored question needs one"
    yield from _credits(question)


def _credits(question: Question) -> Iterator[tuple[str, str]]:
    kind = question.kind
    if kind in {Kind.NUMBER, Kind.DATE} and not question.bands:
        yield "bands", f"missing; a scored {kind} needs bands"
    elif question.bands and max(band.credit for band in question.bands) != 1:
        yield "bands", "the best band must have credit 1"
    if question.credits and max(question.credits.values()) != 1:
        yield "credits", "the best answer must have credit 1"
    if kind is Kind.SINGLE_CHOICE and max((o.credit for o in question.options), default=1) != 1:
        yield "options", "the best option must have credit 1"
    if kind is Kind.MULTIPLE_CHOICE and question.options:
        if sum(option.credit for option in question.options) < 1:
            yield "options", "the credits together must reach 1"
        if any(option.exclusive and option.credit for option in question.options):
            yield "options", "an exclusive option has no credit"


def _value_faults(test: Equals | Includes | AtLeast, asked: Question) -> Iterator[str]:
    """Whether the question that a test looks at can have such a value."""
    kind, options = asked.kind, {option.value for option in asked.options}
    match test:
        case Includes(_, option):
            if kind is not Kind.MULTIPLE_CHOICE:
                yield f"includes needs multiple_choice; {asked.id} is {kind}"
            elif option not in options:
                yield f"{asked.id} has no option {option}"
        case AtLeast(_, number):
            if kind not in {Kind.MATURITY, Kind.NUMBER}:
                yield f"at_least needs maturity or number; {asked.id} is {kind}"
            elif kind is Kind.MATURITY and number not in LEVELS:
                yield f"{asked.id} has no level {number}"
        case Equals(_, value):
            yield from _equal_faults(value, asked, options)


def _equal_faults(value: object, asked: Question, options: set[str]) -> Iterator[str]:
    possible: set[object]
    match asked.kind:
        case Kind.MATURITY:
            possible = {*LEVELS, "unknown"}
        case Kind.YES_PARTIAL_NO:
            possible = {*ANSWERS, "unknown"}
        case Kind.SINGLE_CHOICE:
            possible = {*options, "unknown"}
        case Kind.NUMBER:
            possible = {value} if isinstance(value, int) else {"unknown"}
        case _:
            possible = {"unknown"}
    if isinstance(value, bool) or value not in possible:
        yield f"{asked.id} can't have the value {value!r}"
