"""NUL and halves of characters are refused in words, in whatever way they come in (S25).

On PostgreSQL they would otherwise end in a fault of the database.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from compliance.answers import is_keepable, unkeepable_in_json
from compliance.assessments import Assessment
from compliance.clock import now as clock_now
from compliance.database import firm_reading, firm_session, shared_session
from compliance.identity import Role, issue_api_token
from compliance.settings import Settings
from compliance.web import create_app
from tests.security.routes import PARTS, ROUTES
from tests.security.stage import an_assessment
from tests.support.cast import Seat

OFFICER = Seat("amber", Role.OFFICER)
Sign = Callable[..., FlaskClient]
BAD = ["a\x00b", "\x00"]
BAD_JSON = [r'"a\u0000b"', r'"\ud800"', r'"\udfff\ud800"', r'"\uDC00 x"']
FINE_JSON = [r'"\\u0000"', r'"\ud83d\ude00"', '"\U00020000"', r'"\\ud800"', '"plain"', "{}", "7"]


@pytest.fixture
def each_app(settings: Settings, each_database_url: str) -> Iterator[Flask]:
    """The application on SQLite and on PostgreSQL."""
    settings.data_dir.mkdir(exist_ok=True)
    app = create_app(dataclasses.replace(settings, database_url=each_database_url))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def officer(each_app: Flask, sign_in: Sign) -> FlaskClient:
    return sign_in(each_app.test_client(), OFFICER.email)


@pytest.mark.parametrize("text", BAD_JSON)
def test_json_that_can_not_be_kept_is_found_with_its_path(text: str) -> None:
    assert unkeepable_in_json(f'{{"a": [1, {{"b": {text}}}]}}'.encode()) == "a[1].b"
    assert unkeepable_in_json(text.encode()) == "the document"


@pytest.mark.parametrize("text", FINE_JSON)
def test_json_that_can_be_kept_passes(text: str) -> None:
    assert unkeepable_in_json(text.encode()) is None
    assert is_keepable(str(json.loads(text)))


def test_a_key_that_can_not_be_kept_is_found() -> None:
    assert unkeepable_in_json(rb'{"a": {"\u0000": 1}}') == "a (a key)"


@pytest.mark.parametrize("text", BAD)
def test_fields_are_refused_in_words_and_nothing_is_changed(
    each_app: Flask, officer: FlaskClient, text: str
) -> None:
    answers = {
        "value": officer.post("/assessments/new", data={"title": text, "path": "full"}),
        "name": officer.post("/assessments/new", data={"title": "x", text: "x"}),
        "multipart": officer.post(
            "/assessments/new",
            data={"title": text, "file": (io.BytesIO(b"x"), "x.txt")},
            content_type="multipart/form-data",
        ),
    }

    assert {how: answer.status_code for how, answer in answers.items()} == dict.fromkeys(
        answers, 400
    )
    assert "“title” holds a character" in answers["value"].text
    with firm_reading(each_app.extensions["engine"], OFFICER.firm_id) as session:
        assert session.scalars(select(Assessment.id)).all() == []


@pytest.mark.postgres
@pytest.mark.parametrize("how", ["query", "form"])
def test_no_route_ends_in_a_fault_of_ours(
    settings: Settings, postgres_url: str, sign_in: Sign, how: str
) -> None:
    app = create_app(dataclasses.replace(settings, database_url=postgres_url))
    app.config["WTF_CSRF_ENABLED"] = False
    engine = app.extensions["engine"]
    with firm_session(engine, OFFICER.firm_id) as session:
        found = an_assessment(session, OFFICER.actor())
    browser, statuses = sign_in(app.test_client(), OFFICER.email), {}

    for rule in app.url_map.iter_rules():
        row = ROUTES[rule.endpoint]
        parts = {part: PARTS.get(part, found) for part in rule.arguments}
        at = app.url_map.bind("localhost").build(rule.endpoint, parts)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if how == "query":
                answer = browser.open(at, method=method, query_string={"q": "a\x00b"})
            elif method == "GET" or rule.endpoint.startswith("api."):
                continue
            else:
                answer = browser.open(at, method=method, data={**row.body, "text": "\x00"})
            statuses[method, at] = answer.status_code

    app.extensions["engine"].dispose()
    assert {call: status for call, status in statuses.items() if status != 400} == {}
    assert len(statuses) > 60


@pytest.mark.parametrize(
    "path",
    ["/assessments/%00", "/join/ABC%00EF", "/law/provisions/a%00", "/set-password/%00", "/%00"],
)
def test_addresses_are_refused(each_app: Flask, path: str) -> None:
    assert each_app.test_client().get(path).status_code == 400


@pytest.mark.parametrize("text", BAD_JSON)
def test_a_script_is_told_which_value_it_was(
    each_app: Flask, officer: FlaskClient, text: str
) -> None:
    with firm_session(each_app.extensions["engine"], OFFICER.firm_id) as session:
        found = an_assessment(session, OFFICER.actor())

    answer = officer.put(
        f"/assessments/{found}/answers/SCP-01",
        data=f'{{"value": "yes", "comment": {text}}}',
        content_type="application/json",
        headers={"If-Match": '"0"', "X-Requested-With": "fetch"},
    )

    assert answer.status_code == 400
    assert "“comment”" in answer.json["error"]  # type: ignore[index]


@pytest.mark.parametrize("text", BAD_JSON)
def test_a_program_is_told_which_value_it_was(each_app: Flask, text: str) -> None:
    with shared_session(each_app.extensions["engine"]) as session:
        token = issue_api_token(session, OFFICER.actor(), "x", now=clock_now())

    for path in ("assessments", "screenings", f"assessments/{uuid4()}/reports"):
        answer = each_app.test_client().post(
            f"/api/v1/{path}",
            data=f'{{"title": {text}, "names": [{text}]}}',
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 400, path
        assert answer.mimetype == "application/problem+json"
        assert "title" in answer.json["detail"]  # type: ignore[index]


def test_a_file_name_is_refused(officer: FlaskClient, each_app: Flask) -> None:
    with firm_session(each_app.extensions["engine"], OFFICER.firm_id) as session:
        found = an_assessment(session, OFFICER.actor())
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a\x00.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n%PDF-1.4\r\n--x--\r\n"
    )

    answer = officer.post(
        f"/assessments/{found}/questions/SCP-01/evidence",
        data=body,
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code in {400, 422}


def test_what_people_may_write_is_kept(each_app: Flask, officer: FlaskClient) -> None:
    """Whole characters beyond the first plane, controls that are text, right-to-left marks."""
    title = "𠮷野家 😀 \u200fשלום \t x"

    made = officer.post(
        "/assessments/new",
        data={"title": title, "as_of": "2026-11-24", "version": "2026.1", "path": "full"},
    )

    assert made.status_code == 302, made.text
    with firm_reading(each_app.extensions["engine"], OFFICER.firm_id) as session:
        assert session.scalars(select(Assessment.title)).all() == [title]
