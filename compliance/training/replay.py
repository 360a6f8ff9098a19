"""A scenario against a firm's own answers: which gate would have stopped it. Pure.

The gates are the questions that should catch the case: those that the fictional firm failed, those
behind the rules that spoke, and those that guard against the case's red flags. They stand in the
order in which an order passes them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from compliance.answers import Answer
from compliance.catalogue import Edition, Question
from compliance.scoring import State, score
from compliance.training.checking import solution
from compliance.training.scenario import Scenario

WAY_OF_AN_ORDER = (
    *("end_use_end_user", "control_lists", "catch_all", "intangible_emerging", "licensing"),
    *("icp", "supervision"),
)
MOST_BY_FLAGS = 8


class Verdict(StrEnum):
    """What a gate would have done."""

    STOPS = "stops"
    WEAK = "weak"  # answered below the target: it would not have stopped it
    UNKNOWN = "unknown"  # not answered, or "we do not know"
    NOT_ASKED = "not_asked"  # does not apply to this firm, or claimed so


class Source(StrEnum):
    """Why a question is a gate of this case."""

    CASE = "case"  # the fictional firm failed here
    RULE = "rule"  # it stands behind a rule that spoke
    FLAG = "flag"  # it guards against one of the case's red flags


@dataclass(frozen=True, slots=True)
class Gate:
    """One question that could have stopped the case."""

    question: Question
    verdict: Verdict
    source: Source
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Replay:
    """The gates in their order, and the first that stops."""

    gates: tuple[Gate, ...]

    @property
    def first_stop(self) -> Gate | None:
        """The first gate that would have stopped the case."""
        return next((gate for gate in self.gates if gate.verdict is Verdict.STOPS), None)

    @property
    def passed_before(self) -> tuple[Gate, ...]:
        """The gates that the case would have passed before it was stopped."""
        stop = self.first_stop
        before = self.gates[: self.gates.index(stop)] if stop else self.gates
        return tuple(gate for gate in before if gate.verdict is not Verdict.NOT_ASKED)

    def counted(self, verdict: Verdict) -> int:
        """How many gates have a verdict."""
        return sum(gate.verdict is verdict for gate in self.gates)


def replay(
    edition: Edition, scenario: Scenario, answers: Mapping[str, Answer], as_of: date
) -> Replay:
    """Run the case against the answers of a firm."""
    card = score(edition, answers, as_of)
    marks = card.marks
    gates = []
    for question, source in _gates(edition, scenario):
        mark = marks.get(question.id)
        if mark is None or mark.state is State.NOT_APPLICABLE:
            verdict = Verdict.NOT_ASKED
        elif mark.state in (State.UNKNOWN, State.UNANSWERED):
            verdict = Verdict.UNKNOWN
        elif mark.is_below(edition.target(mark.severity)):
            verdict = Verdict.WEAK
        else:
            verdict = Verdict.STOPS
        gates.append(Gate(question, verdict, source, answers.get(question.id)))
    return Replay(tuple(gates))


def _gates(edition: Edition, scenario: Scenario) -> Iterator[tuple[Question, Source]]:
    sources: dict[str, Source] = dict.fromkeys(scenario.answers, Source.CASE)
    for id_ in solution(scenario).found.programme:
        sources.setdefault(id_, Source.RULE)
    flags = set(scenario.red_flags)
    guards = [q for q in edition.questions if flags & set(q.red_flags)]
    guards.sort(key=lambda q: -len(flags & set(q.red_flags)))
    for question in guards[:MOST_BY_FLAGS]:
        sources.setdefault(question.id, Source.FLAG)
    places = {question.id: place for place, question in enumerate(edition.questions)}
    known = [id_ for id_ in sources if edition.has_question(id_) and edition.question(id_).scored]

    def passed(id_: str) -> tuple[int, int]:
        module = edition.question(id_).module_id
        order = WAY_OF_AN_ORDER
        return (order.index(module) if module in order else len(order), places[id_])

    for id_ in sorted(known, key=passed):
        yield edition.question(id_), sources[id_]
