"""An edition and all that stands in it: frozen values, equal by value."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from compliance.catalogue.condition import Condition, Values
from compliance.catalogue.crosswalk import Framework
from compliance.catalogue.law import Penalty, Provision
from compliance.language import Text, Texts


class Kind(StrEnum):
    """The kinds of question."""

    MATURITY = "maturity"
    YES_PARTIAL_NO = "yes_partial_no"
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


class Severity(StrEnum):
    """How much a question matters."""

    LEGAL_REQUIREMENT = "legal_requirement"
    EXPECTED_PRACTICE = "expected_practice"
    LEADING_PRACTICE = "leading_practice"


SEVEREST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a maturity question: what an inspector would see."""

    value: int  # 0..4
    text: Text


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    text: Text
    credit: Fraction  # 0..1
    exclusive: bool  # stands alone: "none of these"
    sets: tuple[str, ...]  # traits


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of numbers or dates and its credit; exactly one of the two bounds is given."""

    at_least: Fraction | None
    within_months: int | None
    credit: Fraction  # 0..1


@dataclass(frozen=True, slots=True)
class Remedy:
    """What lifts the answer to its target."""

    action: Texts
    effort_days: Fraction  # whole or half days, for a firm of about 150 people


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked. Ids of provisions, penalties and red flags resolve in the edition."""

    id: str
    kind: Kind
    module_id: str
    section_id: str
    prompt: Text
    why: Text
    help: Text
    levels: tuple[Level, ...]  # maturity only
    options: tuple[Option, ...]  # choices only
    sets: Mapping[str, tuple[str, ...]]  # answer of yes_partial_no -> traits
    credits: Mapping[str, Fraction]  # answer -> credit, where "yes" is not the good one
    bands: tuple[Band, ...]
    unit: Text | None
    scored: bool
    severity: Severity | None  # None: not scored
    severity_when: Mapping[Severity, Condition]
    red_line: bool
    core: bool  # part of the short path for small firms
    not_applicable_allowed: bool
    shown_when: Condition | None  # None: always
    provisions: tuple[str, ...]
    penalties: tuple[str, ...]
    red_flags: tuple[str, ...]
    evidence_expected: Text | None
    remedy: Remedy | None
    crosswalk: Mapping[str, tuple[str, ...]]  # framework -> elements

    def __hash__(self) -> int:
        return hash(self.id)

    def option(self, value: str) -> Option:
        """The option with this value. Raises KeyError where there is none."""
        for option in self.options:
            if option.value == value:
                return option
        raise KeyError(value)

    def severity_given(self, traits: AbstractSet[str], values: Values) -> Severity | None:
        """The severity for a firm: its own, or the gravest that a condition raises it to."""
        raised = [
            s for s, condition in self.severity_when.items() if condition.holds(traits, values)
        ]
        known = [*raised, *([self.severity] if self.severity else [])]
        return min(known, key=SEVEREST_FIRST.index, default=None)

    def traits_of(self, value: object) -> tuple[str, ...]:
        """The traits that an answer sets, in catalogue order."""
        if self.sets:
            return self.sets.get(value, ()) if isinstance(value, str) else ()
        chosen = {value} if isinstance(value, str) else _chosen(value)
        return tuple(trait for o in self.options if o.value in chosen for trait in o.sets)


def _chosen(value: object) -> frozenset[object]:
    return frozenset(value) if isinstance(value, list | tuple | frozenset | set) else frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """A page of questions."""

    id: str
    title: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """One subject."""

    id: str
    title: Text
    intro: Text
    weight: int  # 0: not scored
    sections: tuple[Section, ...]

    @property
    def questions(self) -> Iterator[Question]:
        """The questions of all sections, in order."""
        return (question for section in self.sections for question in section.questions)


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and the score from which it is given."""

    name: str
    at_least: Fraction  # score, 0..100
    text: Text


@dataclass(frozen=True, slots=True)
class SeverityRule:
    """What a severity means for the score."""

    severity: Severity
    weight: int
    target: Fraction  # attainment below it is a gap
    title: Text


@dataclass(frozen=True, slots=True)
class RedLineLimit:
    """What breached red lines do to the grade."""

    below: Fraction  # attainment
    grade: str
    many: int
    grade_for_many: str


@dataclass(frozen=True, slots=True)
class FloorLimit:
    """At most this grade where something is below the bound."""

    below: Fraction
    grade: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds the grade down, whatever the score."""

    red_line: RedLineLimit
    legal_floor: tuple[FloorLimit, ...]  # bounds of attainment, 0..1
    module_floor: FloorLimit  # bound of a module score, 0..100


@dataclass(frozen=True, slots=True)
class NotApplicableRule:
    """When "not applicable" is taken, and when it is too much."""

    reason_at_least: int  # characters
    warn_above: Fraction  # share of a module's questions


