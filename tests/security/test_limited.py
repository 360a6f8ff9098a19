"""Who is limited to some modules sees and changes nothing of the others, whatever their role."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.answers import Answer, parse_bundle
from compliance.assessments import (
    Colleague,
    NoSuchQuestionError,
    assign,
    import_bundle,
    load_standing,
    post_message,
    responses_of,
    save_answer,
    set_flag,
)
from compliance.clock import now as clock_now
from compliance.database import firm_reading, firm_session, shared_session
from compliance.evidence import EvidenceItem, evidence_of_firm
from compliance.identity import GRANTS, Action, Actor, Membership, Role, find_actor, issue_api_token
from compliance.identity.permissions import LIMITED_MAY
from compliance.settings import ROOT
from tests.security.routes import PARTS, ROUTES
from tests.security.stage import Stage
from tests.support import cast
from tests.support.cast import NOW, SEATS, Seat

HIDDEN = "CANARY-of-another-module-5d1e"
QUESTION = "ICP-A1"  # of a module that the limited people are not asked about
OWN = "LIC-01"
DEMO = ROOT / "questionnaires" / "demo" / "current.json"
OFFICER = Seat("amber", Role.OFFICER)
ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def assessment_id(app: Flask, engine: Engine, client_of: ClientOf) -> UUID:
    """An assessment of Amber; whatever can be said about one question carries the canary."""
    actor = OFFICER.actor()
    bundle = parse_bundle(DEMO.read_bytes())
    with firm_session(engine, actor.firm_id) as session:
        made = import_bundle(session, actor, bundle, title="Amber 2026", now=NOW)
        version = responses_of(session, made.id)[QUESTION].version
        said = Answer(value=1, comment=HIDDEN)
        save_answer(session, actor, made, QUESTION, said, base_version=version, now=NOW)
        everybody = [Colleague(seat.person_id, seat.name) for seat in SEATS if seat.firm == "amber"]
        told = f"{HIDDEN} " + " ".join(f"@{one.name}" for one in everybody)
        post_message(session, actor, made, QUESTION, told, colleagues=everybody, now=NOW)
        assign(session, actor, made, QUESTION, everybody[0], now=NOW, note=HIDDEN)
        set_flag(session, actor, made, QUESTION, raised=True, now=NOW)
        found: UUID = made.id
    file = {"title": HIDDEN, "files": (io.BytesIO(HIDDEN.encode()), f"{HIDDEN}.txt")}
    place = f"/assessments/{found}/questions/{QUESTION}/evidence"
    assert client_of(OFFICER.email).post(place, data=file).status_code == 302
    return found


def limit(engine: Engine, *roles: Role) -> None:
    """Limit these people of Amber to one module."""
    with shared_session(engine) as session:
        for role in roles:
            person = Seat("amber", role).person_id
            one = session.scalars(select(Membership).where(Membership.person_id == person)).one()
            one.modules = ["licensing"]


def hidden_evidence(engine: Engine) -> EvidenceItem:
    with firm_reading(engine, OFFICER.firm_id) as session:
        return next(item for item in evidence_of_firm(session) if item.title == HIDDEN)


def limited(engine: Engine, seat: Seat) -> Actor:
    found = find_actor(engine, seat.person_id, seat.firm_id)
    assert found is not None
    return found


def reads(app: Flask, ids: dict[str, UUID]) -> list[tuple[str, str]]:
    """Endpoint and address of everything that can be asked for by GET, with this question."""
    place = {"question_id": QUESTION, "module_id": "icp", "section_id": "organisation"}
    parts = {**PARTS, **place, **ids}
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and set(rule.arguments) <= set(parts):
            values = {part: parts[part] for part in rule.arguments}
            found.append(
                (rule.endpoint, app.url_map.bind("localhost").build(rule.endpoint, values))
            )
    return found


def pages_with_the_canary(app: Flask, client: FlaskClient, token: str, ids: dict) -> list[str]:  # type: ignore[type-arg]
    shown = []
    for endpoint, path in reads(app, ids):
        headers = {"Authorization": f"Bearer {token}"} if endpoint.startswith("api.") else {}
        if endpoint != "logout" and HIDDEN.encode() in client.get(path, headers=headers).data:
            shown.append(path)
    return shown


def test_what_is_left_shows_no_word_of_other_modules(
    app: Flask, engine: Engine, client_of: ClientOf, assessment_id: UUID
) -> None:
    ids = {
        **Stage(engine).ids(OFFICER),
        "assessment_id": assessment_id,
        "evidence_id": hidden_evidence(engine).id,
    }
    client = client_of(OFFICER.email)
    with shared_session(engine) as session:
        token = issue_api_token(session, OFFICER.actor(), "x", now=clock_now())
    before = pages_with_the_canary(app, client, token, ids)

    limit(engine, Role.OFFICER)

    assert pages_with_the_canary(app, client, token, ids) == []
    assert len(before) >= 8, before  # the words were there to be seen


def test_no_search_finds_it(engine: Engine, client_of: ClientOf, assessment_id: UUID) -> None:
    limit(engine, Role.EXPORTER)
    client = client_of("exporter@amber.example")

    for query in (f"q={HIDDEN}", f"q={QUESTION}", "only=mine", "only=flagged", "only=open"):
        page = client.get(f"/assessments/{assessment_id}/questions?{query}").text
        assert f"#q-{QUESTION}" not in page
    assert "/sections/licensing/" in client.get(f"/assessments/{assessment_id}/questions").text


def test_nothing_of_it_is_changed(engine: Engine, client_of: ClientOf, assessment_id: UUID) -> None:
    limit(engine, Role.OFFICER)
    client = client_of(OFFICER.email)
    evidence = {"evidence": str(hidden_evidence(engine).id)}
    at = f"/assessments/{assessment_id}"

    statuses = {
        client.post(f"{at}/questions/{QUESTION}/messages", data={"text": "x"}).status_code,
        client.post(f"{at}/questions/{QUESTION}/seen").status_code,
        client.post(f"{at}/questions/{QUESTION}/flag", data={"raised": "no"}).status_code,
        client.post(f"{at}/questions/{QUESTION}/assignment", data={}).status_code,
        client.post(f"{at}/questions/{QUESTION}/restore", data={"version": "1"}).status_code,
        client.post(f"{at}/questions/{QUESTION}/evidence", data={"title": "x"}).status_code,
        client.post(f"{at}/questions/{QUESTION}/evidence/link", data=evidence).status_code,
        # neither does hidden evidence come into sight by linking it to one's own question
        client.post(f"{at}/questions/{OWN}/evidence/link", data=evidence).status_code,
        client.put(f"{at}/answers/{QUESTION}", json={"value": 0}).status_code,
        client.post(f"{at}/answers/{QUESTION}/consequence", json={"value": 0}).status_code,
    }

    assert statuses <= {404, 428}


def test_the_room_itself_refuses(engine: Engine, assessment_id: UUID) -> None:
    limit(engine, Role.EXPORTER)
    actor = limited(engine, Seat("amber", Role.EXPORTER))

    with firm_session(engine, actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
        with pytest.raises(NoSuchQuestionError):
            save_answer(
                session, actor, standing.assessment, QUESTION, Answer(0), base_version=2, now=NOW
            )
    modules = {standing.edition.question(i).module_id for i in standing.responses}
    assert modules == {"licensing"}
    assert QUESTION not in {*standing.answers, *standing.evidence, *standing.messages}
    assert QUESTION not in {*standing.flags, *standing.assignments}


@pytest.mark.parametrize("role", list(Role))
def test_no_role_keeps_what_shows_the_whole(engine: Engine, role: Role) -> None:
    limit(engine, role)
    actor = limited(engine, Seat("amber", role))

    assert {action for action in Action if actor.may(action)} <= LIMITED_MAY


def test_every_route_of_the_whole_is_refused(
    app: Flask, engine: Engine, client_of: ClientOf
) -> None:
    ids = {**PARTS, **Stage(engine).ids(OFFICER)}
    with shared_session(engine) as session:
        token = issue_api_token(session, OFFICER.actor(), "x", now=clock_now())
    limit(engine, Role.OFFICER)
    client, faults = client_of(OFFICER.email), []

    for rule in app.url_map.iter_rules():
        row = ROUTES[rule.endpoint]
        if row.public or not row.actions:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path = app.url_map.bind("localhost").build(
                rule.endpoint, {part: ids[part] for part in rule.arguments}
            )
            headers = {"Authorization": f"Bearer {token}"} if path.startswith("/api/") else {}
            status = client.open(path, method=method, headers=headers).status_code
            left = bool(row.actions & LIMITED_MAY & GRANTS[Role.OFFICER])
            if (status == 403) == left:
                faults.append(f"{method} {path}: {status}")

    assert faults == []


def test_colleagues_who_can_not_see_a_question_are_not_asked_about_it(
    engine: Engine, client_of: ClientOf, assessment_id: UUID
) -> None:
    limit(engine, Role.EXPORTER)
    clerk, client = Seat("amber", Role.EXPORTER), client_of(OFFICER.email)
    at = f"/assessments/{assessment_id}/questions"
    asked = {"person": str(clerk.person_id)}

    refused = client.post(f"{at}/{QUESTION}/assignment", data=asked)
    taken = client.post(f"{at}/{OWN}/assignment", data=asked)

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert str(clerk.person_id) not in client.get(f"{at}/{QUESTION}").text


def test_own_modules_can_still_be_worked_on(
    engine: Engine, client_of: ClientOf, assessment_id: UUID
) -> None:
    limit(engine, Role.EXPORTER)
    client = client_of("exporter@amber.example")
    at = f"/assessments/{assessment_id}"
    own = {"title": "Licence register", "files": (io.BytesIO(b"register"), "register.txt")}

    assert client.get("/").headers["Location"] == "/assessments"
    index = client.get("/assessments").text
    assert "Amber 2026" in index
    assert f"{at}/results" not in index
    for path in (at, f"{at}/check", f"{at}/next", f"{at}/questions/{OWN}", "/evidence"):
        assert client.get(path).status_code in {200, 302}, path
    assert client.post(f"{at}/questions/{OWN}/evidence", data=own).status_code == 302
    assert client.post(f"{at}/questions/{OWN}/messages", data={"text": "x"}).status_code == 302
    listed = client.get("/evidence").text
    assert "Licence register" in listed
    assert HIDDEN not in listed
    assert client.get(f"/evidence/{hidden_evidence(engine).id}/file").status_code == 404
    page = client.get(f"{at}/sections/licensing/licence-decision").text
    assert "data-answers" in page
    assert cast.firm_id("amber").hex not in page
