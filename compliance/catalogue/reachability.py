"""Whether some set of answers makes a condition hold; a question that none shows is a fault.

A search from the goal backwards. A test that must hold needs its question shown and answered so;
a test that must fail only needs its question to be answered otherwise or not at all, which is
always open. The search is therefore complete.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

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
from compliance.catalogue.edition import Edition, Kind, Question

MAX_STEPS = 200_000
QuestionTest = Equals | Includes | AtLeast
Demands = tuple[tuple[QuestionTest, bool], ...]


class TooManyStepsError(Exception):
    """The conditions are so entangled that the search gave up."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the answers must be so far."""

    demands: dict[str, Demands]  # question id -> tests and whether they must hold
    shown: frozenset[str]


class Search:
    """Answers that satisfy conditions of one edition."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.setters: dict[str, list[QuestionTest]] = {}
        self.steps = 0
        for question in edition.questions:
            for option in question.options:
                for trait in option.sets:
                    self.setters.setdefault(trait, []).append(_choice(question, option.value))
            for answer, traits in question.sets.items():
                for trait in traits:
                    self.setters.setdefault(trait, []).append(Equals(question.id, answer))

    def example(self, condition: Condition | None) -> dict[str, object] | None:
        """Answers under which the condition holds, or None where there are none."""
        self.steps = 0
        for found in self._ways(condition, True, Answers({}, frozenset())):
            return {q: self._answer(q, found.demands[q]) for q in found.demands if q in found.shown}
        return None

    def _ways(self, condition: Condition | None, wanted: bool, state: Answers) -> Iterator[Answers]:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooManyStepsError
        match condition:
            case None:
                if wanted:
                    yield state
            case Not(part):
                yield from self._ways(part, not wanted, state)
            case All(parts) | AnyOf(parts) if isinstance(condition, All) == wanted:
                yield from self._each(parts, wanted, state)
            case All(parts) | AnyOf(parts):
                for part in parts:
                    yield from self._ways(part, wanted, state)
            case HasTrait(trait):
                yield from self._trait(trait, wanted, state)
            case Equals() | Includes() | AtLeast():
                yield from self._test(condition, wanted, state)

    def _each(self, parts: Sequence[Condition], wanted: bool, state: Answers) -> Iterator[Answers]:
        if not parts:
            yield state
            return
        for following in self._ways(parts[0], wanted, state):
            yield from self._each(parts[1:], wanted, following)

    def _trait(self, trait: str, wanted: bool, state: Answers) -> Iterator[Answers]:
        setters = self.setters.get(trait, [])
        if wanted:
            for test in setters:
                yield from self._test(test, True, state)
        else:
            without: Answers | None = state
            for test in setters:
                without = without and self._demand(test, False, without)
            if without:
                yield without

    def _test(self, test: QuestionTest, wanted: bool, state: Answers) -> Iterator[Answers]:
        demanded = self._demand(test, wanted, state)
        if demanded is None:
            return
        if not wanted or test.question in state.shown:
            yield demanded
            return
        shown = Answers(demanded.demands, demanded.shown | {test.question})
        yield from self._ways(self.edition.question(test.question).shown_when, True, shown)

    def _demand(self, test: QuestionTest, wanted: bool, state: Answers) -> Answers | None:
        """The state with one more demand, or None where no answer meets them all."""
        demands = (*state.demands.get(test.question, ()), (test, wanted))
        if any(held for _, held in demands) and self._answer(test.question, demands) is None:
            return None
        return Answers({**state.demands, test.question: demands}, state.shown)

    def _answer(self, question_id: str, demands: Demands) -> object | None:
        """A value of the question that meets all demands."""
        for value in _candidates(self.edition.question(question_id), demands):
            given = {question_id: value}
            if all(test.holds(frozenset(), given) == wanted for test, wanted in demands):
                return value
        return None


def _choice(question: Question, value: str) -> QuestionTest:
    if question.kind is Kind.MULTIPLE_CHOICE:
        return Includes(question.id, value)
    return Equals(question.id, value)


def _candidates(question: Question, demands: Demands) -> Iterator[object]:
    """Enough values to decide: every other answer is like one of them for these tests."""
    match question.kind:
        case Kind.MULTIPLE_CHOICE:
            yield from _selections(question, demands)
        case Kind.SINGLE_CHOICE:
            yield from (option.value for option in question.options)
        case Kind.YES_PARTIAL_NO:
            yield from ("yes", "partial", "no")
        case Kind.MATURITY:
            yield from range(4, -1, -1)
        case Kind.NUMBER:
            bounds = [ceil(test.number) for test, _ in demands if isinstance(test, AtLeast)]
            exact = [test.value for test, _ in demands if isinstance(test, Equals)]
            yield from (*exact, *bounds, *(bound - 1 for bound in bounds if bound > 0))
        case Kind.DATE:
            yield "2026-01-01"
        case Kind.TEXT:
            yield "…"
    yield "unknown"


def _selections(question: Question, demands: Demands) -> Iterator[tuple[str, ...]]:
    """The chosen options must be those demanded; where none is, any single one will do."""
    chosen = {test.option for test, held in demands if held and isinstance(test, Includes)}
    exclusive = {option.value for option in question.options if option.exclusive}
    if chosen and (len(chosen) == 1 or not chosen & exclusive):
        yield tuple(option.value for option in question.options if option.value in chosen)
    if not chosen:
        yield from ((option.value,) for option in question.options)
