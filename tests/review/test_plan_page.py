"""What if and the way to a grade, as a page: it says what a fresh scoring says."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from compliance.answers import Answer
from compliance.assessments import answers_of, find_assessment
from compliance.catalogue import load_edition
from compliance.database import firm_reading
from compliance.remediation import actions_of_firm
from compliance.scoring import (
    CurvePoint,
    Lift,
    effort_of,
    lifted_answers,
    plan,
    printed_score,
    score,
    what_if,
)
from compliance.web.plan import draw
from tests.review.conftest import EXPORTER

EDITION = load_edition("ecl-icp", "2026.1")
DAY = date(2026, 11, 24)


@pytest.fixture
def exporter(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("exporter@amber.example")


def test_ticks_give_what_a_fresh_scoring_gives(
    exporter: FlaskClient, engine: Engine, in_review: UUID
) -> None:
    with firm_reading(engine, EXPORTER.firm_id) as session:
        answers = answers_of(session, find_assessment(session, in_review))
    lifted = lifted_answers(EDITION, answers, DAY, {"LIC-01": Lift.TARGET, "LIC-19": Lift.FULL})
    fresh = score(EDITION, lifted, DAY).overall

    page = exporter.get(f"/assessments/{in_review}/plan/outcome?lift=LIC-01&lift=LIC-19:full").text

    assert fresh.score is not None
    assert f'<b class="num">{float(printed_score(fresh.score))}</b>' in page
    assert f">{fresh.grade}</span>" in page


def test_it_works_without_script(exporter: FlaskClient, in_review: UUID) -> None:
    answer = exporter.post(f"/assessments/{in_review}/plan", data={"lift": ["LIC-01"]})

    assert "1 remedy ticked" in answer.text
    assert 'value="LIC-01" id="lift-LIC-01" checked' in answer.text


def test_the_cheapest_way_is_ticked_and_goes_into_the_plan(
    exporter: FlaskClient, engine: Engine, in_review: UUID
) -> None:
    with firm_reading(engine, EXPORTER.firm_id) as session:
        answers = answers_of(session, find_assessment(session, in_review))
    way = plan(EDITION, answers, DAY, "D")
    wanted = [
        s.question_id if s.lift is Lift.TARGET else f"{s.question_id}:full" for s in way.steps
    ]

    page = exporter.get(f"/assessments/{in_review}/plan?target=D").text
    exporter.post(f"/assessments/{in_review}/remedies", data={"lift": wanted})

    assert all(f'value="{value}" id=' in page for value in wanted)
    with firm_reading(engine, EXPORTER.firm_id) as session:
        planned = {a.question_id: a.effort_days for a in actions_of_firm(session)}
    assert planned == {s.question_id: float(s.effort_days) for s in way.steps}


def test_a_grade_out_of_reach_is_said_in_words(
    exporter: FlaskClient, in_review: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from compliance.web import plan as page

    real = page.plan
    monkeypatch.setattr(
        page, "plan", lambda *a: replace(real(*a), reachable=False, best_grade="C", steps=())
    )

    answer = exporter.get(f"/assessments/{in_review}/plan?target=A")

    assert "Grade A cannot be reached" in answer.text
    assert "Even with every question at its best the grade would be C" in answer.text


@pytest.mark.parametrize("lift", ["NO-SUCH", "LIC-01:twice", "SCP-01"])
def test_what_can_not_be_lifted_is_refused(
    exporter: FlaskClient, in_review: UUID, lift: str
) -> None:
    answer = exporter.get(f"/assessments/{in_review}/plan/outcome?lift={lift}")

    assert answer.status_code == 422


def test_an_assessment_without_a_score_says_so(
    exporter: FlaskClient, an_assessment: Callable[..., UUID]
) -> None:
    assert exporter.get(f"/assessments/{an_assessment()}/plan?target=nonsense").status_code == 200


SCORED = [q for q in EDITION.questions if q.scored and q.remedy and q.levels]
LEVELS = st.dictionaries(
    st.sampled_from([q.id for q in SCORED]), st.integers(min_value=0, max_value=4), max_size=40
)


@settings(max_examples=40)
@given(
    levels=LEVELS,
    lifts=st.dictionaries(
        st.sampled_from([q.id for q in SCORED]), st.sampled_from(list(Lift)), max_size=12
    ),
)
def test_what_if_equals_a_fresh_scoring_of_the_changed_answers(
    levels: dict[str, int], lifts: dict[str, Lift]
) -> None:
    answers = {i: Answer(value=value) for i, value in levels.items()}

    foreseen = what_if(EDITION, answers, DAY, lifts)

    assert foreseen == score(EDITION, lifted_answers(EDITION, answers, DAY, lifts), DAY)


@settings(max_examples=15)
@given(levels=LEVELS, target=st.sampled_from(["A", "B", "C", "D"]))
def test_the_effort_of_a_plan_is_the_effort_of_its_lifts(
    levels: dict[str, int], target: str
) -> None:
    answers = {i: Answer(value=value) for i, value in levels.items()}
    now = score(EDITION, answers, DAY)

    way = plan(EDITION, answers, DAY, target)

    lifts = {step.question_id: step.lift for step in way.steps}
    assert effort_of(EDITION, now, lifts) == way.effort_days


def test_the_drawing_stays_on_its_canvas() -> None:
    from fractions import Fraction

    points = [
        CurvePoint(Fraction(0), Fraction(12), "E"),
        CurvePoint(Fraction(5, 2), Fraction(60), "D"),
        CurvePoint(Fraction(40), Fraction(100), "A"),
    ]

    curve = draw(points, EDITION)

    places = [tuple(map(float, pair.split(","))) for pair in curve.line.split()]
    assert all(0 <= x <= 720 and 0 <= y <= 210 for x, y in places)
    assert [one.grade for one in curve.reached] == ["D", "A"]
