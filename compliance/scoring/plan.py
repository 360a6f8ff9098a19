"""The cheapest way to a grade, limits included; and what each day of effort can bring at best."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm

from compliance.answers import Answer
from compliance.catalogue import Edition, Severity
from compliance.scoring.cheapest import Block, Choice, cheapest
from compliance.scoring.gaps import worth_of_modules
from compliance.scoring.grading import rank
from compliance.scoring.score import score
from compliance.scoring.scorecard import Mark, Overall, Scorecard
from compliance.scoring.table import table_of
from compliance.scoring.what_if import Lift, lifted_answers

PRINTED_STEP = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Step:
    """One question lifted."""

    question_id: str
    module_id: str
    lift: Lift
    attainment: Fraction
    lifted: Fraction
    effort_days: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """The least total effort to a grade: ties by fewer questions, then catalogue order."""

    target: str
    reachable: bool
    best_grade: str | None  # with every question at its best; None where nothing applies
    effort_days: Fraction
    steps: tuple[Step, ...]  # catalogue order
    before: Overall
    after: Overall | None  # None where the grade can't be reached


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The best score and the best grade that so much effort buys, each for itself."""

    effort_days: Fraction
    score: Fraction
    grade: str


def plan(edition: Edition, answers: Mapping[str, Answer], as_of: date, target: str) -> Plan:
    """The cheapest set of lifts that reaches the grade, branching held as it is now.

    Raises KeyError where the edition has no such grade.
    """
    return _Planner(edition, answers, as_of).plan(target)


def plan_curve(
    edition: Edition, answers: Mapping[str, Answer], as_of: date
) -> tuple[CurvePoint, ...]:
    """What effort buys: a point for each amount that brings a better score or a better grade."""
    return _Planner(edition, answers, as_of).curve()


class _Planner:
    """One scorecard and all the lifts that its questions offer."""

    def __init__(self, edition: Edition, answers: Mapping[str, Answer], as_of: date) -> None:
        self.edition, self.answers, self.as_of = edition, answers, as_of
        self.now = score(edition, answers, as_of)
        self.offers = {
            mark.question.id: self._offers(mark)
            for mark in self.now.marks.values()
            if mark.is_applicable
        }
        efforts = [step.effort_days for steps in self.offers.values() for step in steps]
        self.days = lcm(*(effort.denominator for effort in efforts))  # effort units in a day
        self.worths = worth_of_modules(self.now.modules)

    def _offers(self, mark: Mark) -> tuple[Step, ...]:
        """The lifts of a question: as its remedy does, and to full."""
        table, question = table_of(self.edition), mark.question
        if question.remedy is None:
            return ()
        row, effort = table.by_id[question.id], question.remedy.effort_days
        full, target = row.full, table.targets[mark.severity]
        reached = row.lifted[mark.severity] if mark.attained < target else full
        wanted = [(Lift.TARGET, reached, effort)] if mark.attained < target else []
        if full > reached or not wanted:
            wanted.append((Lift.FULL, full, 2 * effort if wanted else effort))
        return tuple(
            Step(
                question.id,
                question.module_id,
                lift,
                mark.attainment,
                Fraction(units, table.unit),
                days,
            )
            for lift, units, days in wanted
            if units > mark.attained
        )

    def plan(self, target: str) -> Plan:
        """The cheapest plan to one grade."""
        wanted = rank(self.edition, target)
        best = self._after([steps[-1] for steps in self.offers.values() if steps]).overall
        if best.grade is None or rank(self.edition, best.grade) > wanted:
            return Plan(target, False, best.grade, Fraction(0), (), self.now.overall, None)
        steps = _Search(self, wanted).steps()
        return Plan(
            target=target,
            reachable=True,
            best_grade=best.grade,
            effort_days=sum((step.effort_days for step in steps), Fraction(0)),
            steps=steps,
            before=self.now.overall,
            after=self._after(steps).overall,
        )

    def _after(self, steps: list[Step] | tuple[Step, ...]) -> Scorecard:
        lifts = {step.question_id: step.lift for step in steps}
        lifted = lifted_answers(self.edition, self.answers, self.as_of, lifts)
        return score(self.edition, lifted, self.as_of, self.now.survey)

    def curve(self) -> tuple[CurvePoint, ...]:
        """The best score for each effort, and from which effort each grade is in reach."""
        overall = self.now.overall
        if overall.score is None or overall.grade is None:
            return ()
        reached = {Fraction(0): overall.grade}
        for grade in reversed(self.edition.grades[: rank(self.edition, overall.grade)]):
            way = self.plan(grade.name)
            if way.reachable:
                reached[way.effort_days] = grade.name
        points, grade_now, best = [], overall.grade, Fraction(-1)
        for units, gain in enumerate(self._best_gains()):
            effort = Fraction(units, self.days)
            grade_now = reached.get(effort, grade_now)
            if gain > best or effort in reached:
                best = max(best, gain)
                points.append(CurvePoint(effort, overall.score + best, grade_now))
        return tuple(points)

    def _best_gains(self) -> list[Fraction]:
        """The most that can be gained, limits aside, with at most 0, 1, 2 … units of effort."""
        scale = lcm(*(worth.denominator for worth in self.worths.values()))
        unit = table_of(self.edition).unit
        best = [0]
        for question_id, steps in self.offers.items():
            mark = self.now.marks[question_id]
            worth = int(self.worths[mark.question.module_id] * scale) * mark.weight
            dearest = int(max((s.effort_days for s in steps), default=Fraction(0)) * self.days)
            before, best = best, best + [best[-1]] * dearest
            for step in steps:
                cost = int(step.effort_days * self.days)
                gain = worth * int((step.lifted - step.attainment) * unit)
                for spent, gained in enumerate(before):
                    best[spent + cost] = max(best[spent + cost], gained + gain)
            best = _rising(best)
        return [Fraction(gain, scale * unit) for gain in best]


