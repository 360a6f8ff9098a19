"""The JSON API: what it gives, what it refuses, and that it sees one firm."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from compliance.answers import parse_bundle
from compliance.clock import now as clock_now
from compliance.database import shared_session
from compliance.identity import api_tokens_of, issue_api_token, revoke_api_token
from compliance.settings import ROOT
from compliance.worker import run_one
from tests.support import cast

DEMO = (ROOT / "questionnaires" / "demo" / "current.json").read_bytes()
FACTS = {
    "format": "ecl-self-assessment/transaction",
    "format_version": 1,
    "as_of": "2026-11-24",
    "activity": "export",
    "item": {
        "description": "",
        "listed": "yes",
        "list_code": "",
        "family": "dual_use",
        "temporarily_controlled": "no",
        "export_prohibited": "no",
    },
    "destination": "XX",
    "destination_prohibited": "no",
    "knows": {
        "endangers_national_security": "no",
        "wmd_use": "no",
        "terrorist_use": "no",
        "notified_by_authority": "no",
    },
    "parties": [{"role": "end_user", "name": "", "list_hit": "none"}],
    "end_use_documents": "complete",
    "end_use_changed": "no",
    "documents_forged_or_lapsed": "no",
    "red_flags": [],
    "licence": {"kind": "none", "covers_this_export": "no"},
    "registration_case": "none",
}


class Program:
    """A program with the token of one person."""

    def __init__(self, app: Flask, token: str) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return self.client.open(
            f"/api/v1{path}",
            method=method,
            data=data,
            headers={**self.headers, **headers},
            content_type="application/json",
        )


@pytest.fixture
def program(app: Flask, engine: Engine) -> Callable[[str], Program]:
    def of(email: str) -> Program:
        with shared_session(engine) as session:
            token = issue_api_token(session, cast.actor(email), "test", now=clock_now())
        return Program(app, token)

    return of


@pytest.fixture
def exporter(program: Callable[[str], Program]) -> Program:
    return program("exporter@amber.example")


@pytest.fixture
def assessment(exporter: Program) -> str:
    made = exporter.call("POST", "/assessments/bundle", DEMO)
    assert made.status_code == 201, made.text
    found: str = made.json["id"]
    assert made.headers["Location"] == f"/api/v1/assessments/{found}"
    return found


def test_a_bundle_goes_in_and_comes_out_the_same(exporter: Program, assessment: str) -> None:
    out = exporter.call("GET", f"/assessments/{assessment}/bundle")

    assert parse_bundle(out.data).answers == parse_bundle(DEMO).answers


def test_the_result_is_that_of_the_bundle(exporter: Program, assessment: str) -> None:
    result = exporter.call("GET", f"/assessments/{assessment}/result").json

    assert result["format"] == "ecl-self-assessment/result"
    assert result["overall"]["grade"] == "D"


def test_an_assessment_is_started_and_listed(exporter: Program) -> None:
    made = exporter.call("POST", "/assessments", {"title": "2027", "version": "2026.1"})

    listed = exporter.call("GET", "/assessments").json["assessments"]

    assert made.status_code == 201
    assert [(one["title"], one["state"]) for one in listed] == [("2027", "draft")]


def test_an_answer_is_written_with_the_version_seen(exporter: Program, assessment: str) -> None:
    path = f"/assessments/{assessment}/answers/LIC-01"
    seen = exporter.call("GET", path)

    kept = exporter.call("PUT", path, {"value": 3}, **{"If-Match": seen.headers["ETag"]})

    assert kept.status_code == 200
    assert (kept.json["version"], kept.json["answer"]["value"]) == (seen.json["version"] + 1, 3)
    assert kept.headers["ETag"] == f'"{kept.json["version"]}"'


def test_a_stale_write_gets_the_current_answer(exporter: Program, assessment: str) -> None:
    path = f"/assessments/{assessment}/answers/LIC-01"
    exporter.call("PUT", path, {"value": 3}, **{"If-Match": '"1"'})

    refused = exporter.call("PUT", path, {"value": 4}, **{"If-Match": '"1"'})

    assert refused.status_code == 412
    assert refused.mimetype == "application/problem+json"
    assert refused.json["current"]["answer"]["value"] == 3


def test_the_same_write_again_is_a_success(exporter: Program, assessment: str) -> None:
    path = f"/assessments/{assessment}/answers/LIC-01"
    first = exporter.call("PUT", path, {"value": 3}, **{"If-Match": '"1"'})

    again = exporter.call("PUT", path, {"value": 3}, **{"If-Match": '"1"'})

    assert (again.status_code, again.json["version"]) == (200, first.json["version"])


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, {"value": 3}, 428),
        ({"If-Match": "soup"}, {"value": 3}, 412),
        ({"If-Match": '"1"'}, {"value": True}, 422),
        ({"If-Match": '"1"'}, {"value": 3, "role": "officer"}, 422),
        ({"If-Match": '"1"'}, b"{", 400),
        ({"If-Match": '"1"'}, [], 422),
    ],
    ids=["no version", "no number", "wrong kind", "unknown field", "no JSON", "no object"],
)
def test_bad_writes_are_refused(
    exporter: Program, assessment: str, headers: dict[str, str], body: Any, status: int
) -> None:
    path = f"/assessments/{assessment}/answers/LIC-01"

    refused = exporter.call("PUT", path, body, **headers)

    assert refused.status_code == status
    assert refused.json["status"] == status
    assert exporter.call("GET", path).json["version"] == 1


def test_a_bundle_with_faults_names_each(exporter: Program) -> None:
    bad = DEMO.replace(b'"as_of": "20', b'"as_of": "soup')

    refused = exporter.call("POST", "/assessments/bundle", bad)

    assert refused.status_code == 422
    assert refused.json["faults"][0]["path"] == "as_of"
    assert exporter.call("GET", "/assessments").json["assessments"] == []


@pytest.mark.parametrize("path", ["", "/bundle", "/result", "/answers", "/answers/LIC-01"])
def test_another_firms_assessment_does_not_exist(
    program: Callable[[str], Program], assessment: str, path: str
) -> None:
    stranger = program("exporter@borealis.example")

    theirs = stranger.call("GET", f"/assessments/{assessment}{path}")
    nobodys = stranger.call("GET", f"/assessments/{uuid4()}{path}")

    assert (theirs.status_code, theirs.data) == (404, nobodys.data)


def test_another_firm_writes_and_orders_nothing(
    program: Callable[[str], Program], assessment: str
) -> None:
    stranger = program("exporter@borealis.example")
    path = f"/assessments/{assessment}"

    put = stranger.call("PUT", f"{path}/answers/LIC-01", {"value": 0}, **{"If-Match": '"1"'})
    order = stranger.call("POST", f"{path}/reports", {})

    assert (put.status_code, order.status_code) == (404, 404)


@pytest.mark.parametrize(
    ("email", "status"),
    [("reader@amber.example", 403), ("trainer@amber.example", 403), ("officer@amber.example", 200)],
)
def test_roles_hold_for_programs_too(
    program: Callable[[str], Program], assessment: str, email: str, status: int
) -> None:
    path = f"/assessments/{assessment}/answers/LIC-01"

    answer = program(email).call("PUT", path, {"value": 3}, **{"If-Match": '"1"'})

    assert answer.status_code == status


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer soup", "Basic YTpi"])
def test_without_a_valid_token_nothing_is_told(app: Flask, given: str) -> None:
    answer = app.test_client().get("/api/v1/assessments", headers={"Authorization": given})

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_revoked_token_is_dead(
    program: Callable[[str], Program], engine: Engine, now: datetime
) -> None:
    officer = program("officer@amber.example")
    person = cast.actor("officer@amber.example").person_id
    with shared_session(engine) as session:
        (token,) = api_tokens_of(session, person, now=clock_now())
        assert revoke_api_token(session, person, token.id, now=now)

    assert officer.call("GET", "/assessments").status_code == 401


def test_a_signed_in_browser_is_no_program(client_of: Callable[[str], FlaskClient]) -> None:
    client = client_of("officer@amber.example")

    assert client.get("/api/v1/assessments").status_code == 401


def test_a_transaction_is_judged(exporter: Program) -> None:
    judged = exporter.call("POST", "/determinations", FACTS).json
    refused = exporter.call("POST", "/determinations", {**FACTS, "activity": "soup"})

    assert judged["outcome"] == "licence_required"
    assert refused.status_code == 422
    assert refused.json["faults"][0]["path"] == "activity"


def test_names_are_screened_against_the_lists_in_use(exporter: Program, tmp_path: Path) -> None:
    without = exporter.call("POST", "/screenings", {"names": ["Quill & Tern Trading"]})
    lists = tmp_path / "list.csv"
    lists.write_text(
        "name,name_zh,aliases,country,reference,listed_on,delisted_on\n"
        "Quill & Tern Trading,鹅毛笔贸易,,XX,R-1,2025-01-01,\n",
        encoding="utf-8",
    )
    command = f"lists import {lists} --list DEMO --kind watch --as-of 2026-01-01"
    with exporter.app.app_context():
        done = exporter.app.test_cli_runner().invoke(args=command.split())
    assert done.exit_code == 0, done.output

    names = ["QUILL and TERN Trading Co., Ltd.", "Harbour Bakery"]
    found = exporter.call("POST", "/screenings", {"names": names}).json

    assert without.status_code == 409
    assert [one["verdict"] for one in found["results"]] == ["hit", "clear"]
    assert found["results"][0]["matches"][0]["reference"] == "R-1"


@pytest.mark.parametrize(
    "body", [{}, {"names": []}, {"names": [1]}, {"names": ["x"], "as_of": "soup"}]
)
def test_bad_screenings_are_refused(exporter: Program, body: Any) -> None:
    assert exporter.call("POST", "/screenings", body).status_code == 422


def test_the_catalogue_is_given(exporter: Program) -> None:
    found = exporter.call("GET", "/catalogue?version=2026.1")

    assert found.json["questionnaire"]["version"] == "2026.1"
    assert exporter.call("GET", "/catalogue?version=1999.1").status_code == 404


@pytest.mark.slow
def test_a_report_is_ordered_polled_and_downloaded(
    app: Flask, engine: Engine, exporter: Program, assessment: str
) -> None:
    ordered = exporter.call("POST", f"/assessments/{assessment}/reports", {"format": "pdf"})
    assert ordered.status_code == 202
    early = exporter.call("GET", f"/reports/{ordered.json['id']}/file")

    assert run_one(engine, app.extensions["settings"])

    state = exporter.call("GET", ordered.headers["Location"].removeprefix("/api/v1")).json
    file = exporter.call("GET", f"/reports/{ordered.json['id']}/file")
    assert early.status_code == 409
    assert state["state"] == "done", state
    assert file.data.startswith(b"%PDF-")


def test_the_description_names_every_route(app: Flask) -> None:
    found = app.test_client().get("/api/v1/openapi.json").json

    assert found["openapi"].startswith("3.1")
    described = {
        (method.upper(), path) for path, methods in found["paths"].items() for method in methods
    }
    routed = {
        (method, rule.rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routed
    answers = found["paths"]["/api/v1/assessments"]["get"]["responses"]
    assert list(answers["200"]["content"]) == ["application/json"]
    assert list(answers["403"]["content"]) == ["application/problem+json"]


# --- Faults are problem details, whatever they are ------------------------------------------------


def assert_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert {"type", "title", "detail"} <= set(answer.json)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 404),
        ("GET", "/nothing", 404),
        ("POST", "/nothing/at/all", 404),
        ("GET", "/assessments/no-id", 404),
        ("GET", f"/assessments/{UUID(int=4)}", 404),
        ("DELETE", "/assessments", 405),
        ("POST", "/catalogue", 405),
    ],
)
def test_unknown_addresses_and_methods(
    exporter: Program, method: str, path: str, status: int
) -> None:
    answer = exporter.call(method, path)

    assert_problem(answer, status)
    assert ("Allow" in answer.headers) == (status == 405)


def test_too_large_a_body(app: Flask, exporter: Program) -> None:
    assert_problem(exporter.call("POST", "/assessments", b" " * 10_000_001), 413)
    app.config["MAX_CONTENT_LENGTH"] = 100
    assert_problem(exporter.call("POST", "/assessments", b" " * 101), 413)


def test_a_fault_of_ours(app: Flask, exporter: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("compliance.api.assessments.assessments_of_firm", lambda _session: 1 / 0)

    answer = exporter.call("GET", "/assessments")

    assert_problem(answer, 500)
    assert "division" not in answer.text


@pytest.mark.parametrize(
    ("message", "status"), [("database is locked", 503), ("database or disk is full", 507)]
)
def test_a_database_that_can_not(
    exporter: Program, monkeypatch: pytest.MonkeyPatch, message: str, status: int
) -> None:
    def breaks(_session: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception(message))

    monkeypatch.setattr("compliance.api.assessments.assessments_of_firm", breaks)

    answer = exporter.call("GET", "/assessments")

    assert_problem(answer, status)
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_without_a_token_one_is_told_how(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/assessments")

    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
