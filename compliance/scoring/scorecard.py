"""The result of scoring: exact numbers, every one traceable to its questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from compliance.answers import Survey
from compliance.catalogue import Contradiction, Question, Severity


class State(StrEnum):
    """How a scored question that is shown stands."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"  # answered: "we do not know"
    UNANSWERED = "unanswered"
    NOT_APPLICABLE = "not_applicable"


class Unsettled(StrEnum):
    """Why a claim of "not applicable" does not count."""

    REASON_TOO_SHORT = "reason_too_short"
    AWAITS_ACCEPTANCE = "awaits_acceptance"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class Mark:
    """One scored question that is shown, and what it counts. 0 ≤ supported ≤ attainment ≤ 1."""

    question: Question
    severity: Severity
    weight: int
    state: State
    unsettled: Unsettled | None  # of an unanswered question with a claim
    attainment: Fraction
    supported: Fraction  # what the firm could show an inspector
    # The same in whole units of the edition's table, for fast sums.
    attained: int = field(compare=False, repr=False)
    supported_units: int = field(compare=False, repr=False)
    unit: int = field(compare=False, repr=False)  # full attainment

    @property
    def is_applicable(self) -> bool:
        """Whether it counts above and below the line."""
        return self.state is not State.NOT_APPLICABLE

    def is_below(self, bound: Fraction) -> bool:
        """Whether the attainment is below a bound, in whole numbers."""
        return self.attained * bound.denominator < bound.numerator * self.unit

    @property
    def is_unanswered(self) -> bool:
        return self.state is State.UNANSWERED


@dataclass(frozen=True, slots=True)
class ModuleScore:
    """One module; scores are exact, 0..100, None where nothing applies."""

    id: str
    weight: int
    score: Fraction | None
    supported_score: Fraction | None
    best_score: Fraction | None
    weight_applicable: int  # Σ w over the applicable questions
    applicable: int
    answered: int
    not_applicable: int

    @property
    def not_applicable_share(self) -> Fraction:
        """Of the scored questions that are shown, those that are not applicable."""
        shown = self.applicable + self.not_applicable
        return Fraction(self.not_applicable, shown) if shown else Fraction(0)


@dataclass(frozen=True, slots=True)
class ElementScore:
    """One of the nine elements of an internal compliance programme, scored like a module."""

    id: str  # icp.policy_statement
    section_id: str
    score: Fraction | None
    supported_score: Fraction | None
    applicable: int


class LimitKind(StrEnum):
    """What holds a grade down."""

    RED_LINE = "red_line"
    LEGAL_FLOOR = "legal_floor"
    MODULE_FLOOR = "module_floor"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit whose rule is met: at most this grade, because of these questions or modules."""

    why: LimitKind
    grade: str
    lowers: bool  # below the grade that the score alone would give
    questions: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overall:
    """The firm as a whole. `[score, best_score]` is the interval while answers are missing."""

    score: Fraction | None
    supported_score: Fraction | None
    best_score: Fraction | None
    grade: str | None
    grade_before_limits: str | None
    limits: tuple[Limit, ...]
    completion: Fraction | None  # 0..1

    @property
    def provisional(self) -> bool:
        """Whether answers are missing."""
        return self.completion is not None and self.completion < 1


@dataclass(frozen=True, slots=True)
class Gap:
    """An applicable question below its target, and what its remedy brings."""

    mark: Mark
    target: Fraction
    lifted: Fraction  # attainment after the remedy
    gain: Fraction  # overall score with this one question lifted, less the score now
    priority: int  # 1 most urgent .. 4

    @property
    def question(self) -> Question:
        return self.mark.question


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that makes the result less telling than it looks."""

    why: str
    module: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All that scoring finds. Lists are in catalogue order, gaps in order of urgency."""

    questionnaire_id: str
    version: str
    as_of: date
    survey: Survey
    marks: Mapping[str, Mark]  # question id -> mark, of every scored question that is shown
    overall: Overall
    modules: tuple[ModuleScore, ...]
    elements: tuple[ElementScore, ...]
    gaps: tuple[Gap, ...]
    contradictions: tuple[Contradiction, ...]
    warnings: tuple[Caution, ...]

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Scored questions without an answer that counts."""
        return tuple(i for i, mark in self.marks.items() if mark.state is State.UNANSWERED)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Scored questions answered "we do not know"."""
        return tuple(i for i, mark in self.marks.items() if mark.state is State.UNKNOWN)

    def module(self, module_id: str) -> ModuleScore:
        """The module. Raises KeyError where it has no scored question."""
        for module in self.modules:
            if module.id == module_id:
                return module
        raise KeyError(module_id)
