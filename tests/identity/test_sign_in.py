"""Signing in, staying signed in, signing out (security.md S6, S7, S12, S13)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.audit import AuditEntry
from compliance.clock import now as clock_now
from compliance.database import firm_reading, shared_reading, shared_session
from compliance.identity import Login, Membership, Person, Role, SignInAttempts, digest, logins
from compliance.identity.people import set_active
from tests.support import cast
from tests.support.cast import Seat
from tests.support.statements import statements_of

OFFICER = Seat("amber", Role.OFFICER)
Sign = Callable[..., FlaskClient]


def post(client: FlaskClient, password: str = cast.PASSWORD, email: str = OFFICER.email):  # type: ignore[no-untyped-def]
    return client.post("/login", data={"email": email, "password": password})


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    assert found
    return str(found.value)


def replay(app: Flask, value: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("session", value)
    return client


def test_the_right_password_lets_in(client: FlaskClient) -> None:
    assert post(client).headers["Location"] == "/"
    assert is_in(client)


@pytest.mark.parametrize("email", ["OFFICER@amber.example", " officer@amber.example "])
def test_an_address_is_known_however_it_is_written(client: FlaskClient, email: str) -> None:
    assert post(client, email=email).status_code == 302


def test_only_a_digest_of_the_token_is_kept(
    client: FlaskClient, engine: Engine, sign_in: Sign
) -> None:
    sign_in(client, OFFICER.email)

    with client.session_transaction() as kept:
        token = kept["login"]
    with shared_reading(engine) as session:
        login = session.scalars(select(Login)).one()
        assert login.token_sha256 == digest(token)
        assert token not in repr(vars(login))
    assert len(token) >= 43  # 256 bits


def test_one_statement_finds_login_person_role_and_firm(
    client: FlaskClient, engine: Engine, sign_in: Sign
) -> None:
    sign_in(client, OFFICER.email)

    with statements_of(engine) as statements:
        client.get("/logout")

    assert len(statements) == 1


def test_signing_in_makes_a_new_token_and_kills_the_old(app: Flask, client: FlaskClient) -> None:
    client.get("/login")
    client.set_cookie("session", "planted")
    post(client)
    first = cookie(client)

    post(client)

    assert cookie(client) != first
    assert not is_in(replay(app, first))
    assert is_in(client)


def test_signing_out_ends_it_on_the_server(app: Flask, client: FlaskClient, sign_in: Sign) -> None:
    kept = cookie(sign_in(client, OFFICER.email))

    client.get("/logout")
    assert is_in(replay(app, kept))
    client.post("/logout")

    assert not is_in(replay(app, kept))


def test_signing_in_and_out_stand_in_the_audit_trail(
    client: FlaskClient, engine: Engine, sign_in: Sign
) -> None:
    sign_in(client, OFFICER.email)
    client.post("/logout")

    with firm_reading(engine, OFFICER.firm_id) as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert actions == ["sign_in", "sign_out"]


def test_an_idle_and_an_old_login_end(client: FlaskClient, sign_in: Sign) -> None:
    with time_machine.travel(cast.NOW, tick=False) as clock:
        sign_in(client, OFFICER.email)
        for _ in range(24):  # twelve hours, used every half hour but a second
            clock.shift(timedelta(minutes=29, seconds=59))
            assert is_in(client)
        clock.shift(timedelta(minutes=1))
        assert not is_in(client)

        sign_in(client, OFFICER.email)
        clock.shift(timedelta(minutes=30, seconds=1))
        assert not is_in(client)


def test_a_leaping_clock_locks_nobody_out_and_revives_nothing(
    client: FlaskClient, sign_in: Sign
) -> None:
    with time_machine.travel(cast.NOW, tick=False) as clock:
        sign_in(client, OFFICER.email)
        clock.shift(timedelta(hours=-1))
        assert is_in(client)
        for _ in range(12):
            post(client, "wrong")
        clock.shift(timedelta(days=-1))
        assert post(client).status_code == 302
        clock.shift(timedelta(days=2))
        assert not is_in(client)


@pytest.mark.parametrize("leap", [timedelta(hours=1), timedelta(days=1)], ids=str)
def test_a_copied_cookie_is_not_revived_by_a_clock_that_leaps_back(
    app: Flask, client: FlaskClient, sign_in: Sign, leap: timedelta
) -> None:
    with time_machine.travel(cast.NOW, tick=False) as clock:
        sign_in(client, OFFICER.email)
        copied = cookie(client)
        clock.shift(leap)  # ahead: too long unused
        assert not is_in(replay(app, copied))

        clock.shift(-leap)

        assert not is_in(replay(app, copied))
        assert post(client).status_code == 302


@pytest.mark.parametrize("leap", [timedelta(hours=1), timedelta(days=1)], ids=str)
def test_after_a_leap_back_a_login_ends_when_it_would_have(
    client: FlaskClient, sign_in: Sign, leap: timedelta
) -> None:
    with time_machine.travel(cast.NOW, tick=False) as clock:
        sign_in(client, OFFICER.email)
        clock.shift(-leap)
        assert is_in(client)
        clock.shift(timedelta(minutes=30, seconds=1))
        assert not is_in(client)

        sign_in(client, OFFICER.email)
        clock.shift(-leap)
        for _ in range(24):
            assert is_in(client)
            clock.shift(timedelta(minutes=29, seconds=59))
        clock.shift(timedelta(minutes=1))
        assert not is_in(client)


@pytest.mark.parametrize("leap", [timedelta(hours=1), timedelta(days=1)], ids=str)
def test_a_wait_lasts_no_longer_for_a_clock_that_leapt_back(
    client: FlaskClient, leap: timedelta
) -> None:
    with time_machine.travel(cast.NOW, tick=False) as clock:
        while post(client, "wrong").status_code == 422:
            pass
        clock.shift(-leap)

        assert post(client).status_code == 302


def test_disabling_somebody_ends_their_logins(
    client: FlaskClient, engine: Engine, sign_in: Sign
) -> None:
    sign_in(client, OFFICER.email)

    with shared_session(engine) as session:
        set_active(session, OFFICER.email, active=False, now=clock_now())

    assert not is_in(client)
    assert post(client).status_code == 422
    with shared_session(engine) as session:
        set_active(session, OFFICER.email, active=True, now=clock_now())
    assert not is_in(client)


def test_who_left_the_firm_is_out_at_once(
    client: FlaskClient, engine: Engine, sign_in: Sign
) -> None:
    sign_in(client, OFFICER.email)

    with shared_session(engine) as session:
        session.delete(
            session.scalars(
                select(Membership).where(Membership.person_id == OFFICER.person_id)
            ).one()
        )

    assert not is_in(client)


def test_logins_are_listed_and_ended(app: Flask, client: FlaskClient, sign_in: Sign) -> None:
    sign_in(client, OFFICER.email)
    other = sign_in(app.test_client(), OFFICER.email)

    assert client.get("/account").text.count('/end"') == 1
    client.post("/account/logins/end-others")

    assert not is_in(other)
    assert is_in(client)


def test_a_weak_hash_is_renewed_at_sign_in(client: FlaskClient, engine: Engine) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024).hash(cast.PASSWORD)
    with shared_session(engine) as session:
        session.get_one(Person, OFFICER.person_id).password = weak

    post(client)

    with shared_reading(engine) as session:
        assert session.get_one(Person, OFFICER.person_id).password != weak
    assert post(client).status_code == 302


def test_a_new_password_ends_every_other_login(
    app: Flask, client: FlaskClient, sign_in: Sign
) -> None:
    kept = cookie(sign_in(client, OFFICER.email))
    other = sign_in(app.test_client(), OFFICER.email)

    done = client.post(
        "/account/password",
        data={"password": cast.PASSWORD, "new_password": "tulip bicycle harbour"},
    )

    assert done.status_code == 302
    assert is_in(client)
    assert not is_in(other)
    assert not is_in(replay(app, kept))
    assert post(app.test_client()).status_code == 422
    assert post(app.test_client(), "tulip bicycle harbour").status_code == 302


def test_a_new_password_needs_the_old_one_and_the_rules(client: FlaskClient, sign_in: Sign) -> None:
    sign_in(client, OFFICER.email)

    def change(old: str, new: str) -> int:
        data = {"password": old, "new_password": new}
        return client.post("/account/password", data=data).status_code

    assert change("wrong", "tulip bicycle harbour") == 422
    assert change(cast.PASSWORD, "Password1234") == 422
    assert change(cast.PASSWORD, "officer at amber") == 422


def test_a_hundred_wrong_passwords_at_once_meet_a_wall(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    right = logins.verify_password
    monkeypatch.setattr(
        logins, "verify_password", lambda kept, typed: hashed.append(typed) or right(kept, typed)
    )
    answers = []

    def attempt() -> None:
        answers.append(post(app.test_client(), "wrong"))

    threads = [threading.Thread(target=attempt) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = [answer.status_code for answer in answers]
    assert len(hashed) <= 10
    assert statuses.count(429) >= 90
    assert {*statuses} == {422, 429}
    assert all(int(a.headers["Retry-After"]) > 0 for a in answers if a.status_code == 429)


def test_a_wait_ends_and_then_the_right_password_works(client: FlaskClient) -> None:
    with time_machine.travel(cast.NOW, tick=False) as clock:
        while (refused := post(client, "wrong")).status_code == 422:
            pass
        assert post(client).status_code == 429

        clock.shift(timedelta(seconds=int(refused.headers["Retry-After"])))

        assert post(client).status_code == 302
        assert post(client, "wrong").status_code == 422


def test_waits_double_up_to_a_quarter_of_an_hour(client: FlaskClient) -> None:
    waits = []
    with time_machine.travel(cast.NOW, tick=False) as clock:
        while len(waits) < 8:
            answer = post(client, "wrong")
            if answer.status_code == 429:
                waits.append(int(answer.headers["Retry-After"]))
                clock.shift(timedelta(seconds=waits[-1]))

    assert waits[:3] == pytest.approx([31, 61, 121], abs=2)
    assert max(waits) <= 901


def test_failures_fade_so_that_a_busy_address_never_fills_up(client: FlaskClient) -> None:
    with time_machine.travel(cast.NOW, tick=False) as clock:
        for number in range(130):
            answer = post(client, "wrong", f"someone{number}@amber.example")
            assert answer.status_code == 422
            clock.shift(timedelta(seconds=40))
        for _ in range(25):
            assert post(client, "wrong").status_code == 422
            clock.shift(timedelta(minutes=6, seconds=1))


def test_another_address_header_does_not_help(client: FlaskClient) -> None:
    statuses = [
        client.post(
            "/login",
            data={"email": f"nobody{number}@x.example", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        ).status_code
        for number in range(105)
    ]

    assert 429 in statuses[99:]


def test_counts_hold_no_address_in_clear(client: FlaskClient, engine: Engine) -> None:
    post(client, "wrong")

    with shared_reading(engine) as session:
        keys = session.scalars(select(SignInAttempts.key)).all()
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)


def test_known_and_unknown_addresses_get_the_same_answer(
    app: Flask, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same body after the same work; `benchmarks/enumeration.py` measures the time."""
    right, hashed = logins.verify_password, []
    monkeypatch.setattr(
        logins, "verify_password", lambda kept, typed: hashed.append(typed) or right(kept, typed)
    )
    found = set()
    asked = (*(f"{role}@amber.example" for role in Role), "x@y.example", "nobody")
    for number, email in enumerate(asked):
        machine = {"REMOTE_ADDR": f"192.0.2.{number}"}  # each is counted for the first time
        with statements_of(engine) as statements:
            answer = app.test_client().post(
                "/login", data={"email": email, "password": "wrong"}, environ_base=machine
            )
        body = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
        body = body.replace(f'value="{email}"', "")
        found.add((answer.status_code, body, tuple(statements), len(hashed)))
        hashed.clear()

    assert len(found) == 1
    assert found.pop()[3] == 1


