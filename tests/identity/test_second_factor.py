"""One-time codes and recovery codes (security.md S11)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.database import shared_reading, shared_session
from compliance.identity import (
    Firm,
    Person,
    Role,
    SealError,
    WrongCredentialsError,
    seal,
    second_factor,
    set_sealing_key,
    unseal,
)
from tests.support import cast
from tests.support.cast import Seat

OFFICER = Seat("amber", Role.OFFICER)
Sign = Callable[..., FlaskClient]
KEY = "a secret for the tests alone, 32+ characters"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(cast.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enrolled(
    client: FlaskClient, sign_in: Sign, clock: time_machine.Traveller
) -> tuple[str, list[str]]:
    """The officer with a second factor: secret and recovery codes."""
    sign_in(client, OFFICER.email)
    page = client.get("/account/second-factor").text
    secret = "".join(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].split())  # type: ignore[index]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]  # type: ignore[index]
    data = {"sealed": sealed, "code": pyotp.TOTP(secret).now(), "password": "wrong"}
    assert client.post("/account/second-factor", data=data).status_code == 422
    done = client.post("/account/second-factor", data={**data, "password": cast.PASSWORD})
    assert done.status_code == 200
    clock.shift(timedelta(seconds=30))
    return secret, re.findall(r"<code>([a-z2-9-]{19})</code>", done.text)


def begun(app: Flask) -> FlaskClient:
    """A browser between password and code."""
    client = app.test_client()
    answer = client.post("/login", data={"email": OFFICER.email, "password": cast.PASSWORD})
    assert answer.headers["Location"].startswith("/login/code")
    return client


def enter(client: FlaskClient, code: str) -> int:
    return client.post("/login/code", data={"code": code}).status_code


def test_a_code_completes_the_sign_in_under_a_new_token(
    app: Flask, enrolled: tuple[str, list[str]]
) -> None:
    client = begun(app)
    before = client.get_cookie("session").value  # type: ignore[union-attr]

    assert client.get("/account").status_code == 302
    assert client.get("/").status_code == 302
    assert enter(client, pyotp.TOTP(enrolled[0]).now()) == 302

    assert client.get("/account").status_code == 200
    old = app.test_client()
    old.set_cookie("session", before)
    assert old.get("/account").status_code == 302


def test_a_code_is_good_once(app: Flask, enrolled: tuple[str, list[str]]) -> None:
    code = pyotp.TOTP(enrolled[0]).now()

    assert enter(begun(app), code) == 302
    assert enter(begun(app), code) == 422


def test_the_same_code_at_once_is_good_once(app: Flask, enrolled: tuple[str, list[str]]) -> None:
    code = pyotp.TOTP(enrolled[0]).now()
    clients = [begun(app) for _ in range(20)]
    statuses: list[int] = []

    threads = [
        threading.Thread(target=lambda c=client: statuses.append(enter(c, code)))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses.count(302) == 1
    assert set(statuses) <= {302, 422, 429}


@pytest.mark.postgres
def test_the_same_code_at_once_is_good_once_on_postgresql(postgres_url: str) -> None:
    from compliance.database import make_engine

    set_sealing_key(KEY)
    engine = make_engine(postgres_url, pool_size=8)
    secret = second_factor.new_totp_secret()
    with shared_session(engine) as session:
        code = pyotp.TOTP(secret).at(cast.NOW)
        second_factor.enable_totp(session, OFFICER.person_id, secret, code, now=cast.NOW)
    later = cast.NOW + timedelta(seconds=30)
    taken: list[str] = []

    def use() -> None:
        try:
            with shared_session(engine) as session:
                code = pyotp.TOTP(secret).at(later)
                second_factor.use_code(session, OFFICER.person_id, code, now=later)
                taken.append(code)
        except WrongCredentialsError:
            pass

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()

    assert len(taken) == 1


@pytest.mark.parametrize(
    ("seconds", "status"), [(-90, 422), (-30, 302), (0, 302), (30, 302), (90, 422)]
)
def test_a_clock_may_be_one_step_off(
    app: Flask,
    enrolled: tuple[str, list[str]],
    clock: time_machine.Traveller,
    seconds: int,
    status: int,
) -> None:
    clock.shift(timedelta(seconds=120))
    code = pyotp.TOTP(enrolled[0]).at(cast.NOW + timedelta(seconds=150 + seconds))

    assert enter(begun(app), code) == status


def test_five_wrong_codes_lock_for_a_while(
    app: Flask, enrolled: tuple[str, list[str]], clock: time_machine.Traveller
) -> None:
    client = begun(app)

    assert [enter(client, "000000") for _ in range(6)] == [422] * 5 + [429]
    assert enter(client, pyotp.TOTP(enrolled[0]).now()) == 429
    clock.shift(timedelta(seconds=31))
    assert enter(client, pyotp.TOTP(enrolled[0]).now()) == 302


def test_a_recovery_code_is_good_once(app: Flask, enrolled: tuple[str, list[str]]) -> None:
    codes = enrolled[1]

    assert len(set(codes)) == 10
    assert enter(begun(app), codes[0].upper().replace("-", " ")) == 302
    assert enter(begun(app), codes[0]) == 422
    assert enter(begun(app), codes[1]) == 302


def test_secrets_are_sealed_in_the_database(
    engine: Engine, enrolled: tuple[str, list[str]]
) -> None:
    with shared_reading(engine) as session:
        kept = session.get_one(Person, OFFICER.person_id).totp_secret
    assert kept
    assert enrolled[0] not in kept
    with engine.connect() as connection:
        codes = connection.exec_driver_sql("SELECT code_sha256 FROM recovery_codes").scalars()
        assert all(len(code) == 64 for code in codes)


def test_a_sealed_secret_opens_for_its_owner_and_key_only() -> None:
    set_sealing_key(KEY)
    sealed = seal("secret", bound_to="one")

    assert unseal(sealed, bound_to="one") == "secret"
    for wrong, bound in ((sealed, "two"), ("", "one"), ("x" * 40, "one"), ("é", "one")):
        with pytest.raises(SealError):
            unseal(wrong, bound_to=bound)
    set_sealing_key("another")
    with pytest.raises(SealError):
        unseal(sealed, bound_to="one")
    set_sealing_key(KEY)


def test_switching_it_off_needs_the_password(
    client: FlaskClient, enrolled: tuple[str, list[str]], app: Flask
) -> None:
    assert client.post("/account/second-factor/remove", data={"password": "x"}).status_code == 422
    assert client.post("/account/recovery-codes", data={"password": "x"}).status_code == 422

    client.post("/account/second-factor/remove", data={"password": cast.PASSWORD})

    again = app.test_client()
    answer = again.post("/login", data={"email": OFFICER.email, "password": cast.PASSWORD})
    assert answer.headers["Location"] == "/"


def test_new_recovery_codes_replace_the_old(
    app: Flask, client: FlaskClient, enrolled: tuple[str, list[str]]
) -> None:
    page = client.post("/account/recovery-codes", data={"password": cast.PASSWORD}).text

    assert len(re.findall(r"<code>([a-z2-9-]{19})</code>", page)) == 10
    assert enter(begun(app), enrolled[1][0]) == 422


def test_a_firm_can_demand_it_by_role(client: FlaskClient, engine: Engine, sign_in: Sign) -> None:
    with shared_session(engine) as session:
        session.get_one(Firm, OFFICER.firm_id).second_factor_roles = ["officer"]

    sign_in(client, OFFICER.email)

    assert client.get("/people").headers["Location"] == "/account/second-factor"
    assert client.get("/account").status_code == 200
    sign_in(client, "reader@amber.example")
    assert client.get("/firms").status_code == 200


def test_setting_it_up_ends_other_logins(
    app: Flask, client: FlaskClient, sign_in: Sign, clock: time_machine.Traveller
) -> None:
    other = sign_in(app.test_client(), OFFICER.email)
    sign_in(client, OFFICER.email)
    page = client.get("/account/second-factor").text
    secret = "".join(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].split())  # type: ignore[index]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]  # type: ignore[index]

    client.post(
        "/account/second-factor",
        data={
            "sealed": sealed,
            "code": pyotp.TOTP(secret).now(),
            "password": cast.PASSWORD,
        },
    )

    assert other.get("/account").status_code == 302
    assert client.get("/account").status_code == 200
