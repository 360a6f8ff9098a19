"""Tokens for programs: shown once, revoked at once, one's own only."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.clock import now as clock_now
from compliance.database import shared_session
from compliance.identity import Firm, Membership, people
from tests.support import cast
from tests.support.cast import Seat

OFFICER = Seat("amber", cast.Role.OFFICER)
ClientOf = Callable[[str], FlaskClient]
TOKEN = re.compile(r"ecl_[\w-]{40,}")


def listed(client: FlaskClient) -> list[str]:
    return re.findall(r"/account/tokens/([0-9a-f-]{36})/revoke", client.get("/account/tokens").text)


def make(client: FlaskClient, name: str = "ERP") -> str:
    """A new token, made through the page."""
    page = client.post("/account/tokens", data={"name": name, "password": cast.PASSWORD}).text
    (token,) = TOKEN.findall(page)
    return str(token)


def status(app: Flask, token: str) -> int:
    """What a program with this token is told."""
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().get("/api/v1/assessments", headers=headers).status_code


def test_a_token_is_shown_once_and_works(client_of: ClientOf) -> None:
    client = client_of("officer@amber.example")

    token = make(client, "ERP <b>")

    answer = client.get("/api/v1/assessments", headers={"Authorization": f"Bearer {token}"})
    again = client.get("/account/tokens").text
    assert answer.status_code == 200
    assert token not in again
    assert "ERP &lt;b&gt;" in again


def test_a_revoked_token_works_no_more(client_of: ClientOf) -> None:
    client = client_of("officer@amber.example")
    token = make(client)

    client.post(f"/account/tokens/{listed(client)[0]}/revoke")

    answer = client.get("/api/v1/assessments", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert listed(client) == []


def test_nobody_revokes_anothers_token(client_of: ClientOf) -> None:
    owner = client_of("officer@amber.example")
    make(owner)
    (token_id,) = listed(owner)

    refused = client_of("exporter@amber.example").post(f"/account/tokens/{token_id}/revoke")

    assert refused.status_code == 404
    assert listed(owner) == [token_id]


@pytest.mark.parametrize("password", ["", "not the password"])
def test_a_token_is_not_made_without_the_password(client_of: ClientOf, password: str) -> None:
    client = client_of("officer@amber.example")

    refused = client.post("/account/tokens", data={"name": "My ERP", "password": password})

    assert refused.status_code == 422
    assert not TOKEN.findall(refused.text)
    assert listed(client) == []
    assert 'value="My ERP"' in refused.text  # what was typed is still there


def test_guessing_the_password_for_a_token_is_throttled(client_of: ClientOf) -> None:
    client = client_of("officer@amber.example")

    statuses = [
        client.post("/account/tokens", data={"password": "x"}).status_code for _ in range(11)
    ]

    assert statuses == [422] * 10 + [429]


def test_a_new_password_ends_tokens_and_says_so(app: Flask, client_of: ClientOf) -> None:
    client = client_of("officer@amber.example")
    token = make(client)
    assert status(app, token) == 200

    new = {"password": cast.PASSWORD, "new_password": "tulip bicycle harbour"}
    client.post("/account/password", data=new)

    assert status(app, token) == 401
    assert "Your tokens for programs have ended" in client.get("/account").text


def test_a_token_of_somebody_disabled_does_not_come_back(
    app: Flask, engine: Engine, client_of: ClientOf
) -> None:
    token = make(client_of(OFFICER.email))

    for active in (False, True):
        with shared_session(engine) as session:
            people.set_active(session, OFFICER.email, active=active, now=clock_now())
        assert status(app, token) == 401


@pytest.mark.parametrize("how", ["role", "remove"])
def test_a_token_ends_with_the_role_it_was_made_in(
    app: Flask, engine: Engine, client_of: ClientOf, how: str
) -> None:
    token = make(client_of(OFFICER.email))
    boss = client_of("administrator@amber.example")
    with shared_session(engine) as session:
        member = session.scalars(
            select(Membership.id).where(Membership.person_id == OFFICER.person_id)
        ).one()

    boss.post(f"/people/{member}" + ("/remove" if how == "remove" else ""), data={"role": "reader"})

    assert status(app, token) == 401


def test_a_token_ends_after_a_year(app: Flask, client_of: ClientOf) -> None:
    with time_machine.travel(cast.NOW, tick=False) as clock:
        token = make(client_of(OFFICER.email))
        clock.shift(timedelta(days=364))
        assert status(app, token) == 200
        clock.shift(timedelta(days=1, seconds=1))
        assert status(app, token) == 401


def test_a_token_does_not_pass_by_the_second_factor_of_a_role(
    app: Flask, engine: Engine, client_of: ClientOf
) -> None:
    token = make(client_of(OFFICER.email))
    with shared_session(engine) as session:
        session.get_one(Firm, OFFICER.firm_id).second_factor_roles = ["officer"]

    answer = app.test_client().get(
        "/api/v1/assessments", headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 403
    assert "second factor" in answer.json["detail"]  # type: ignore[index]