def _rising(numbers: list[int]) -> list[int]:
    for position in range(1, len(numbers)):
        numbers[position] = max(numbers[position], numbers[position - 1])
    return numbers


class _Search:
    """The question put to the exact search, and its answer read back.

    The order of plans (effort, then number of questions, then catalogue order, then the smaller
    lift) is packed into one whole number that adds up, digit block by digit block: a plan is its
    own cost.
    """

    def __init__(self, planner: _Planner, wanted: int) -> None:
        self.planner, self.edition, self.wanted = planner, planner.edition, wanted
        self.unit = table_of(planner.edition).unit
        self.order = list(planner.offers)
        self.size = len(self.order)
        self.scale = lcm(*(worth.denominator for worth in planner.worths.values()))

    def steps(self) -> tuple[Step, ...]:
        """The lifts of the cheapest plan, in catalogue order."""
        blocks = [self._block(module_id) for module_id in self.planner.worths]
        cost = cheapest(blocks, self._need(), max(0, self._breaches_allowed()))
        if cost is None:
            raise AssertionError("a grade in reach has a plan")
        chosen = -cost % (1 << 2 * self.size)
        return tuple(
            steps[0] if chosen >> (self.size - 1 - i) & 1 else steps[-1]
            for i, steps in enumerate(self.planner.offers.values())
            if chosen >> (2 * self.size - 1 - i) & 1
        )

    def _need(self) -> int:
        """Gain in units of the search: to the score whose print is the grade's first."""
        grade, now = self.edition.grades[self.wanted], self.planner.now.overall.score
        if now is None or grade is self.edition.grades[-1]:
            return 0
        printed = -(-grade.at_least // PRINTED_STEP) * PRINTED_STEP
        need = (printed - PRINTED_STEP / 2 - now) * self.scale * self.unit
        return max(0, need.__ceil__())

    def _breaches_allowed(self) -> int:
        """How many red lines may stay breached; -1 where it does not matter."""
        rule = self.edition.limits.red_line
        if rank(self.edition, rule.grade) > self.wanted:
            return 0
        return rule.many - 1 if rank(self.edition, rule.grade_for_many) > self.wanted else -1

    def _block(self, module_id: str) -> Block:
        module = self.planner.now.module(module_id)
        floor, least = self.edition.limits.module_floor, 0
        if module.score is not None and rank(self.edition, floor.grade) > self.wanted:
            missing = (floor.below - module.score) / 100 * self.unit * module.weight_applicable
            least = max(0, missing.__ceil__())
        worth = self.planner.worths[module_id] * self.scale
        groups = tuple(
            self._group(position, self.planner.now.marks[question_id])
            for position, question_id in enumerate(self.order)
            if self.planner.now.marks[question_id].question.module_id == module_id
        )
        return Block(groups, least, int(worth))

    def _group(self, position: int, mark: Mark) -> tuple[Choice, ...]:
        """The choices of a question that the limits allow; the bound of a floor is strict."""
        floor = self._floor(mark)
        choices = []
        if mark.attainment >= floor:
            choices.append(Choice(0, 0, self._breach(mark, mark.attainment)))
        for smaller, step in enumerate(reversed(self.planner.offers[mark.question.id])):
            if step.lifted >= floor:
                gain = mark.weight * int((step.lifted - step.attainment) * self.unit)
                cost = self._cost(position, step, is_smaller=smaller > 0)
                choices.append(Choice(cost, gain, self._breach(mark, step.lifted)))
        return tuple(choices)

    def _cost(self, position: int, step: Step, *, is_smaller: bool) -> int:
        """Effort, one question, and the bits that name it (and its smaller lift)."""
        size = self.size
        effort = int(step.effort_days * self.planner.days)
        bit = 1 << (size - 1 - position)
        count = 1 << 2 * size
        return (effort * (size + 1) + 1) * count - (bit << size) - (bit if is_smaller else 0)

    def _floor(self, mark: Mark) -> Fraction:
        if mark.severity is not Severity.LEGAL_REQUIREMENT:
            return Fraction(0)
        floors = self.edition.limits.legal_floor
        strict = [f.below for f in floors if rank(self.edition, f.grade) > self.wanted]
        return max(strict, default=Fraction(0))

    def _breach(self, mark: Mark, attainment: Fraction) -> int:
        if self._breaches_allowed() < 0 or not mark.question.red_line:
            return 0
        return int(attainment < self.edition.limits.red_line.below)