def test_a_person_of_two_firms_chooses(client: FlaskClient, engine: Engine, sign_in: Sign) -> None:
    borealis = Seat("borealis", Role.READER)
    with shared_session(engine) as session:
        session.add(
            Membership(
                person_id=OFFICER.person_id,
                firm_id=borealis.firm_id,
                role=Role.READER,
                created_at=cast.NOW + timedelta(days=1),
            )
        )
    before = cookie(sign_in(client, OFFICER.email))
    assert "Amber" in client.get("/firms").text

    client.post(f"/firms/{borealis.firm_id}")

    assert "Borealis" in client.get("/account").text
    assert cookie(client) != before
    assert client.get("/people").status_code == 403  # a reader there
    assert client.post(f"/firms/{cast.firm_id('nobody')}").status_code == 404


def test_profile_keeps_language_and_time_zone(client: FlaskClient, sign_in: Sign) -> None:
    sign_in(client, OFFICER.email)

    client.post(
        "/account/profile", data={"name": "Shen", "language": "zh", "time_zone": "Europe/Berlin"}
    )

    page = client.get("/account").text
    assert 'lang="zh' in page
    assert 'value="Europe/Berlin" selected' in page
    assert client.post("/account/profile", data={"name": "", "language": "zh"}).status_code == 422
