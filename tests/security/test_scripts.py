"""What people type stays text: a real browser visits every page with hostile words (S17, S21).

A report of the content security policy counts as a fault: it means that escaping failed and only
the second belt held.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import Engine, MetaData, select
from werkzeug.serving import make_server

from compliance.answers import parse_bundle
from compliance.assessments import (
    Colleague,
    ReviewDecision,
    State,
    Verdict,
    assign,
    import_bundle,
    post_message,
    set_flag,
)
from compliance.database import firm_session, shared_session
from compliance.identity import Firm, Person, Role
from compliance.settings import ROOT
from tests.security import stage
from tests.security.routes import PARTS, ROUTES
from tests.support import cast
from tests.support.cast import SEATS, Seat

# Ways out of text, attributes, comments, raw-text elements, addresses, style, SVG, and templates.
PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(2)</sCrIpT>",
    "</title><script>alert(3)</script>",
    "</textarea><script>alert(4)</script>",
    "</script><script>alert(5)</script>",
    "</style><script>alert(6)</script>",
    "</noscript><img src=x onerror=alert(7)>",
    "</option></select><img src=x onerror=alert(8)>",
    "--><img src=x onerror=alert(9)>",
    "]]><img src=x onerror=alert(10)>",
    "<img src=x onerror=alert(11)>",
    "<img src=`x`onerror=alert(12)>",
    "<IMG SRC=x OnErRoR=alert(13)//",
    "<svg onload=alert(14)>",
    "<svg><script>alert(15)</script></svg>",
    "<svg><animate onbegin=alert(16) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(17)><text y=20>x</text></a></svg>",
    "<math><mi xlink:href=data:text/html,<script>alert(18)</script>>x</mi></math>",
    "<body onload=alert(19)>",
    "<iframe src=javascript:alert(20)>",
    "<iframe srcdoc='<script>alert(21)</script>'>",
    "<object data=data:text/html;base64,PHNjcmlwdD5hbGVydCgyMik8L3NjcmlwdD4=>",
    "<embed src=javascript:alert(23)>",
    "<a href=javascript:alert(24)>x</a>",
    "<a href=JaVaScRiPt&colon;alert(25)>x</a>",
    "<form action=javascript:alert(26)><button>x</button></form>",
    "<button formaction=javascript:alert(27)>x</button>",
    "<input autofocus onfocus=alert(28)>",
    "<details open ontoggle=alert(29)>",
    "<video><source onerror=alert(30)></video>",
    "<marquee onstart=alert(31)>x</marquee>",
    "<link rel=stylesheet href=data:,*%7bx:expression(alert(32))%7d>",
    "<style>@import'http://127.0.0.1:9/33';</style>",
    "<base href=http://127.0.0.1:9/34/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(35)'>",
    '" autofocus onfocus=alert(36) x="',
    "' autofocus onfocus=alert(37) x='",
    "` onmouseover=alert(38) x=`",
    '"><svg/onload=alert(39)>',
    "';alert(40);//\";alert(40);//`;alert(40)//",
    "\\u003cimg src=x onerror=alert(41)\\u003e",
    "&lt;script&gt;alert(42)&lt;/script&gt;&#60;img src=x onerror=alert(42)&#62;",
    "%3Cscript%3Ealert(43)%3C/script%3E",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% print(7*7) %} *{7*7} [[7*7]]",
    "javascript:alert(45)//",
    "data:text/html,<script>alert(46)</script>",
)
FORWARD = " ".join(PAYLOADS)
BACKWARD = " ".join(reversed(PAYLOADS))  # what breaks out first differs
SHORT = "\"'><img src=x onerror=alert(11)><script>alert(3)</script>{{7*7}} ' onfocus=alert(37)"
FREE_TEXT = {
    "api_tokens": ("name",),
    "assessments": ("title", "created_by_name"),
    "assignments": ("person_name", "note", "assigned_by_name"),
    "classroom_sessions": ("trainer_name",),
    "consultations": ("expert_name", "request", "asked_by_name"),
    "evidence_items": ("title", "reference", "file_name", "created_by_name"),
    "flags": ("raised_by_name",),
    "invitations": ("email", "invited_by_name"),
    "jobs": ("title", "fault", "created_by_name"),
    "logins": ("address", "agent"),
    "messages": ("person_name", "text"),
    "own_scenarios": ("author_name",),
    "parties": ("name", "country", "reference", "created_by_name"),
    "passkeys": ("name",),
    "remediation_actions": ("title", "owner_name", "note", "proof", "created_by_name"),
    "responses": ("updated_by_name",),
    "review_decisions": ("comment", "decided_by_name"),
    "study_programmes": ("title", "created_by_name"),
    "transactions": ("title", "created_by_name"),
    "worksheets": ("item", "description", "reason", "created_by_name"),
}
QUESTION = "ICP-A1"
COMPUTED = re.compile(r"\b49 \$\{7\*7\}|\{\{7\*7\}\} 49\b|\b49 #|<%= 49|\[\[49")
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
    monkeypatch.setattr(stage, "CANARY", dict.fromkeys(cast.FIRMS, SHORT))
    engine = app.extensions["engine"]
    made = stage.Stage(engine)
    with shared_session(engine) as session:
        for firm in session.scalars(select(Firm)):
            firm.name, firm.name_zh, firm.sector = FORWARD, FORWARD, FORWARD
        for person in session.scalars(select(Person)):
            person.name = FORWARD
    made.of_firms["amber"]["assessment_id"] = filled(engine)
    fill_every_column(engine)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", made
    server.shutdown()
    thread.join()
    server.server_close()


def filled(engine: Engine) -> UUID:
    """An answered assessment, whose every word and whose discussion is hostile."""
    officer = replace(Seat("amber", Role.OFFICER).actor(), name=FORWARD)
    document = json.loads((ROOT / "questionnaires" / "demo" / "current.json").read_bytes())
    for answer in document["answers"].values():
        answer["comment"] = FORWARD
        if "not_applicable" in answer:
            answer["not_applicable"]["reason"] = BACKWARD
        answer["evidence"] = [{"title": BACKWARD, "reference": FORWARD, "sha256": None}]
    bundle = parse_bundle(json.dumps(document).encode())
    with firm_session(engine, officer.firm_id) as session:
        made = import_bundle(session, officer, bundle, title=BACKWARD, now=cast.NOW)
        everybody = [Colleague(s.person_id, FORWARD) for s in SEATS if s.firm == "amber"]
        for question_id in (QUESTION, "LIC-01", "SCP-01"):
            text = f"{FORWARD} @{FORWARD}"
            post_message(
                session, officer, made, question_id, text, colleagues=everybody, now=cast.NOW
            )
            assign(session, officer, made, question_id, everybody[0], now=cast.NOW, note=BACKWARD)
            set_flag(session, officer, made, question_id, raised=True, now=cast.NOW)
            session.add(
                ReviewDecision(
                    assessment_id=made.id,
                    question_id=question_id,
                    verdict=Verdict.RETURN,
                    comment=FORWARD,
                    response_version=1,
                    decided_at=cast.NOW,
                    decided_by_id=officer.person_id,
                    decided_by_name=FORWARD,
                )
            )
        made.state = State.IN_REVIEW
        found: UUID = made.id
    return found


def fill_every_column(engine: Engine) -> None:
    """Write the payloads into every column of free text that the stage has a row for."""
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        for name, columns in FREE_TEXT.items():
            one = found.tables[name]
            values = dict(zip(columns, cycle((FORWARD, BACKWARD)), strict=False))
            connection.execute(one.update().values(values))


def pages(app: Flask, made: stage.Stage, email: str) -> list[str]:
    seat = next(seat for seat in SEATS if seat.email == email)
    place = {"module_id": "icp", "section_id": "organisation", "question_id": QUESTION}
    ids = {**PARTS, **place, **made.ids(seat)}
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
    page.goto(f"{at}/login")
    page.fill("#email", email)
    page.fill("#password", cast.PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile(r"/(?!login)[a-z-]*$"))
    page.context.route(re.compile(r"/(classroom|join)/.*/state"), still)
    shown = 0

    for path in pages(app, made, email):
        tab = opened(page.context, faults)  # its own, so that no page's script reloads another
        try:
            answer = tab.goto(at + path, wait_until="load")
        except PlaywrightError as other:
            if "Download is starting" in str(other):
                tab.close()
                continue  # a file to keep, not a page
            raise
        assert answer is not None
        faults += [f"{path}: {fault}" for fault in tab.evaluate("window.faults || []")]
        text = tab.inner_text("body")
        shown += "onerror=alert(11)" in text
        if answer.status >= 500:
            faults.append(f"{path}: {answer.status}")
        if COMPUTED.search(text):
            faults.append(f"{path}: computed what was typed")
        tab.close()

    assert not faults, "\n".join(faults)
    assert shown > 20  # the words were there to be seen


def still(route: Route) -> None:
    """Nothing moves in the class, so no page is drawn again while it is looked at."""
    if route.request.resource_type == "document":
        route.continue_()
    else:
        route.fulfill(status=304)


def opened(context: BrowserContext, faults: list[str]) -> Page:
    """A tab that notes what must not happen in it."""
    tab = context.new_page()
    tab.on("dialog", lambda dialog: (faults.append(f"{tab.url}: a dialog"), dialog.dismiss()))
    tab.on("pageerror", lambda error: faults.append(f"{tab.url}: {error}"))
    tab.add_init_script(NOTED)
    return tab