class Gravity(StrEnum):
    """What a contradiction does."""

    BLOCKS = "blocks"
    WARNS = "warns"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Answers that cannot all be true."""

    id: str
    when: Condition
    severity: Gravity
    message: Text
    questions: tuple[str, ...]


class CheckKind(StrEnum):
    """A condition must be met; a bar must be excluded."""

    CONDITION = "condition"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class LicenceCheck:
    """One condition of a general licence, or one bar to it."""

    id: str
    kind: CheckKind
    provisions: tuple[str, ...]  # the one that sets it, then others that bear on it
    text: Text
    proven_by: tuple[str, ...]  # question ids
    met_when: Condition


@dataclass(frozen=True, slots=True)
class GeneralLicence:
    """Readiness for a general licence."""

    note: Text
    reading: Mapping[CheckKind, Text]
    checks: tuple[LicenceCheck, ...]


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A sign of diversion, why it matters and what clears it."""

    id: str
    category: str
    severity: int  # 1 note, 2 ask, 3 stop
    sign: Text
    why: Text
    clear_by: Text
    provisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, explained."""

    id: str
    word: Text
    definition: Text
    provision: str | None  # None: a word of this tool


@dataclass(frozen=True, slots=True)
class Move:
    """How answers of an earlier edition reach a question of this one."""

    question: str  # id here
    was: str  # id in the earlier edition
    values: Mapping[str, str | int]  # earlier value -> value here; values not named stay
    confirm: bool  # the meaning moved enough for a person to look


@dataclass(frozen=True)
class Edition:
    """A questionnaire as published on a date, with all that it rests on."""

    questionnaire_id: str
    version: str
    title: Text
    published_on: date | None
    digest: str  # "sha256:…"
    modules: tuple[Module, ...]
    provisions: Mapping[str, Provision]  # dates as they stood when the edition was published
    law: Mapping[str, Provision]  # the register as it stands today
    penalties: Mapping[str, Penalty]
    red_flags: Mapping[str, RedFlag]
    contradictions: tuple[Contradiction, ...]
    contradiction_notes: Mapping[Gravity, Text]
    terms: Mapping[str, Term]
    general_licence: GeneralLicence
    frameworks: Mapping[str, Framework]
    grades: tuple[Grade, ...]  # from the best down
    severities: Mapping[Severity, SeverityRule]
    limits: Limits
    unsupported_cap: Fraction  # 0..1
    not_applicable: NotApplicableRule
    changes_from: str | None  # the earlier version that `moves` speaks of
    moves: tuple[Move, ...]
    note: Text | None  # what changed against the earlier version

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in catalogue order."""
        return tuple(question for module in self.modules for question in module.questions)

    @cached_property
    def _by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    def question(self, question_id: str) -> Question:
        """The question. Raises KeyError where there is none."""
        return self._by_id[question_id]

    def has_question(self, question_id: str) -> bool:
        """Whether the edition asks it."""
        return question_id in self._by_id

    def module(self, module_id: str) -> Module:
        """The module. Raises KeyError where there is none."""
        for module in self.modules:
            if module.id == module_id:
                return module
        raise KeyError(module_id)

    def penalties_on(self, question: Question, day: date) -> tuple[Penalty, ...]:
        """The penalties of a question for which at least one provision applies on a day."""
        return tuple(
            penalty
            for penalty in (self.penalties[name] for name in question.penalties)
            if any(self.provisions[name].in_force(day) for name in penalty.provisions)
        )

    def successor(self, question_id: str) -> str | None:
        """The question here that asks what an earlier edition asked under an id, if one does."""
        moved = {move.was: move.question for move in self.moves}
        if question_id in moved and not self.has_question(question_id):
            return moved[question_id]
        return question_id if self.has_question(question_id) else None

    def predecessor(self, question_id: str) -> str:
        """The id under which the edition before asked what this one asks under an id."""
        was = {move.question: move.was for move in self.moves}
        return was.get(question_id, question_id)

    def target(self, severity: Severity) -> Fraction:
        """The attainment below which a question of this severity is a gap."""
        return self.severities[severity].target

    @property
    def is_core(self) -> bool:
        """Whether this is the short path only."""
        return False

    @cached_property
    def core(self) -> "Edition":
        """The short path through this edition: its core questions, and what speaks of them alone.

        Weights, targets and limits stay, so that modules are weighed as in the whole.
        """
        kept = frozenset(question.id for question in self.questions if question.core)
        content = {field.name: getattr(self, field.name) for field in fields(self)}
        content["modules"] = tuple(_core_modules(self.modules, kept))
        content["contradictions"] = tuple(
            rule for rule in self.contradictions if kept.issuperset(rule.questions)
        )
        return CoreEdition(**content)


class CoreEdition(Edition):
    """The short path through an edition. It bears the digest of the whole."""

    @property
    def is_core(self) -> bool:
        return True

    @cached_property
    def core(self) -> Edition:
        return self


def _core_modules(modules: tuple[Module, ...], kept: frozenset[str]) -> Iterator[Module]:
    for module in modules:
        sections = (
            replace(section, questions=tuple(q for q in section.questions if q.id in kept))
            for section in module.sections
        )
        left = tuple(section for section in sections if section.questions)
        if left:
            yield replace(module, sections=left)
