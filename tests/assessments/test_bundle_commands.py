"""`flask assessment import` and `export`: answers in and out of the database, round and round."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from compliance.answers import parse_bundle
from compliance.assessments import Assessment, Response, find_assessment, history_of, responses_of
from compliance.catalogue import load_edition
from compliance.database import all_firms_reading, firm_reading
from compliance.scoring import result_json, score
from tests.support.cast import firm_id

DEMO = Path(__file__).parents[2] / "questionnaires" / "demo" / "current.json"
Write = Callable[[dict[str, Any]], str]


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: dict[str, Any]) -> str:
        path = tmp_path / "bundle.json"
        path.write_text(json.dumps(content), "utf-8")
        return str(path)

    return written


def a_bundle(**answers: Any) -> dict[str, Any]:
    return {
        "format": "ecl-self-assessment/answers",
        "format_version": 1,
        "questionnaire": {"id": "ecl-icp", "version": "2026.2"},
        "as_of": "2026-11-24",
        "firm": {"name": "Amber", "reference": "AMBER"},
        "answers": answers,
    }


def result_of(raw: bytes) -> dict[str, Any]:
    bundle = parse_bundle(raw)
    edition = load_edition(bundle.questionnaire_id, bundle.version)
    result: dict[str, Any] = result_json(
        edition, bundle, score(edition, bundle.answers, bundle.as_of)
    )
    return result


def rows(app: Flask) -> tuple[int, int]:
    with all_firms_reading(app.extensions["engine"], reason="a test counts") as session:
        assessments = session.scalars(select(func.count(Assessment.id))).one()
        return assessments, session.scalars(select(func.count(Response.id))).one()


def test_import_prints_the_id_of_a_new_assessment(app: Flask, runner: FlaskCliRunner) -> None:
    ran = runner.invoke(args=["assessment", "import", str(DEMO), "--firm", "AMBER"])

    assert ran.exit_code == 0, ran.output
    made = UUID(ran.stdout.strip())
    with firm_reading(app.extensions["engine"], firm_id("amber")) as session:
        assessment = find_assessment(session, made)
        assert (assessment.version, str(assessment.as_of)) == ("2026.1", "2026-11-24")
        assert len(responses_of(session, made)) == len(json.loads(DEMO.read_bytes())["answers"])
        (entry,) = history_of(session, made, "CL-01")
        assert (entry.cause, entry.person_name) == ("import", "command line")


def test_export_gives_the_same_result_again_and_again(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"

    made = runner.invoke(args=["assessment", "import", str(DEMO), "--firm", "AMBER"]).stdout
    runner.invoke(args=["assessment", "export", made.strip(), "-o", str(first)])
    again = runner.invoke(args=["assessment", "import", str(first), "--firm", "AMBER"]).stdout
    runner.invoke(args=["assessment", "export", again.strip(), "-o", str(second)])

    assert made != again
    assert first.read_bytes() == second.read_bytes()
    result, of_export = result_of(DEMO.read_bytes()), result_of(first.read_bytes())
    for part in (result, of_export):
        del part["input_digest"]  # the firm's own name and reference stand in the export
    assert of_export == result


def test_export_writes_every_kind_of_answer(runner: FlaskCliRunner, write: Write) -> None:
    evidence = {"title": "Register", "reference": "DMS 1", "sha256": None}
    answers = {
        "SCP-04": {"value": ["gift", "sale"]},
        "CL-01": {"value": 3, "comment": "See “annex”\n第二行", "evidence": [evidence]},
        "CL-02": {"value": "unknown"},
        "EU-01": {"comment": "To be asked."},
        "EU-02": {"evidence": [evidence]},
        "CA-03": {"not_applicable": {"reason": "We never had such a notice.", "accepted": True}},
    }
    known = {q.id for q in load_edition("ecl-icp", "2026.2").questions}
    assert set(answers) <= known

    made = runner.invoke(args=["assessment", "import", write(a_bundle(**answers)), "--firm=AMBER"])
    assert made.exit_code == 0, made.output
    out = runner.invoke(args=["assessment", "export", made.stdout.strip()])

    written = parse_bundle(out.stdout_bytes).answers
    assert written == parse_bundle(json.dumps(a_bundle(**answers)).encode()).answers


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--firm", "NOBODY"], "--firm"),
        (["--firm", "AMBER", "--title", " "], "--title"),
        ([], "--firm"),
    ],
)
def test_bad_usage_ends_with_2_and_writes_nothing(
    app: Flask, runner: FlaskCliRunner, arguments: list[str], told: str
) -> None:
    before = rows(app)

    ran = runner.invoke(args=["assessment", "import", str(DEMO), *arguments])

    assert ran.exit_code == 2
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert rows(app) == before


def test_each_fault_of_a_bundle_is_told_and_nothing_written(
    app: Flask, runner: FlaskCliRunner, write: Write
) -> None:
    before = rows(app)
    file = write(a_bundle(**{"CL-01": {"value": 9}, "CL-99": {"value": 1}, "CL-02": None}))

    ran = runner.invoke(args=["assessment", "import", file, "--firm", "AMBER"])

    lines = ran.stderr.strip().splitlines()
    assert ran.exit_code == 2
    assert len(lines) == 3
    assert all(line.startswith(file) for line in lines)
    assert rows(app) == before


@pytest.mark.parametrize(
    "answer",
    [
        {"value": 2, "evidence": [{"title": "a", "reference": "b", "sha256": None}] * 2},
        {"value": 2, "comment": "nul \u0000 here"},
        {"value": 2, "comment": "half \ud800 a character"},
        {"value": 2, "evidence": [{"title": "half \ud800", "reference": "", "sha256": None}]},
    ],
    ids=["the same evidence twice", "nul", "lone surrogate", "lone surrogate in evidence"],
)
def test_odd_text_is_taken_or_refused_but_never_breaks(
    app: Flask, runner: FlaskCliRunner, write: Write, answer: dict[str, Any]
) -> None:
    before = rows(app)

    ran = runner.invoke(
        args=["assessment", "import", write(a_bundle(**{"CL-01": answer})), "--firm", "AMBER"]
    )

    assert ran.exit_code in (0, 2), ran.output
    if ran.exit_code:
        assert "CL-01" in ran.stderr
        assert rows(app) == before
    else:
        assert rows(app) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("wanted", ["no-id", "00000000-0000-0000-0000-000000000000"])
def test_export_of_what_does_not_exist_ends_with_2(
    runner: FlaskCliRunner, tmp_path: Path, wanted: str
) -> None:
    target = tmp_path / "out.json"

    ran = runner.invoke(args=["assessment", "export", wanted, "-o", str(target)])

    assert ran.exit_code == 2
    assert "the id of an assessment here" in ran.stderr
    assert not target.exists()
