"""What must always hold, line by line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compliance.answers import Answer, Bundle, NotApplicable, survey
from compliance.catalogue import Edition, Kind, Remedy
from compliance.catalogue.condition import HasTrait
from compliance.language import Text, Texts
from compliance.scoring import (
    Lift,
    Scorecard,
    State,
    canonical_json,
    result_json,
    score,
    scorecard_json,
    what_if,
)
from compliance.scoring.grading import rank
from compliance.scoring.table import table_of
from tests.support.editions import (
    DAY,
    PROOF,
    REASON,
    a_module,
    a_question,
    an_edition,
    assessed,
    values,
)

Assessed = tuple[Edition, Mapping[str, Answer]]


def scores_of(card: Scorecard) -> list[Fraction | None]:
    """Every declared and supported score of a card, in one order."""
    holders = (card.overall, *card.modules, *card.elements)
    return [number for one in holders for number in (one.score, one.supported_score)]


def best_scores_of(card: Scorecard) -> list[Fraction | None]:
    return [one.best_score for one in (card.overall, *card.modules)]


@given(assessed())
def test_scores_are_bounded_and_ordered(drawn: Assessed) -> None:
    edition, answers = drawn

    overall = score(edition, answers, DAY).overall

    if overall.score is None:
        assert overall.grade is None
        return
    assert overall.supported_score is not None
    assert overall.best_score is not None
    assert 0 <= overall.supported_score <= overall.score <= overall.best_score <= 100
    assert overall.completion is not None
    assert 0 <= overall.completion <= 1
    assert overall.provisional is (overall.completion < 1)


@pytest.mark.parametrize(
    "answers", [{}, {"A-0": Answer(None, NotApplicable(REASON, accepted=True))}]
)
def test_nothing_applicable_gives_no_score_and_no_grade(answers: Mapping[str, Answer]) -> None:
    edition = an_edition(a_module("one", 10, *([a_question("A-0")] if answers else [])))

    overall = score(edition, answers, DAY).overall

    assert (overall.score, overall.grade, overall.completion, overall.limits) == (
        None,
        None,
        None,
        (),
    )


@given(assessed(claims=False), st.data())
def test_a_better_answer_never_lowers_anything(drawn: Assessed, data: st.DataObject) -> None:
    edition, answers = drawn
    row = data.draw(st.sampled_from(table_of(edition).rows))
    old = answers.get(row.question.id, Answer())
    before = score(edition, answers, DAY)
    value = data.draw(values(row.question))
    better = replace(
        old, value=value, evidence=data.draw(st.sampled_from([old.evidence, (PROOF,)]))
    )
    mark = before.marks[row.question.id]
    assume(row.scale.units(value, DAY) >= mark.attained)

    after = score(edition, {**answers, row.question.id: better}, DAY, before.survey)

    assert none_lower(scores_of(before), scores_of(after))
    if not mark.is_unanswered:  # an open question might still have become anything
        assert none_lower(best_scores_of(before), best_scores_of(after))
    assert before.overall.grade is not None
    assert after.overall.grade is not None
    assert rank(edition, after.overall.grade) <= rank(edition, before.overall.grade)


def none_lower(before: list[Fraction | None], after: list[Fraction | None]) -> bool:
    return all(
        old is None or (new is not None and new >= old)
        for old, new in zip(before, after, strict=True)
    )


@given(assessed(), st.data())
def test_an_accepted_claim_leaves_all_as_if_the_question_did_not_exist(
    drawn: Assessed, data: st.DataObject
) -> None:
    edition, answers = drawn
    gone = data.draw(st.sampled_from(edition.questions)).id
    claim = Answer(None, NotApplicable(REASON, accepted=True), "", (PROOF,))
    modules = [
        a_module(m.id, m.weight, *[q for q in m.questions if q.id != gone]) for m in edition.modules
    ]
    without = an_edition(*modules)

    claimed = score(edition, {**answers, gone: claim}, DAY)
    absent = score(without, {k: v for k, v in answers.items() if k != gone}, DAY)

    assert claimed.overall == absent.overall
    assert claimed.gaps == absent.gaps
    present = {m.id: m for m in absent.modules}
    for module in claimed.modules:
        expected = present.get(module.id)
        assert module.score == (expected.score if expected else None)
        assert module.applicable == (expected.applicable if expected else 0)
    assert [e.score for e in claimed.elements] == [e.score for e in absent.elements]


@given(assessed(), st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(drawn: Assessed, random: Random) -> None:
    edition, answers = drawn
    items = list(answers.items())
    random.shuffle(items)
    bundle = Bundle("ecl-icp", "2026.1", DAY, "Firm", "F", answers)
    shuffled = replace(bundle, answers=dict(items))

    first, second = (
        canonical_json(result_json(edition, one, score(edition, one.answers, DAY)))
        for one in (bundle, shuffled)
    )

    assert first == second


@given(assessed())
def test_the_order_of_modules_changes_no_number(drawn: Assessed) -> None:
    edition, answers = drawn
    reversed_edition = replace(edition, modules=edition.modules[::-1])

    one, other = score(edition, answers, DAY), score(reversed_edition, answers, DAY)

    assert one.overall.score == other.overall.score
    assert one.overall.supported_score == other.overall.supported_score
    assert one.overall.best_score == other.overall.best_score
    assert one.overall.grade == other.overall.grade
    assert {m.id: m for m in one.modules} == {m.id: m for m in other.modules}
    assert {g.question.id: g.gain for g in one.gaps} == {g.question.id: g.gain for g in other.gaps}


@given(assessed())
def test_gains_add_up(drawn: Assessed) -> None:
    edition, answers = drawn
    before = score(edition, answers, DAY)
    assume(before.overall.score is not None)

    after = what_if(edition, answers, DAY, {gap.question.id: Lift.TARGET for gap in before.gaps})

    assert before.overall.score is not None
    assert after.overall.score == before.overall.score + sum(gap.gain for gap in before.gaps)


@given(assessed())
def test_each_gain_is_what_lifting_that_question_alone_brings(drawn: Assessed) -> None:
    edition, answers = drawn
    before = score(edition, answers, DAY)

    for gap in before.gaps:
        after = what_if(edition, answers, DAY, {gap.question.id: Lift.TARGET})

        assert before.overall.score is not None
        assert after.overall.score is not None
        assert after.overall.score - before.overall.score == gap.gain
        assert after.marks[gap.question.id].attainment == gap.lifted


@given(assessed())
def test_lifting_every_gap_leaves_none(drawn: Assessed) -> None:
    edition, answers = drawn
    before = score(edition, answers, DAY)

    after = what_if(edition, answers, DAY, {gap.question.id: Lift.TARGET for gap in before.gaps})

    assert after.gaps == ()


@given(assessed(), st.data())
def test_wording_hidden_and_unscored_questions_change_no_score(
    drawn: Assessed, data: st.DataObject
) -> None:
    edition, answers = drawn
    other = Text("other words", "别的文字")
    hidden = a_question("Z-1", shown_when=HasTrait("nobody-has-it"), red_line=True)
    unscored = a_question("Z-2", Kind.NUMBER, scored=False, severity=None)
    modules = [
        a_module(
            module.id,
            module.weight,
            *[
                replace(q, prompt=other, why=other, help=other, remedy=reworded(q.remedy))
                for q in module.questions
            ],
            *([hidden, unscored] if position == 0 else []),
        )
        for position, module in enumerate(edition.modules)
    ]
    more = {**answers, "Z-1": Answer(data.draw(st.integers(0, 4))), "Z-2": Answer(7)}

    before, after = score(edition, answers, DAY), score(an_edition(*modules), more, DAY)

    ignored = {"not_shown": None}
    assert scorecard_json(after) | ignored == scorecard_json(before) | ignored


def reworded(remedy: Remedy | None) -> Remedy | None:
    return remedy and replace(remedy, action=Texts(("other",), ("别的",)))


@given(assessed(), st.data())
def test_what_if_equals_a_fresh_scoring_of_the_changed_answers(
    drawn: Assessed, data: st.DataObject
) -> None:
    edition, answers = drawn
    chosen = data.draw(st.lists(st.sampled_from(edition.questions), unique_by=lambda q: q.id))
    lifts = {q.id: data.draw(values(q)) for q in chosen}

    found = what_if(edition, answers, DAY, lifts)

    changed = {
        **answers,
        **{
            key: replace(answers.get(key, Answer()), value=value, not_applicable=None)
            for key, value in lifts.items()
        },
    }
    assert found == score(edition, changed, DAY)
    assert all(found.marks[key].state is State.ANSWERED for key in lifts)


@given(assessed())
def test_a_survey_in_hand_gives_the_same_score(drawn: Assessed) -> None:
    edition, answers = drawn

    held = score(edition, answers, DAY, survey(edition, answers, DAY))

    assert held == score(edition, answers, DAY)


@given(assessed())
def test_a_later_day_only_ages_dates(drawn: Assessed) -> None:
    edition, answers = drawn
    undated = {k: a for k, a in answers.items() if edition.question(k).kind is not Kind.DATE}

    later = score(edition, undated, DAY + timedelta(days=400))

    assert later.overall == score(edition, undated, DAY).overall
