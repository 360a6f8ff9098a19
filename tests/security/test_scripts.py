"""What people type stays text: a real browser visits every page with hostile words (S17, S21).

A report of the content security policy counts as a fault: it means that escaping failed and only
the second belt held.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.serving import make_server

from compliance.database import shared_session
from compliance.identity import Firm, Person
from tests.security import stage
from tests.security.routes import PARTS, ROUTES
from tests.support import cast
from tests.support.cast import SEATS

HOSTILE = (  # short enough for every title
    "\"'><img src=x onerror=alert(1)><script>alert(2)</script></title>"
    "{{7*7}} ${7*7}' onfocus=alert(3) autofocus x='"
)
NOTED = """
window.faults = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.faults.push(event.violatedDirective + " " + event.blockedURI + " " + event.sample);
});
"""
NO_PAGE = {"logout", "static", "oidc.begin", "oidc.callback", "metrics", "healthz", "readyz"}
DOWNLOADS = (".json", ".csv", ".xlsx", ".pdf", ".ics", "/file", "/download")


@pytest.fixture
def hostile(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, stage.Stage]]:
    """A served application in which every name and title is hostile."""
    monkeypatch.setattr(stage, "CANARY", dict.fromkeys(cast.FIRMS, HOSTILE))
    engine = app.extensions["engine"]
    made = stage.Stage(engine)
    with shared_session(engine) as session:
        for firm in session.scalars(select(Firm)):
            firm.name, firm.name_zh = HOSTILE, HOSTILE
        for person in session.scalars(select(Person)):
            person.name = HOSTILE
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", made
    server.shutdown()
    thread.join()
    server.server_close()


def pages(app: Flask, made: stage.Stage, email: str) -> list[str]:
    seat = next(seat for seat in SEATS if seat.email == email)
    ids = {**PARTS, **made.ids(seat)}
    found = []
    for rule in app.url_map.iter_rules():
        row = ROUTES.get(rule.endpoint)
        readable = row and "GET" in (rule.methods or ()) and set(rule.arguments) <= set(ids)
        if not readable or rule.endpoint in NO_PAGE or rule.endpoint.startswith("api."):
            continue
        if row and (row.public or row.allows(seat.role)):
            values = {part: ids[part] for part in rule.arguments}
            found.append(app.url_map.bind("localhost").build(rule.endpoint, values))
    return sorted(path for path in found if not path.endswith(DOWNLOADS))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "email", ["officer@amber.example", "administrator@amber.example", "trainer@amber.example"]
)
def test_no_word_becomes_a_script(
    app: Flask, hostile: tuple[str, stage.Stage], page: Page, email: str
) -> None:
    at, made = hostile
    faults: list[str] = []
    page.on("dialog", lambda dialog: (faults.append(f"{page.url}: a dialog"), dialog.dismiss()))
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.add_init_script(NOTED)
    page.goto(f"{at}/login")
    page.fill("#email", email)
    page.fill("#password", cast.PASSWORD)
    page.click("main form button.btn-primary")
    shown = 0

    for path in pages(app, made, email):
        try:
            answer = page.goto(at + path, wait_until="load")
        except PlaywrightError as other:
            if "Download is starting" in str(other):
                continue  # a file to keep, not a page
            raise
        assert answer is not None
        faults += [f"{path}: {fault}" for fault in page.evaluate("window.faults || []")]
        text = page.inner_text("body")
        shown += "onerror=alert(1)" in text
        if answer.status >= 500:
            faults.append(f"{path}: {answer.status}")
        if "49 ${7*7}" in text or "{{7*7}} 49" in text:
            faults.append(f"{path}: computed what was typed")

    assert not faults, "\n".join(faults)
    assert shown > 3  # the words were there to be seen
