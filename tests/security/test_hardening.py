"""Headers, cookies, CSRF, redirects, hosts, errors (security.md S5, S8, S22-S26, S29, S30)."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from compliance.settings import ROOT, Settings
from compliance.web import create_app
from tests.support import cast

Sign = Callable[..., FlaskClient]
EXACT = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@pytest.fixture
def signed_in(client: FlaskClient, sign_in: Sign) -> FlaskClient:
    return sign_in(client, "administrator@amber.example")


@pytest.mark.parametrize(
    "path",
    ["/login", "/", "/account", "/people", "/nothing-here", "/static/app.css", "/static/none.css",
     "/healthz", "/static/../../etc/passwd", "/logout", "/api/v1/assessments", "/metrics"],
)  # fmt: skip
def test_every_answer_has_the_headers(signed_in: FlaskClient, path: str) -> None:
    answer = signed_in.get(path)

    assert {name: answer.headers.get(name) for name in EXACT} == EXACT
    if not path.startswith("/static/"):
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_fault_of_ours_has_them_too_and_tells_nothing(app: Flask) -> None:
    app.add_url_rule("/breaks", "breaks", lambda: 1 / 0)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = app.test_client().get("/breaks")

    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in EXACT} == EXACT
    assert not re.search(r"Traceback|werkzeug|sqlalchemy|site-packages|ZeroDivision", answer.text)


@pytest.mark.parametrize(
    ("message", "status"),
    [("database is locked", 503), ("connection refused", 503), ("database or disk is full", 507)],
)
def test_a_database_that_can_not_is_told_plainly(app: Flask, message: str, status: int) -> None:
    def breaks() -> None:
        raise OperationalError("SELECT 1", {}, Exception(message))

    app.add_url_rule("/breaks", "breaks", breaks)

    answer = app.test_client().get("/breaks")

    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert "SELECT" not in answer.text


def test_a_nearly_full_disk_takes_no_file_but_still_takes_words(
    signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(total=10**12, free=400 * 1024**2)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    file = {"file": (io.BytesIO(b"x"), "x.pdf")}

    refused = signed_in.post("/reports/verify", data=file, content_type="multipart/form-data")

    assert refused.status_code == 507
    words = {"name": "x", "language": "", "time_zone": "Asia/Shanghai"}
    assert signed_in.post("/account/profile", data=words).status_code == 302
    assert "The disk is nearly full" in signed_in.get("/administration").text


def test_no_answer_names_its_makers(signed_in: FlaskClient) -> None:
    for path in ("/people", "/nothing-here"):
        answer = signed_in.get(path)

        assert "X-Powered-By" not in answer.headers
        assert not re.search(r"werkzeug|flask|granian|python", answer.text, re.IGNORECASE)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_odd_methods_are_refused(client: FlaskClient, method: str) -> None:
    assert client.open("/login", method=method).status_code == 405


def test_a_foreign_origin_is_never_reflected(client: FlaskClient) -> None:
    answer = client.get("/login", headers={"Origin": "https://evil.example"})

    assert "evil" not in str(answer.headers)


# --- CSRF ------------------------------------------------------------------------------------


def changing(app: Flask) -> list[tuple[str, str]]:
    """Method and address of every change that a browser can ask for."""
    from uuid import uuid4

    from tests.security.routes import PARTS

    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            continue
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            values = {part: PARTS.get(part, uuid4()) for part in rule.arguments}
            found.append((method, app.url_map.bind("localhost").build(rule.endpoint, values)))
    return sorted(found)


def csrf_token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/logout").text)
    assert found
    return found[1]


@pytest.fixture
def strict(strict_app: Flask) -> FlaskClient:
    """The administrator's browser where forms need their token."""
    client = strict_app.test_client()
    page = client.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    answer = client.post(
        "/login",
        data={
            "email": "administrator@amber.example",
            "password": cast.PASSWORD,
            "csrf_token": token,
        },
    )
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize(
    "how",
    ["no token", "another browser's token", "foreign origin", "cross-site", "plain text JSON"],
)
def test_every_change_is_refused_when_it_is_forged(
    strict_app: Flask, strict: FlaskClient, how: str
) -> None:
    other = strict_app.test_client()
    tokens = {
        "no token": None,
        "another browser's token": re.search(
            r'name="csrf_token" value="([^"]+)"', other.get("/login").text
        )[1],  # type: ignore[index]
        "plain text JSON": None,
    }
    headers = {
        "foreign origin": {"Origin": "https://evil.example"},
        "cross-site": {"Sec-Fetch-Site": "cross-site"},
        "plain text JSON": {"Content-Type": "text/plain"},
    }.get(how, {})
    token = tokens.get(how, csrf_token(strict))

    statuses = {
        (method, path): strict.open(
            path,
            method=method,
            headers=headers,
            data='{"value": "yes"}' if how == "plain text JSON" else {"csrf_token": token or ""},
        ).status_code
        for method, path in changing(strict_app)
    }

    assert {call: status for call, status in statuses.items() if status not in {400, 403}} == {}
    assert len(statuses) > 20
    assert strict.get("/account").status_code == 200


