"""The report as a value."""

from datetime import timedelta
from fractions import Fraction

import pytest

from compliance.reports import ResultMismatchError, compose, differences, snapshot_digest
from compliance.reports.compose import WAVE_DAYS
from compliance.reports.extras import Extras, Review, read_extras
from compliance.reports.gap_report import Standing
from tests.reports import samples


def test_the_same_input_gives_equal_reports() -> None:
    bundle = samples.full()
    extras = samples.extras(bundle)

    one = compose(samples.edition(), bundle, samples.result_of(bundle), extras)
    other = compose(samples.edition(), bundle, samples.result_of(bundle), extras)

    assert one == other


def test_a_result_of_other_answers_is_refused() -> None:
    result = samples.result_of(samples.typical())

    with pytest.raises(ResultMismatchError, match=r"overall\.score"):
        compose(samples.edition(), samples.perfect(), result)


def test_every_question_is_either_asked_or_explained() -> None:
    bundle = samples.typical()

    report = compose(samples.edition(), bundle, samples.result_of(bundle))

    asked = set(report.line_by_id)
    left = {one.question.id for one in report.omissions}
    assert asked | left == {question.id for question in samples.edition().questions}
    assert not asked & left
    assert all(one.not_in_force or one.depends_on for one in report.omissions)


def test_each_wave_ends_at_the_score_that_its_gaps_give() -> None:
    bundle = samples.typical()

    report = compose(samples.edition(), bundle, samples.result_of(bundle))

    score = report.scorecard.overall.score or Fraction(0)
    assert report.waves[-1].score_after == score + sum(one.gap.gain for one in report.gaps)
    assert [w.by - bundle.as_of for w in report.waves] == [
        timedelta(days=WAVE_DAYS[w.priority]) for w in report.waves
    ]


def test_the_arithmetic_of_the_modules_gives_their_scores() -> None:
    bundle = samples.typical()

    report = compose(samples.edition(), bundle, samples.result_of(bundle))

    for chapter in report.chapters:
        if chapter.score and chapter.score.score is not None:
            reachable = chapter.score.weight_applicable
            assert 100 * chapter.weighted / reachable == chapter.score.score


def test_an_unaccepted_claim_is_told_apart() -> None:
    bundle = samples.full()

    report = compose(samples.edition(), bundle, samples.result_of(bundle))

    assert any(line.standing is Standing.CLAIM_OPEN for line in report.not_applicable)


def test_the_digest_covers_what_the_reviewer_said() -> None:
    bundle = samples.typical()
    result = samples.result_of(bundle)

    plain = snapshot_digest(bundle, result)

    assert plain == snapshot_digest(bundle, result, Extras())
    assert plain != snapshot_digest(bundle, result, Extras(reviews={"LIC-01": Review("accepted")}))


def test_extras_come_back_from_their_json() -> None:
    extras = samples.extras(samples.typical())

    assert read_extras(extras.as_json()) == extras


def test_differences_name_the_path_and_ignore_what_only_one_side_has() -> None:
    given = {"a": [1, {"b": 2}], "old": 1}

    assert differences(given, {"a": [1, {"b": 3}], "new": 1}) == ("a[1].b",)
    assert differences(given, {"a": [1, {"b": 2}]}) == ()
