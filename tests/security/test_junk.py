"""Nothing that is sent, however odd, ends in a fault of ours (S25)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from compliance.clock import now as clock_now
from compliance.database import shared_session
from compliance.identity import Caller, Lifetimes, Role, issue_api_token
from compliance.identity.logins import credentials_of, start_login
from compliance.settings import ROOT, Settings
from compliance.web import create_app
from tests.security.routes import PARTS, ROUTES
from tests.security.stage import Stage
from tests.support.cast import Seat
from tests.support.services import postgres_database

OFFICER = Seat("amber", Role.OFFICER)
TELLS = re.compile(rb"Traceback|werkzeug|sqlalchemy|site-packages|psycopg")
ODD_TEXTS = (
    "",
    "²",  # a digit that is no number
    "-1",
    "9" * 5000,
    "NaN",
    "9999-12-31",
    "[" * 2000,
    "../../{{x}}%s\r\nSet-Cookie: a=b",
)
ODD_VALUES: tuple[Any, ...] = (None, 7, 10**30, "²", [], {"a": {"b": []}})
ODD_DOCUMENTS = (b"", b"[", b"null", b"[]", b'"x"', b"7", b"\xff\xfe", b"{}", b"[" * 5000)
FIELDS = re.compile(r'request\.(?:form|args)(?:\.get|\.getlist)?[\(\[]"(\w+)"')


def fields() -> list[str]:
    """The names of all fields and parameters that the pages read."""
    sources = [path.read_text("utf-8") for path in (ROOT / "compliance" / "web").glob("*.py")]
    return sorted({name for source in sources for name in FIELDS.findall(source)})


@pytest.fixture(scope="module")
def house(prepared_postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on PostgreSQL, which is stricter about what it takes."""
    with postgres_database(template=prepared_postgres) as url:
        folder: Path = tmp_path_factory.mktemp("junk")
        app = create_app(
            Settings(
                mode="demo",
                database_url=url,
                secret_key="a secret for the tests alone, 32+ characters",
                data_dir=folder,
                base_url="http://localhost",
                embedded_jobs=False,
                absolute_hours=24,
            )
        )
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["PROPAGATE_EXCEPTIONS"] = False
        yield app
        app.extensions["engine"].dispose()


@pytest.fixture(scope="module")
def ids(house: Flask) -> dict[str, Any]:
    return {**PARTS, **Stage(house.extensions["engine"]).ids(OFFICER)}


@pytest.fixture
def send(house: Flask) -> Any:
    """Send a request as the officer, by page or by token; remembers what was our fault."""
    with shared_session(house.extensions["engine"]) as session:
        token = issue_api_token(session, OFFICER.actor(), "x", now=clock_now())
    faults: list[str] = []

    def sent(method: str, path: str, **more: Any) -> None:
        browser = signed_in(house)  # anew, whatever an earlier request has ended
        headers = {"If-Match": '"0"', **more.pop("headers", {})}
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {token}"
        answer = browser.open(path, method=method, headers=headers, **more)
        if answer.status_code >= 500 or TELLS.search(answer.data):
            faults.append(f"{method} {path} {str(more)[:200]}: {answer.status_code}")

    sent.faults = faults  # type: ignore[attr-defined]
    return sent


def signed_in(house: Flask) -> FlaskClient:
    """The officer's browser, without the hash of a password."""
    with shared_session(house.extensions["engine"]) as session:
        login = start_login(
            session,
            credentials_of(session, OFFICER.person_id),
            method="password",
            complete=True,
            now=clock_now(),
            caller=Caller("192.0.2.77"),
            lifetimes=Lifetimes(),
        )
    client = house.test_client()
    with client.session_transaction() as cookie:
        cookie["login"] = login
    return client


# What ends the officer's own access, takes long, or says that no engine runs is left out.
LEFT_OUT = {
    "logout",
    "readyz",
    "account.end_login",
    "account.end_others",
    "quick_check.as_pdf",
    "static",
}


def calls(app: Flask, ids: dict[str, Any], *, changing: bool) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        methods = {"POST", "PUT"} if changing else {"GET"}
        if rule.endpoint in LEFT_OUT or not ROUTES[rule.endpoint]:
            continue
        path = app.url_map.bind("localhost").build(
            rule.endpoint, {part: ids[part] for part in rule.arguments}
        )
        for method in (rule.methods or set()) & methods:
            yield method, path


pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=lambda text: ascii(text[:12]))
def test_odd_words_in_every_field(house: Flask, ids: dict[str, Any], send: Any, text: str) -> None:
    named = dict.fromkeys(fields(), text)
    for method, path in calls(house, ids, changing=True):
        if not path.startswith("/api/"):
            send(method, path, data=named)

    assert send.faults == []
    assert len(named) > 40


@pytest.mark.parametrize("text", ODD_TEXTS, ids=lambda text: ascii(text[:12]))
def test_odd_words_in_every_parameter(
    house: Flask, ids: dict[str, Any], send: Any, text: str
) -> None:
    named = dict.fromkeys([*fields(), "questionnaire", "version", "page", "lang"], text[:500])
    for method, path in calls(house, ids, changing=False):
        send(method, path, query_string=named)

    assert send.faults == []


def test_odd_documents(house: Flask, ids: dict[str, Any], send: Any) -> None:
    for method, path in calls(house, ids, changing=True):
        for document in ODD_DOCUMENTS:
            send(method, path, data=document, content_type="application/json")

    assert send.faults == []


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: ascii(str(value)[:12]))
def test_odd_values_in_documents(house: Flask, ids: dict[str, Any], send: Any, value: Any) -> None:
    names = ("title", "path", "version", "as_of", "names", "variant", "language", "format",
             "module", "value", "comment", "not_applicable", "credential", "password", "name",
             "id", "rawId", "response", "type", "answers", "firm", "questionnaire",
             "format_version")  # fmt: skip
    paths = [call for call in calls(house, ids, changing=True) if reads_json(call[1])]
    for method, path in paths:
        send(method, path, json=dict.fromkeys(names, value))
        for name in names:
            send(method, path, json={"title": "x", "names": ["x"], name: value})

    assert send.faults == []
    assert len(paths) >= 10


def reads_json(path: str) -> bool:
    return path.startswith("/api/") or "passkey" in path or "/answers/" in path


@pytest.mark.parametrize("value", ['"²"', "²", "1" * 400, "*"])
def test_odd_headers(house: Flask, ids: dict[str, Any], send: Any, value: str) -> None:
    paths = [path for _method, path in calls(house, ids, changing=True) if "/answers/" in path]
    names = ("If-Match", "If-None-Match", "If-Modified-Since", "X-Request-ID", "Range",
             "X-Requested-With", "Accept-Language", "Accept", "User-Agent", "Referer",
             "Content-Type", "Origin", "Cookie2", "X-Forwarded-For")  # fmt: skip
    for name in names:
        for path in paths:
            send("PUT", path, json={"value": "yes"}, headers={name: value})
        for path in ("/login", "/people", "/api/v1/catalogue", "/static/app.css", "/law"):
            send("GET", path, headers={name: value})

    assert send.faults == []
