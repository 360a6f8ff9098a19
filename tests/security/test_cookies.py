"""Cookies, and what a browser keeps (S8, S29).

Every cookie of a whole crawl; strict ones for administrators, whom links from elsewhere still find.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request, Response

from compliance.clock import now as clock_now
from compliance.database import firm_session, shared_session
from compliance.identity import Membership, Role
from compliance.language import Text
from compliance.training import Lesson, open_session, scenario_of_library
from tests.security.routes import PARTS
from tests.security.stage import Stage
from tests.support import cast
from tests.support.cast import Seat

BASE = "https://assess.example"
ADMINISTRATOR, OFFICER = Seat("amber", Role.ADMINISTRATOR), Seat("amber", Role.OFFICER)
Sign = Callable[..., FlaskClient]
FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}


def post_login(client: FlaskClient, email: str) -> TestResponse:
    data = {"email": email, "password": cast.PASSWORD}
    return client.post("/login", base_url=BASE, data=data)


def set_cookies(answers: list[TestResponse]) -> list[str]:
    return [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]


def crawl(app: Flask, client: FlaskClient, seat: Seat) -> list[TestResponse]:
    """Everything that can be asked for by GET, in the other language as well; sign-out last."""
    ids = {**PARTS, **Stage(app.extensions["engine"]).ids(seat)}
    trainer = Seat("amber", Role.TRAINER).actor()
    lesson = Lesson(Text("x", "x"), (scenario_of_library("SC-11"),), teams=2, tests=False)
    with firm_session(app.extensions["engine"], seat.firm_id) as session:
        ids["code"] = open_session(session, trainer, lesson, now=clock_now()).code
    answers = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            values = {part: ids[part] for part in rule.arguments}
            path = app.url_map.bind("assess.example").build(rule.endpoint, values)
            answers.append(client.get(f"{path}?lang=zh", base_url=BASE))
    seated = client.post(f"/join/{ids['code']}", base_url=BASE, data={"name": "Li", "team": "1"})
    return [*answers, seated, client.post("/logout", base_url=BASE)]


@pytest.mark.slow
@pytest.mark.parametrize("seat", [ADMINISTRATOR, OFFICER], ids=lambda seat: seat.role.value)
def test_every_cookie_is_bound_to_the_host_and_hidden_from_scripts(
    production: Flask, seat: Seat
) -> None:
    client = production.test_client()
    first = post_login(client, seat.email)

    lines = set_cookies([first, *crawl(production, client, seat)])

    names = {line.partition("=")[0] for line in lines}
    assert {"__Host-session", "__Host-language", "__Host-seat"} <= names
    for line in lines:
        parts = set(line.split("; "))
        assert line.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= parts
        assert parts & {"SameSite=Lax", "SameSite=Strict"}
        assert "Domain" not in line


def same_site(answer: TestResponse, name: str = "__Host-session") -> str:
    found = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        found.load(line)
    return str(found[name]["samesite"])


@pytest.mark.parametrize(
    ("seat", "expected"), [(ADMINISTRATOR, "Strict"), (OFFICER, "Lax")], ids=["admin", "officer"]
)
def test_the_session_of_an_administrator_is_strict(
    production: Flask, seat: Seat, expected: str
) -> None:
    client = production.test_client()

    answer = post_login(client, seat.email)

    assert same_site(answer) == expected
    data = {"password": cast.PASSWORD, "new_password": "tulip bicycle harbour"}
    assert same_site(client.post("/account/password", base_url=BASE, data=data)) == expected
    assert (client.get_cookie("__Host-strict", domain="assess.example") is not None) == (
        expected == "Strict"
    )


def test_strictness_follows_the_role(production: Flask) -> None:
    client = production.test_client()
    post_login(client, OFFICER.email)
    with shared_session(production.extensions["engine"]) as session:
        person = select(Membership).where(Membership.person_id == OFFICER.person_id)
        session.scalars(person).one().role = Role.ADMINISTRATOR.value

    answer = client.get("/people", base_url=BASE)

    assert same_site(answer) == "Strict"
    signed_out = client.post("/logout", base_url=BASE)
    assert same_site(signed_out, "__Host-strict") == "Lax"
    assert client.get_cookie("__Host-strict", domain="assess.example") is None


def test_a_link_from_elsewhere_leads_over_a_page_of_ours(production: Flask) -> None:
    client = production.test_client()
    post_login(client, ADMINISTRATOR.email)
    kept = client.get_cookie("__Host-session", domain="assess.example")
    assert kept
    client.delete_cookie("__Host-session", domain="assess.example", path="/")  # it is strict

    hop = client.get("/people?q=%22%3E%3Cb%3E", base_url=BASE, headers=FROM_ELSEWHERE)

    assert hop.status_code == 200
    assert 'content="0; url=/people?q=%22%3E%3Cb%3E"' in hop.text
    assert "Set-Cookie" not in hop.headers  # the strict cookie stays as it is
    assert "amber" not in hop.text.lower()
    again = client.get("/people", base_url=BASE, headers={"Sec-Fetch-Site": "same-origin"})
    assert again.headers["Location"].startswith("/login")  # no loop for who has no cookie at all


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {**FROM_ELSEWHERE, "Sec-Fetch-Dest": "image"}],
)
def test_others_see_no_page_in_between(production: Flask, headers: dict[str, str]) -> None:
    client = production.test_client()
    post_login(client, ADMINISTRATOR.email)

    assert "http-equiv" not in client.get("/people", base_url=BASE, headers=headers).text
    nobody = production.test_client().get("/people", base_url=BASE, headers=FROM_ELSEWHERE)
    assert nobody.status_code == 302


@pytest.fixture
def served(app: Flask) -> Iterator[int]:
    """The application on a port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def web_mail(served: int) -> Iterator[str]:
    """Another site with a link to ours."""

    @Request.application
    def page(_request: Request) -> Response:
        link = f'<a id="link" href="http://127.0.0.1:{served}/people">People</a>'
        return Response(f"<!doctype html><title>Mail</title>{link}", content_type="text/html")

    server = make_server("127.0.0.1", 0, page, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("seat", [ADMINISTRATOR, OFFICER], ids=lambda seat: seat.role.value)
def test_in_a_browser_a_link_in_web_mail_finds_who_is_signed_in(
    served: int, web_mail: str, page: Page, seat: Seat
) -> None:
    page.goto(f"http://127.0.0.1:{served}/login")
    page.fill("#email", seat.email)
    page.fill("#password", cast.PASSWORD)
    page.click("main form button.btn-primary")
    page.goto(web_mail)

    page.click("#link")

    page.wait_for_selector("#invite-title")
    assert page.url == f"http://127.0.0.1:{served}/people"
    page.goto(f"http://127.0.0.1:{served}/account")
    assert page.locator("h1").inner_text() == "My account"


@pytest.mark.browser
def test_in_a_browser_back_after_signing_out_shows_nothing(served: int, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{served}/login")
    page.fill("#email", OFFICER.email)
    page.fill("#password", cast.PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_url(f"http://127.0.0.1:{served}/")
    page.goto(f"http://127.0.0.1:{served}/people")
    assert "exporter@amber.example" in page.inner_text("main")
    page.goto(f"http://127.0.0.1:{served}/logout")
    page.click("main form button")
    page.wait_for_url(f"http://127.0.0.1:{served}/login")

    for _ in range(2):  # over the page with the button to the list of people
        page.go_back()

    page.wait_for_url(f"http://127.0.0.1:{served}/login?**")
    assert "exporter@amber.example" not in page.content()
