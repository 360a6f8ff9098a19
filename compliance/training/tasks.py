"""What a class answers at a stage, and what an answer is worth. Pure.

A task has parts, a part has options, some of them right. Points are for the reading of the case:
which signs, which outcome, for which reasons. Speed counts nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

from compliance.catalogue import Edition, Kind, Question, load_edition
from compliance.determination import load_rules
from compliance.language import Text
from compliance.training.bank import question_bank
from compliance.training.checking import edition_of, solution
from compliance.training.errors import WrongAnswerFormError
from compliance.training.scenario import Scenario
from compliance.training.stages import TESTS, Stage, StageKind

FALSE_FLAGS = 4  # at least so many signs that are not in the case
FALSE_REASONS = 4
POINTS_FLAGS, POINTS_OUTCOME, POINTS_REASONS, POINTS_PROGRAMME = 30, 15, 25, 30
HALF = Fraction(1, 2)

AnswerForm = Mapping[str, Sequence[str]]  # part id -> chosen option ids


class Ask(StrEnum):
    """How a part is answered."""

    ONE = "one"  # one option
    SCALE = "scale"  # one step; the next one is half right
    MANY = "many"  # any number, none included


class Says(StrEnum):
    """What a part asks; its words stand in the pages."""

    FLAGS = "flags"
    OUTCOME = "outcome"
    BECAUSE = "because"
    LEVEL = "level"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a part."""

    id: str
    text: Text | None  # None: yes, partly, no, which the page says
    right: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked."""

    id: str
    says: Says
    ask: Ask
    prompt: Text | None  # a question of the catalogue or the bank; None: the page says it
    choices: tuple[Choice, ...]
    points: Fraction
    topic: str = ""
    explanation: Text | None = None
    provisions: tuple[str, ...] = ()

    @property
    def right(self) -> frozenset[str]:
        """The ids of the right options."""
        return frozenset(choice.id for choice in self.choices if choice.right)

    def share(self, chosen: Iterable[str]) -> Fraction:
        """What a choice is worth, 0..1."""
        picked = frozenset(chosen)
        if self.ask is Ask.MANY:
            if not self.right:
                return Fraction(not picked)
            hits, wrong = len(picked & self.right), len(picked - self.right)
            return Fraction(max(0, hits - wrong), len(self.right))
        if picked & self.right:
            return Fraction(1)
        if self.ask is Ask.SCALE and picked:
            order = [choice.id for choice in self.choices]
            places = {abs(order.index(a) - order.index(b)) for a in picked for b in self.right}
            return HALF if 1 in places else Fraction(0)
        return Fraction(0)


@dataclass(frozen=True, slots=True)
class Task:
    """What is answered at one stage."""

    kind: StageKind
    parts: tuple[Part, ...]

    @property
    def points(self) -> Fraction:
        """What a full answer is worth."""
        return sum((part.points for part in self.parts), Fraction(0))

    def earned(self, answer: AnswerForm) -> Fraction:
        """What an answer is worth."""
        return sum(
            (part.points * part.share(answer.get(part.id, ())) for part in self.parts), Fraction(0)
        )

    def read(self, given: AnswerForm) -> dict[str, list[str]]:
        """An answer as it may be kept. Raises WrongAnswerFormError for what is not offered."""
        known = {part.id: part for part in self.parts}
        if given.keys() - known.keys():
            raise WrongAnswerFormError("an unknown part")
        kept: dict[str, list[str]] = {}
        for part in self.parts:
            chosen = list(dict.fromkeys(given.get(part.id, ())))
            offered = {choice.id for choice in part.choices}
            if not set(chosen) <= offered or (part.ask is not Ask.MANY and len(chosen) > 1):
                raise WrongAnswerFormError(part.id)
            if chosen or part.ask is Ask.MANY:
                kept[part.id] = chosen
        return kept

    def is_complete(self, answer: AnswerForm) -> bool:
        """Whether each part with one answer has it."""
        return all(part.ask is Ask.MANY or answer.get(part.id) for part in self.parts)


def task_of(stage: Stage, scenarios: Sequence[Scenario], bank: Sequence[str]) -> Task | None:
    """The task of a stage; None where nobody answers."""
    if not stage.answered:
        return None
    if stage.kind in TESTS:
        return Task(stage.kind, tuple(_test_parts(bank)))
    assert stage.scenario is not None  # noqa: S101  # stages of a scenario name it
    return _task(stage.kind, scenarios[stage.scenario])


@lru_cache(maxsize=256)
def _cached(kind: StageKind, key: str, scenario: Scenario) -> Task:  # noqa: ARG001
    parts = {
        StageKind.FLAGS: _flags,
        StageKind.DETERMINE: _transaction,
        StageKind.ASSESS: _programme,
        StageKind.TWIST: _twist,
    }[kind]
    return Task(kind, tuple(parts(scenario)))


def _task(kind: StageKind, scenario: Scenario) -> Task:
    key = sha256(repr(scenario.document).encode()).hexdigest()
    return _cached(kind, key, scenario)


def _flags(scenario: Scenario) -> Iterator[Part]:
    library = load_edition().red_flags
    others = _shuffled(scenario.id, (id_ for id_ in library if id_ not in scenario.red_flags))
    wrong = others[: max(FALSE_FLAGS, len(scenario.red_flags))]
    offered = _shuffled(f"{scenario.id} flags", (*scenario.red_flags, *wrong))
    yield Part(
        id="flags",
        says=Says.FLAGS,
        ask=Ask.MANY,
        prompt=None,
        choices=tuple(Choice(id_, library[id_].sign, id_ in scenario.red_flags) for id_ in offered),
        points=Fraction(POINTS_FLAGS),
    )


def _transaction(scenario: Scenario) -> Iterator[Part]:
    return _outcome_and_reasons(scenario, twist=False)


def _twist(scenario: Scenario) -> Iterator[Part]:
    return _outcome_and_reasons(scenario, twist=True)


def _outcome_and_reasons(scenario: Scenario, *, twist: bool) -> Iterator[Part]:
    rules = load_rules()
    found = solution(scenario, twist=twist).found
    outcome = found.outcome
    yield Part(
        id="outcome",
        says=Says.OUTCOME,
        ask=Ask.ONE,
        prompt=None,
        choices=tuple(Choice(o.value, title, o is outcome) for o, title in rules.titles.items()),
        points=Fraction(POINTS_OUTCOME),
    )
    deciding = {s.rule: s.text for s in found.steps if s.finding is outcome and not s.assumed}
    if not deciding:
        deciding = {step.rule: step.text for step in found.steps if step.finding is outcome}
    spoken = {step.rule for step in found.steps}
    silent = {r.id: r.text for r in rules.rules if r.finding and r.id not in spoken}
    name = f"{scenario.id} {twist}"
    wrong = _shuffled(name, silent)[:FALSE_REASONS]
    texts = {**deciding, **{id_: silent[id_] for id_ in wrong}}
    yield Part(
        id="because",
        says=Says.BECAUSE,
        ask=Ask.MANY,
        prompt=None,
        choices=tuple(Choice(id_, texts[id_], id_ in deciding) for id_ in _shuffled(name, texts)),
        points=Fraction(POINTS_REASONS),
    )


def _programme(scenario: Scenario) -> Iterator[Part]:
    edition = edition_of(scenario)
    questions = [
        (question, value)
        for question, value in _own_questions(edition, scenario)
        if question.kind in _SCALES or question.options
    ][:MOST_QUESTIONS]
    for question, value in questions:
        yield Part(
            id=question.id,
            says=Says.LEVEL,
            ask=Ask.SCALE,
            prompt=question.prompt,
            choices=tuple(_levels(question, str(value))),
            points=Fraction(POINTS_PROGRAMME, len(questions)),
            topic=question.module_id,
            provisions=question.provisions,
        )


_SCALES = frozenset({Kind.MATURITY, Kind.YES_PARTIAL_NO})
_YES_PARTIAL_NO = ("no", "partial", "yes")
MOST_QUESTIONS = 4  # about the programme: what a team can weigh in ten minutes on a phone


def _own_questions(edition: Edition, scenario: Scenario) -> Iterator[tuple[Question, object]]:
    for id_, value in scenario.answers.items():
        yield edition.question(id_), value


def _levels(question: Question, value: str) -> Iterator[Choice]:
    if question.kind is Kind.MATURITY:
        for level in question.levels:
            yield Choice(str(level.value), level.text, str(level.value) == value)
    elif question.kind is Kind.YES_PARTIAL_NO:
        for id_ in _YES_PARTIAL_NO:
            yield Choice(id_, None, id_ == value)
    else:
        for option in question.options:
            yield Choice(option.value, option.text, option.value == value)


def _test_parts(bank: Sequence[str]) -> Iterator[Part]:
    for id_ in bank:
        question = question_bank()[id_]
        yield Part(
            id=id_,
            says=Says.TEST,
            ask=Ask.ONE,
            prompt=question.prompt,
            choices=tuple(Choice(v, text, v == question.correct) for v, text in question.options),
            points=Fraction(1),
            topic=question.module_id,
            explanation=question.explanation,
            provisions=question.provisions,
        )


def _shuffled(seed: str, ids: Iterable[str]) -> list[str]:
    """The same order for the same case everywhere, and no hint in it."""
    return sorted(ids, key=lambda id_: sha256(f"{seed} {id_}".encode()).digest())