def test_our_own_form_is_taken(strict: FlaskClient) -> None:
    answer = strict.post(
        "/logout",
        data={"csrf_token": csrf_token(strict)},
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 302


# --- Cookies, redirects, hosts ---------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https:evil.example", "/%09/evil.example", "\x01//evil",
     "javascript:alert(1)", "http://localhost@evil.example", "https://evil.example/",
     "/\t/evil.example",     "\\\\evil.example", "///evil.example", "/ /evil.example", "/a\nb", ""],
)  # fmt: skip
def test_after_sign_in_nobody_is_led_away(client: FlaskClient, target: str) -> None:
    answer = client.post(
        "/login",
        query_string={"next": target},
        data={"email": "officer@amber.example", "password": cast.PASSWORD},
    )

    place = answer.headers["Location"]
    assert place.startswith("/")
    assert not re.match(r"/[/\\]", place)
    assert "evil.example" not in place or place.startswith("/%")


def test_after_sign_in_one_is_where_one_wanted_to_be(client: FlaskClient) -> None:
    away = client.get("/people?page=2").headers["Location"]

    answer = client.post(away, data={"email": "officer@amber.example", "password": cast.PASSWORD})

    assert answer.headers["Location"] == "/people?page=2"


def test_a_foreign_host_is_refused(production: Flask) -> None:
    client = production.test_client()

    assert client.get("/login", base_url="https://evil.example").status_code == 400
    assert client.get("/login", base_url="https://assess.example").status_code == 200


def test_mailed_links_lead_to_the_configured_address(client: FlaskClient, app: Flask) -> None:
    from sqlalchemy import select

    from compliance.database import shared_reading
    from compliance.mail import Mail

    client.post(
        "/forgot-password",
        data={"email": "officer@amber.example"},
        headers={"Host": "evil.example"},
    )

    with shared_reading(app.extensions["engine"]) as session:
        body = session.scalars(select(Mail.body)).one()
    assert "http://localhost/set-password/" in body
    assert "evil" not in body


# --- Metrics and the log ---------------------------------------------------------------------


def test_metrics_are_for_this_machine_or_a_token(settings: Settings) -> None:
    app = create_app(dataclasses.replace(settings, metrics_token="a-token-for-prometheus"))
    client = app.test_client()

    def status(address: str, **headers: str) -> int:
        return client.get(
            "/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}
        ).status_code

    assert status("127.0.0.1") == 200
    assert status("::1") == 200
    assert status("192.0.2.1") == 404
    assert status("127.0.0.1", **{"X-Forwarded-For": "192.0.2.1"}) == 404
    assert status("192.0.2.1", Authorization="Bearer a-token-for-prometheus") == 200
    assert status("192.0.2.1", Authorization="Bearer wrong") == 404
    body = client.get("/metrics").text
    assert "http_requests_total" in body
    assert "disk_free_bytes" in body
    assert 'jobs{state="queued"} 0.0' in body
    app.extensions["engine"].dispose()


def test_the_log_names_views_and_ids_and_no_person(
    production: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    client = production.test_client()
    data = {"email": "officer@amber.example", "password": "a wrong password"}
    client.post("/login", base_url="https://assess.example", data=data)
    client.get("/set-password/a-secret-token", base_url="https://assess.example")
    answer = client.get(
        "/account", base_url="https://assess.example", headers={"X-Request-ID": "from-the-proxy-1"}
    )

    logged = capfd.readouterr().err
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    assert '"request": "from-the-proxy-1"' in logged
    assert '"view": "links.set_password"' in logged
    assert not re.search(r"officer|amber|a wrong password|a-secret-token", logged)


def test_a_request_id_from_outside_can_not_forge_lines(client: FlaskClient) -> None:
    answer = client.get("/login", headers={"X-Request-ID": "x" * 65})

    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])


def test_no_secret_stands_in_the_repository() -> None:
    suspicious = re.compile(
        r"-----BEGIN (?:RSA |EC )?PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}"
    )
    texts = [
        path
        for folder in ("compliance", "script", "templates", "migrations", "docs", "deploy")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".html", ".yaml", ".yml", ".env", ".example", ".sh", ""}
        and path.is_file()
    ]

    assert [p for p in texts if suspicious.search(p.read_text("utf-8", errors="ignore"))] == []
