"""Two sealed results beside each other: what rose, fell, is new, is no longer asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from compliance.answers import Answer, Bundle, NotApplicable, bundle_json
from compliance.assessments import Course, compare
from compliance.catalogue import editions, load_edition, migration
from compliance.scoring import result_json, score
from tests.review.conftest import an_assessment

__all__ = ["an_assessment"]
DAY = date(2026, 11, 24)
SCOPE = {"SCP-01": Answer(value=("manufacturer",)), "SCP-04": Answer(value=("sale",))}
EDITION = load_edition("ecl-icp", "2026.1")
LEVELS = [q.id for q in EDITION.questions if q.levels and q.scored]


@dataclass(frozen=True)
class ASnapshot:
    """What comparing reads of a snapshot."""

    content: dict[str, Any]
    version: str = "2026.1"
    as_of: date = DAY
    questionnaire_id: str = "ecl-icp"


def sealed(answers: dict[str, Answer], version: str = "2026.1") -> ASnapshot:
    bundle = Bundle("ecl-icp", version, DAY, "Amber", "AMBER", {**SCOPE, **answers})
    return ASnapshot({"bundle": bundle_json(bundle)}, version)


def courses(before: ASnapshot, after: ASnapshot) -> dict[str, Course]:
    return {line.question.id: line.movement for line in compare(before, after).lines}


def test_levels_rise_and_fall() -> None:
    before = sealed({"LIC-01": Answer(value=1), "LIC-19": Answer(value=3)})
    after = sealed({"LIC-01": Answer(value=4), "LIC-19": Answer(value=0)})

    found = courses(before, after)

    assert found["LIC-01"] is Course.ROSE
    assert found["LIC-19"] is Course.FELL
    assert {found[i] for i in found.keys() - {"LIC-01", "LIC-19"}} == {Course.SAME}


def test_a_change_of_scope_asks_more_and_less() -> None:
    """A manufacturer that also does research is asked about technology."""
    goods = sealed({})
    technology = sealed({"SCP-01": Answer(value=("manufacturer", "research"))})

    assert Course.NEW in set(courses(goods, technology).values())
    assert Course.NO_LONGER_ASKED in set(courses(technology, goods).values())


def test_what_no_longer_applies_is_no_longer_asked() -> None:
    claim = NotApplicable("We have had no items of this kind for years.", accepted=True)
    before = sealed({"CL-16": Answer(value=2)})
    after = sealed({"CL-16": Answer(not_applicable=claim)})

    assert courses(before, after)["CL-16"] is Course.NO_LONGER_ASKED
    assert courses(after, before)["CL-16"] is Course.NEW


def test_module_scores_are_those_that_were_sealed() -> None:
    one = sealed({"LIC-01": Answer(value=2)})
    bundle = Bundle(
        "ecl-icp", "2026.1", DAY, "Amber", "AMBER", {**SCOPE, "LIC-01": Answer(value=2)}
    )
    told = result_json(EDITION, bundle, score(EDITION, bundle.answers, DAY))

    found = {i: now for i, _then, now in compare(one, one).modules()}

    modules: Any = told["modules"]
    for module in modules:
        number = found[module["id"]]
        assert (None if number is None else round(float(number), 1)) == module["score"]


@settings(max_examples=25)
@given(levels=st.dictionaries(st.sampled_from(LEVELS), st.integers(0, 4), max_size=30))
def test_a_result_beside_itself_has_not_moved(levels: dict[str, int]) -> None:
    one = sealed({i: Answer(value=v) for i, v in levels.items()})

    assert set(courses(one, one).values()) <= {Course.SAME}


@settings(max_examples=25)
@given(
    before=st.dictionaries(st.sampled_from(LEVELS), st.integers(0, 4), max_size=20),
    after=st.dictionaries(st.sampled_from(LEVELS), st.integers(0, 4), max_size=20),
)
def test_turned_round_what_rose_has_fallen(before: dict[str, int], after: dict[str, int]) -> None:
    turned = {
        Course.ROSE: Course.FELL,
        Course.FELL: Course.ROSE,
        Course.SAME: Course.SAME,
        Course.NEW: Course.NO_LONGER_ASKED,
        Course.NO_LONGER_ASKED: Course.NEW,
    }
    one = sealed({i: Answer(value=v) for i, v in before.items()})
    other = sealed({i: Answer(value=v) for i, v in after.items()})

    there, back = courses(one, other), courses(other, one)

    assert {i: turned[course] for i, course in there.items()} == back


@pytest.mark.parametrize("version", [name.version for name in editions("ecl-icp")])
def test_every_question_appears_once_across_editions(version: str) -> None:
    newer = load_edition("ecl-icp", version)
    shared = {i: Answer(value=2) for i in LEVELS if newer.has_question(i)}

    found = compare(sealed(shared), sealed(shared, version))

    steps = migration(EDITION, newer).steps
    moved = {step.after: step.before for step in steps if step.after and step.before}
    befores = [line.before.id for line in found.lines if line.before]
    afters = [line.after.id for line in found.lines if line.after]
    assert len(set(befores)) == len(befores)
    assert len(set(afters)) == len(afters)
    assert set(afters) == set(found.after.card.marks)
    for line in found.lines:
        if line.before and line.after:
            assert moved[line.after.id] == line.before.id


def test_the_page_compares_sealed_results_of_the_firm(
    client_of: Callable[[str], FlaskClient],
    engine: Engine,
    an_assessment: Callable[..., Any],
) -> None:
    officer = client_of("officer@amber.example")
    first, second = an_assessment(day=1), an_assessment(day=24)

    alone = officer.get("/comparison").text
    for one in (first, second):
        officer.post(f"/review/{one}/seal")
    both = officer.get(f"/comparison?earlier={first}&later={second}").text

    assert "Two sealed results are needed" in alone
    assert "Unchanged" in both
    assert officer.get(f"/comparison?earlier={uuid4()}").status_code == 404
    stranger = client_of("officer@borealis.example")
    assert stranger.get(f"/comparison?earlier={first}").status_code == 404
