"""The plan is exact: compared with every plan there is, on small editions."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.answers import Answer
from compliance.catalogue import Edition, Kind, Question, Remedy, load_edition
from compliance.language import Texts
from compliance.scoring import Lift, plan, plan_curve, score, what_if
from compliance.scoring.grading import rank
from compliance.scoring.plan import Step, _Planner
from tests.support.editions import DAY, LEGAL, a_module, a_question, an_edition, assessed

Assessed = tuple[Edition, Mapping[str, Answer]]


def every_plan(edition: Edition, answers: Mapping[str, Answer]) -> Iterator[tuple[Step, ...]]:
    """All combinations of lifts, in no order."""
    offers = [(None, *steps) for steps in _Planner(edition, answers, DAY).offers.values()]
    for chosen in product(*offers):
        yield tuple(step for step in chosen if step is not None)


def order(edition: Edition, steps: tuple[Step, ...]) -> tuple[object, ...]:
    """Effort, number of questions, catalogue order, the smaller lift first."""
    place = {question.id: position for position, question in enumerate(edition.questions)}
    return (
        sum((step.effort_days for step in steps), Fraction(0)),
        len(steps),
        [place[step.question_id] for step in steps],
        [step.lift is Lift.FULL for step in steps],
    )


@settings(max_examples=60)
@given(assessed(modules=2, most=3), st.sampled_from("ABCDE"))
def test_the_plan_equals_brute_force(drawn: Assessed, target: str) -> None:
    edition, answers = drawn
    reaching = []
    for steps in every_plan(edition, answers):
        grade = what_if(edition, answers, DAY, {s.question_id: s.lift for s in steps}).overall.grade
        if grade is not None and rank(edition, grade) <= rank(edition, target):
            reaching.append(steps)

    found = plan(edition, answers, DAY, target)

    assert found.reachable is bool(reaching)
    if reaching:
        assert found.steps == min(reaching, key=lambda steps: order(edition, steps))
        assert found.after is not None
        assert found.after.grade is not None
        assert rank(edition, found.after.grade) <= rank(edition, target)


@settings(max_examples=30)
@given(assessed(modules=2, most=3))
def test_the_curve_is_the_best_that_each_effort_buys(drawn: Assessed) -> None:
    edition, answers = drawn
    cards = [
        (
            sum((step.effort_days for step in steps), Fraction(0)),
            what_if(edition, answers, DAY, {s.question_id: s.lift for s in steps}).overall,
        )
        for steps in every_plan(edition, answers)
    ]

    curve = plan_curve(edition, answers, DAY)

    for point in curve:
        within = [overall for effort, overall in cards if effort <= point.effort_days]
        assert point.score == max(o.score for o in within if o.score is not None)
        assert point.grade == min(o.grade for o in within if o.grade is not None)
    assert [p.effort_days for p in curve] == sorted({p.effort_days for p in curve})


def test_a_grade_out_of_reach_names_the_best_there_is() -> None:
    beyond = a_question("A-1", severity=LEGAL, red_line=True, remedy=None)
    edition = an_edition(a_module("one", 10, beyond, a_question("A-2")))

    found = plan(edition, {}, DAY, "A")

    assert (found.reachable, found.best_grade, found.steps, found.after) == (False, "D", (), None)


def test_a_grade_that_is_there_needs_nothing() -> None:
    edition = an_edition(a_module("one", 10, a_question("A-1")))

    found = plan(edition, {"A-1": Answer(4)}, DAY, "B")

    assert (found.reachable, found.effort_days, found.steps) == (True, 0, ())


def test_a_question_at_its_target_goes_to_full_for_its_plain_effort() -> None:
    at_target = a_question("A-1", remedy=Remedy(Texts(("do",), ("做",)), Fraction(7, 2)))
    edition = an_edition(a_module("one", 10, at_target))

    found = plan(edition, {"A-1": Answer(3)}, DAY, "A")

    assert [(step.lift, step.effort_days) for step in found.steps] == [(Lift.FULL, Fraction(7, 2))]


def test_a_question_below_its_target_goes_to_full_for_twice_its_effort() -> None:
    edition = an_edition(a_module("one", 10, a_question("A-1")))

    found = plan(edition, {}, DAY, "A")

    assert [(step.lift, step.effort_days) for step in found.steps] == [(Lift.FULL, 6)]


def test_ties_take_fewer_questions_then_the_earlier() -> None:
    def costing(question_id: str, days: int) -> Question:
        remedy = Remedy(Texts(("do",), ("做",)), Fraction(days))
        return a_question(question_id, Kind.YES_PARTIAL_NO, remedy=remedy)

    questions = [costing("A-1", 1), costing("A-2", 2), costing("A-3", 3), costing("A-4", 3)]
    edition = an_edition(a_module("one", 10, *questions, costing("A-5", 9)))
    answers = {"A-5": Answer("yes")}  # 20 of 100; one more question brings 40, grade D

    found = plan(edition, answers, DAY, "D")

    assert [step.question_id for step in found.steps] == ["A-1"]
    dearer = plan(edition, {**answers, "A-1": Answer("yes"), "A-2": Answer("yes")}, DAY, "B")
    assert [step.question_id for step in dearer.steps] == ["A-3"]


@pytest.mark.parametrize("target", list("DCBA"))
def test_a_firm_that_has_answered_nothing_but_its_scope_gets_a_plan(target: str) -> None:
    edition = load_edition()
    answers = {
        "SCP-01": Answer(("manufacturer", "software", "forwarder", "importer")),
        "SCP-04": Answer(("sale", "exhibition", "repair")),
        "SCP-03": Answer("yes"),
        "SCP-12": Answer(("individual", "general")),
    }
    assert score(edition, answers, DAY).overall.grade == "E"

    found = plan(edition, answers, DAY, target)

    assert found.after is not None
    assert found.after.grade == target
