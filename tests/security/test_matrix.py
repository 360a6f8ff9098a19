"""Every route × method × principal × owner (security.md S1): who gets what, and who sees nothing.

The table stands in `routes.py`, the objects in `stage.py`.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, inspect, table, text
from sqlalchemy import select as sql_select

from compliance.clock import now as clock_now
from compliance.database import shared_session
from compliance.identity import Role, SignInAttempts
from compliance.identity.people import set_active
from compliance.settings import Settings
from tests.security.routes import PARTS, ROUTES, Row
from tests.security.stage import CANARY, MADE_FOR_FIRMS, MADE_FOR_PEOPLE, Stage
from tests.support import cast
from tests.support.cast import SEATS, Seat

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.timeout(900)  # some ten thousand requests on a busy machine
SAFE = {"GET", "HEAD", "OPTIONS"}
VOLATILE = ("sign_in_attempts", "logins", "one_time_tokens")  # written by refusals on purpose
# The content may be judged before the object is looked for.
NOT_THERE = {404, 302, 303, 400, 415, 422, 428}
SHIFTING = re.compile(
    rb'name="csrf_token" value="[^"]*"|name="csrf-token" content="[^"]*"'
    rb"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
)


@dataclass
class House:
    """The application with the stage set, and a browser for each principal."""

    app: Flask
    stage: Stage
    browsers: dict[str, FlaskClient]
    path: Path

    @property
    def engine(self) -> Engine:
        found: Engine = self.app.extensions["engine"]
        return found


@pytest.fixture(scope="module")
def house(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    from compliance.web import create_app

    folder = tmp_path_factory.mktemp("matrix")
    path = folder / "app.db"
    shutil.copyfile(prepared_sqlite, path)
    app = create_app(
        Settings(
            mode="demo",
            database_url=f"sqlite:///{path}",
            secret_key="a secret for the tests alone, 32+ characters",
            data_dir=folder,
            base_url="http://localhost",
            embedded_jobs=False,
            absolute_hours=24,
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    engine = app.extensions["engine"]
    browsers = {"": app.test_client()}
    for seat in SEATS:
        browser = app.test_client()
        answer = browser.post("/login", data={"email": seat.email, "password": cast.PASSWORD})
        assert answer.status_code == 302
        browsers[seat.email] = browser
    yield House(app, Stage(engine), browsers, path)
    engine.dispose()


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def calls(app: Flask) -> list[tuple[Rule, str, Row]]:
    """Those with a row; another test fails for the others."""
    known = {*PARTS, *MADE_FOR_FIRMS, *MADE_FOR_PEOPLE}
    return [
        (rule, method, ROUTES[rule.endpoint])
        for rule in rules(app)
        if rule.endpoint in ROUTES and set(rule.arguments) <= known
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def address(app: Flask, rule: Rule, ids: dict[str, UUID]) -> str:
    values: dict[str, Any] = {
        part: ids[part] if part in ids else PARTS[part] for part in rule.arguments
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def call(house: House, who: str, rule: Rule, method: str, row: Row, at: str) -> TestResponse:
    sent: dict[str, Any] = {}
    if method not in SAFE:
        sent = {"json": row.json} if row.json is not None else {"data": dict(row.body)}
    if rule.endpoint.startswith("api."):
        token = house.stage.tokens.get(who)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return house.app.test_client().open(at, method=method, headers=headers, **sent)
    browser = house.app.test_client()  # a fresh one, so that no call changes another's cookie
    if kept := house.browsers[who].get_cookie("session"):
        browser.set_cookie("session", kept.value)
    return browser.open(at, method=method, **sent)


def fingerprint(engine: Engine) -> str:
    """Of every row that a refused request must leave alone."""
    digest = hashlib.sha256()
    with engine.connect() as connection:
        for name in sorted(inspect(engine).get_table_names()):
            if name not in VOLATILE:
                rows = connection.execute(sql_select(text("*")).select_from(table(name)))
                digest.update(repr((name, sorted(map(repr, rows)))).encode())
    return digest.hexdigest()


def firms_parts(rule: Rule) -> set[str]:
    return set(rule.arguments) & {*MADE_FOR_FIRMS, *MADE_FOR_PEOPLE}


def same(answer: TestResponse) -> tuple[int, bytes]:
    return answer.status_code, SHIFTING.sub(b"", answer.data)


def test_every_route_has_a_row(house: House) -> None:
    endpoints = {rule.endpoint for rule in rules(house.app)}

    assert endpoints - set(ROUTES) == set(), "add rows to tests/security/routes.py"
    assert set(ROUTES) - endpoints == set(), "rows without a route"


def test_every_part_of_an_address_has_a_maker(house: House) -> None:
    parts = {part for rule in rules(house.app) for part in rule.arguments}

    assert parts - {*PARTS, *MADE_FOR_FIRMS, *MADE_FOR_PEOPLE} == set(), (
        "add makers to tests/security/stage.py"
    )


def refused_anonymous(house: House, rule: Rule, method: str, row: Row, who: str) -> str | None:
    at = address(house.app, rule, house.stage.ids(Seat("amber", Role.OFFICER)))
    answer = call(house, who, rule, method, row, at)
    to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login?")
    if to_login or answer.status_code == 401:
        return None
    return f"{method} {at}: {answer.status_code} for nobody"


def test_nobody_gets_in_without_signing_in(house: House) -> None:
    before = fingerprint(house.engine)

    faults = [
        refused_anonymous(house, rule, method, row, "")
        for rule, method, row in calls(house.app)
        if not row.public
    ]

    assert not any(faults), "\n".join(filter(None, faults))
    assert fingerprint(house.engine) == before


def test_a_role_without_the_right_is_refused(house: House) -> None:
    before = fingerprint(house.engine)

    faults = []
    for rule, method, row in calls(house.app):
        for seat in SEATS:
            if row.public or row.allows(seat.role):
                continue
            at = address(house.app, rule, house.stage.ids(seat))
            answer = call(house, seat.email, rule, method, row, at)
            if answer.status_code != 403:
                faults.append(f"{method} {at}: {answer.status_code} for {seat.role}")

    assert not faults, "\n".join(faults)
    assert fingerprint(house.engine) == before


def test_another_firms_object_is_as_if_it_did_not_exist(house: House) -> None:
    """The same status and, but for ids and tokens, the same bytes."""
    before = fingerprint(house.engine)

    faults = []
    for rule, method, row in calls(house.app):
        if row.public or not firms_parts(rule):
            continue
        for seat in SEATS:
            if not row.allows(seat.role):
                continue
            other = Seat("borealis" if seat.firm == "amber" else "amber", seat.role)
            theirs = address(house.app, rule, house.stage.ids(other))
            nothing = address(house.app, rule, {part: uuid4() for part in firms_parts(rule)})
            got = call(house, seat.email, rule, method, row, theirs)
            missing = call(house, seat.email, rule, method, row, nothing)
            if got.status_code not in NOT_THERE or same(got) != same(missing):
                faults.append(
                    f"{method} {rule.rule}: {got.status_code} of another firm, "
                    f"{missing.status_code} of nobody, for {seat.role}"
                )
            if CANARY[other.firm].encode() in got.data:
                faults.append(f"{method} {rule.rule}: shows {CANARY[other.firm]}")

    assert not faults, "\n".join(faults)
    assert fingerprint(house.engine) == before


def test_a_colleagues_own_things_are_as_if_they_did_not_exist(house: House) -> None:
    faults = []
    for rule, method, row in calls(house.app):
        if not set(rule.arguments) & set(MADE_FOR_PEOPLE):
            continue
        seat, colleague = Seat("amber", Role.OFFICER), Seat("amber", Role.EXPORTER)
        at = address(house.app, rule, house.stage.ids(colleague))
        answer = call(house, seat.email, rule, method, row, at)
        if answer.status_code != 404:
            faults.append(f"{method} {rule.rule}: {answer.status_code}")

    assert not faults, "\n".join(faults)


def test_no_page_shows_another_firms_words(house: House) -> None:
    faults = []
    for rule, method, row in calls(house.app):
        if method != "GET":
            continue
        for seat in SEATS:
            if not (row.public or row.allows(seat.role)) or rule.endpoint == "logout":
                continue
            at = address(house.app, rule, house.stage.ids(seat))
            answer = call(house, seat.email, rule, method, row, at)
            other = "borealis" if seat.firm == "amber" else "amber"
            if CANARY[other].encode() in answer.data or CANARY[other] in str(answer.headers):
                faults.append(f"{at} shows {CANARY[other]} to {seat.email}")

    assert not faults, "\n".join(faults)


def test_disabled_people_are_nobody(house: House, restored: Callable[[], None]) -> None:
    with shared_session(house.engine) as session:
        set_active(session, "officer@amber.example", active=False, now=clock_now())

    faults = [
        refused_anonymous(house, rule, method, row, "officer@amber.example")
        for rule, method, row in calls(house.app)
        if not row.public
    ]

    assert not any(faults), "\n".join(filter(None, faults))
    restored()


@pytest.fixture
def restored(house: House) -> Iterator[Callable[[], None]]:
    """Put the database back as it was, as often as asked and at the end."""
    kept = house.path.with_suffix(".kept")

    def checkpoint() -> None:
        with house.engine.connect() as connection:
            connection.commit()
        house.engine.dispose()

    with house.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    checkpoint()
    shutil.copyfile(house.path, kept)

    def restore() -> None:
        house.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{house.path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(kept, house.path)

    yield restore
    restore()


@pytest.mark.slow
def test_who_may_gets_their_own(house: House, restored: Callable[[], None]) -> None:
    """Success, or a fault of the content; never a refusal, and never a fault of ours."""
    faults = []
    for rule, method, row in calls(house.app):
        if row.public:
            continue
        for role in Role:
            if not row.allows(role):
                continue
            seat = Seat("amber", role)
            at = address(house.app, rule, house.stage.ids(seat))
            answer = call(house, seat.email, rule, method, row, at)
            wrong = answer.status_code in {401, 403, 404, 405} or answer.status_code >= 500
            wrong = wrong or answer.headers.get("Location", "").startswith("/login")
            if wrong and answer.status_code not in row.own:
                faults.append(f"{method} {at}: {answer.status_code} for {role}")
            if method not in SAFE:
                restored()

    assert not faults, "\n".join(faults)


def test_a_method_is_not_smuggled(house: House) -> None:
    """No field and no header turns a GET or POST into another verb; odd paths lead nowhere."""
    browser = house.browsers["exporter@amber.example"]
    theirs = house.stage.ids(Seat("borealis", Role.EXPORTER))
    before = fingerprint(house.engine)
    browser.get("/")

    statuses = {
        path: browser.open(
            path, method=method, data={"_method": "DELETE"}, headers={
                "X-HTTP-Method-Override": "DELETE", "X-Forwarded-For": "127.0.0.1"
            }
        ).status_code
        for path, method in (
            (f"/people/{theirs['membership_id']}", "POST"),
            (f"//assessments/{theirs['assessment_id']}", "GET"),
            (f"/assessments/{theirs['assessment_id']}/", "GET"),
            (f"/assessments/%2e%2e/assessments/{theirs['assessment_id']}", "GET"),
            (f"/ASSESSMENTS/{theirs['assessment_id']}", "GET"),
            (f"/assessments/{str(theirs['assessment_id']).upper()}", "GET"),
            ("/people", "TRACE"),
            ("/people", "DELETE"),
        )
    }  # fmt: skip

    assert set(statuses.values()) <= {403, 404, 405}, statuses
    assert fingerprint(house.engine) == before


def test_attempts_of_the_matrix_did_not_lock_anybody_out(house: House) -> None:
    with shared_session(house.engine) as session:
        assert all(row.blocked_until is None for row in session.scalars(sql_select(SignInAttempts)))
