"""The short path: fewer questions of the same edition, marked everywhere, and a way on."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.answers import parse_answer
from compliance.assessments import (
    Path,
    State,
    edition_of,
    find_assessment,
    load_standing,
    responses_of,
    save_answer,
    seal,
    snapshot_of,
    start_review,
)
from compliance.catalogue import Edition, crosswalk, load_edition
from compliance.database import firm_reading, firm_session
from compliance.identity import firm_of
from compliance.reports.forms import read_order
from compliance.scoring import plan, readiness, score, seen_through
from tests.support import cast

EXPORTER = cast.actor("exporter@amber.example")
OFFICER = cast.actor("officer@amber.example")
DAY = date(2026, 11, 24)


@pytest.fixture(params=["2026.1", "2026.2"])
def whole(request: pytest.FixtureRequest) -> Edition:
    return load_edition("ecl-icp", request.param)


@pytest.fixture
def core_run(filled: Callable[[Engine], UUID], app: Flask) -> UUID:
    """A core run that also holds answers beyond the core, as one that began in full would."""
    engine = app.extensions["engine"]
    made = filled(engine)
    with firm_session(engine, EXPORTER.firm_id) as session:
        find_assessment(session, made).path = Path.CORE
    return made


def test_core_holds_core_questions_and_what_speaks_of_them_alone(whole: Edition) -> None:
    core = whole.core

    assert [q.id for q in core.questions] == [q.id for q in whole.questions if q.core]
    assert {q.id for q in core.questions if q.red_line} == {
        q.id for q in whole.questions if q.red_line and q.core
    }
    assert all(core.has_question(name) for rule in core.contradictions for name in rule.questions)
    assert {m.id: m.weight for m in core.modules} == {m.id: m.weight for m in whole.modules}
    assert (core.digest, core.is_core, whole.is_core, core.core) == (
        whole.digest,
        True,
        False,
        core,
    )
    assert core != whole


def test_what_is_beyond_the_core_never_counts(whole: Edition) -> None:
    answers = {
        q.id: parse_answer(q, {"value": q.levels[3].value if q.levels else "yes"})
        for q in whole.questions
        if q.levels or q.kind == "yes_partial_no"
    }
    of_core = {name: answer for name, answer in answers.items() if whole.question(name).core}

    found = score(whole.core, answers, DAY)

    assert found == score(whole.core, of_core, DAY)
    assert found.overall.score is not None
    assert {m.id for m in found.modules} == {m.id for m in whole.modules if m.weight}
    assert seen_through(whole.core, found)
    assert crosswalk(whole.core)
    assert readiness(whole.core, answers, DAY).checks
    assert plan(whole.core, answers, DAY, "C").target == "C"


def test_pages_say_core_and_ask_core_only(
    core_run: UUID, client_of: Callable[[str], FlaskClient], app: Flask
) -> None:
    client = client_of("exporter@amber.example")
    pages = ("", "/results", "/applies", "/check", "/questions")

    texts = {page: client.get(f"/assessments/{core_run}{page}") for page in pages}

    assert {page: answer.status_code for page, answer in texts.items()} == dict.fromkeys(pages, 200)
    for page in ("", "/results"):
        assert "Core: the short path" in texts[page].get_data(as_text=True)
    for address in ("/", "/assessments", "/reports"):
        assert "core" in client.get(address).get_data(as_text=True)
    with firm_reading(app.extensions["engine"], EXPORTER.firm_id) as session:
        standing = load_standing(session, core_run, EXPORTER)
    assert standing.edition.is_core
    assert all(question.core for question in standing.asked)
    beyond = next(q for q in load_edition("ecl-icp", "2026.1").questions if not q.core)
    assert client.get(f"/assessments/{core_run}/questions/{beyond.id}").status_code == 404


def test_going_on_in_full_loses_no_answer(
    core_run: UUID, client_of: Callable[[str], FlaskClient], app: Flask, now: datetime
) -> None:
    engine = app.extensions["engine"]
    with firm_session(engine, EXPORTER.firm_id) as session:
        before = {i: r.value for i, r in responses_of(session, core_run).items()}

    answered = client_of("exporter@amber.example").post(f"/assessments/{core_run}/full")

    assert answered.status_code == 302
    with firm_session(engine, EXPORTER.firm_id) as session:
        assessment = find_assessment(session, core_run)
        assert (assessment.path, edition_of(assessment).is_core) == (Path.FULL, False)
        assert {i: r.value for i, r in responses_of(session, core_run).items()} == before
        question = load_edition("ecl-icp", "2026.1").question("CL-01")
        save_answer(
            session,
            EXPORTER,
            assessment,
            question.id,
            parse_answer(question, {"value": 4}),
            base_version=1,
            now=now,
        )


def test_the_bundle_of_a_core_run_is_a_full_one(
    core_run: UUID, client_of: Callable[[str], FlaskClient]
) -> None:
    client = client_of("exporter@amber.example")

    short = client.get(f"/assessments/{core_run}/bundle.json").get_json()
    client.post(f"/assessments/{core_run}/full")

    assert short == client.get(f"/assessments/{core_run}/bundle.json").get_json()
    assert "path" not in short


def test_a_sealed_core_result_says_core(core_run: UUID, app: Flask, now: datetime) -> None:
    engine = app.extensions["engine"]
    firm = firm_of(engine, EXPORTER.firm_id)
    with firm_session(engine, EXPORTER.firm_id) as session:
        assessment = find_assessment(session, core_run)
        assessment.state = State.SUBMITTED
        start_review(session, OFFICER, assessment, now=now)
        seal(session, OFFICER, assessment, firm, now=now)

    with firm_reading(engine, EXPORTER.firm_id) as session:
        content = snapshot_of(session, core_run).content

    assert content["result"]["path"] == "core"
    core = load_edition("ecl-icp", "2026.1").core
    listed = {gap["question"] for gap in content["result"]["gaps"]}
    assert all(core.has_question(name) for name in listed)


def test_a_report_of_a_core_run_is_made_of_the_core(
    core_run: UUID, client_of: Callable[[str], FlaskClient]
) -> None:
    client = client_of("exporter@amber.example")
    bundle = client.get(f"/assessments/{core_run}/bundle.json").get_json()

    wanted = read_order({"bundle": bundle, "path": "core"})

    assert wanted.edition.is_core
    assert wanted.result["path"] == "core"
