"""Invitations, resets, the first administrator (security.md S13, S27, S32)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from compliance.clock import now as clock_now
from compliance.database import firm_session, make_engine, shared_reading, shared_session
from compliance.identity import (
    Membership,
    Person,
    Role,
    StaleLinkError,
    people,
    verify_password,
)
from compliance.mail import Mail, deliver
from compliance.settings import Settings
from tests.support import cast
from tests.support.cast import Seat
from tests.support.statements import statements_of

ADMINISTRATOR = Seat("amber", Role.ADMINISTRATOR)
OFFICER = Seat("amber", Role.OFFICER)
Sign = Callable[..., FlaskClient]
NEW = "new.colleague@amber.example"
GOOD = "tulip bicycle harbour"


def invited(client: FlaskClient, email: str = NEW, **more: object) -> str:
    """The path that the invitation's page shows once."""
    answer = client.post("/people/invitations", data={"email": email, "role": "reader", **more})
    assert answer.status_code == 302, answer.text
    page = client.get("/people").text
    return re.search(r"http://localhost(/invitations/[^<]+)<", page)[1]  # type: ignore[index]


def mailed(engine: Engine, what: str) -> str:
    """The newest link of a kind in the mails."""
    with shared_reading(engine) as session:
        bodies = session.scalars(select(Mail.body).order_by(Mail.created_at.desc())).all()
    return next(m[0] for body in bodies if (m := re.search(rf"/{what}/\S+", body)))


@pytest.fixture
def office(client: FlaskClient, sign_in: Sign) -> FlaskClient:
    return sign_in(client, ADMINISTRATOR.email)


def test_an_invitation_makes_a_person_and_signs_them_in(
    app: Flask, office: FlaskClient, engine: Engine
) -> None:
    link = invited(office, limited="1", modules=["licensing", "nonsense"])
    guest = app.test_client()

    assert "http" not in office.get("/people").text.split("<main")[1]  # shown once
    assert mailed(engine, "invitations") == link
    assert guest.get(link).status_code == 200
    assert guest.post(link, data={"name": "", "new_password": GOOD}).status_code == 422
    assert guest.post(link, data={"name": "N", "new_password": "Password1234"}).status_code == 422
    assert guest.post(link, data={"name": "N", "new_password": "new.colleague!"}).status_code == 422
    assert guest.post(link, data={"name": "Ning", "new_password": GOOD}).status_code == 302

    assert "Ning" in guest.get("/account").text
    assert guest.get("/people").status_code == 403
    assert guest.get(link).status_code == 410
    with shared_reading(engine) as session:
        person = session.scalars(select(Person).where(Person.email == NEW)).one()
        seat = session.scalars(select(Membership).where(Membership.person_id == person.id)).one()
    assert (seat.role, seat.modules) == ("reader", ["licensing"])


@pytest.mark.parametrize("how", ["disabled", "left"])
def test_a_reset_link_of_somebody_who_may_not_sign_in_is_worth_nothing(
    client: FlaskClient, engine: Engine, how: str
) -> None:
    client.post("/forgot-password", data={"email": "officer@amber.example"})
    with shared_reading(engine) as session:
        body = session.scalars(select(Mail.body)).one()
    link = re.search(r"/set-password/\S+", body)[0]  # type: ignore[index]
    person = cast.actor("officer@amber.example").person_id
    with shared_session(engine) as session:
        if how == "disabled":
            people.set_active(session, "officer@amber.example", active=False, now=clock_now())
        else:
            seat = select(Membership).where(Membership.person_id == person)
            session.delete(session.scalars(seat).one())

    shown = client.get(link)
    used = client.post(link, data={"new_password": "tulip bicycle harbour"})

    assert (shown.status_code, used.status_code) == (410, 410)
    with shared_session(engine) as session:
        assert verify_password(session.get_one(Person, person).password, cast.PASSWORD)
        people.set_active(session, "officer@amber.example", active=True, now=clock_now())
    assert client.get(link).status_code == 410  # it does not come back with the person either


def test_fifty_acceptances_at_once_make_one_person(app: Flask, office: FlaskClient) -> None:
    link = invited(office)
    statuses: list[int] = []

    def accept() -> None:
        answer = app.test_client().post(link, data={"name": "N", "new_password": GOOD})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=accept) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    engine: Engine = app.extensions["engine"]
    with shared_reading(engine) as session:
        assert session.scalar(select(func.count(Person.id)).where(Person.email == NEW)) == 1
    assert statuses.count(302) >= 1
    assert set(statuses) <= {302, 410}


@pytest.mark.postgres
def test_acceptances_at_once_make_one_person_on_postgresql(postgres_url: str) -> None:
    engine = make_engine(postgres_url, pool_size=8)
    asked = people.Asked(NEW, Role.READER)
    with firm_session(engine, ADMINISTRATOR.firm_id) as session:
        _, token = people.invite(session, ADMINISTRATOR.actor(), asked, now=cast.NOW)
    done: list[str] = []

    def accept() -> None:
        try:
            with firm_session(engine, ADMINISTRATOR.firm_id) as session:
                found = people.find_invitation(session, token, now=cast.NOW)
                people.accept_as_new(session, found, "N", GOOD, now=cast.NOW)
            done.append("in")
        except StaleLinkError:
            done.append("stale")

    threads = [threading.Thread(target=accept) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()

    assert sorted(done) == ["in", *["stale"] * 7]


def test_an_invitation_ends(app: Flask, office: FlaskClient) -> None:
    withdrawn = invited(office)
    invitation = re.search(r"/people/invitations/([0-9a-f-]+)/withdraw", office.get("/people").text)
    office.post(invitation[0])  # type: ignore[index]
    replaced, fresh = invited(office), invited(office)
    old = invited(office, "late@amber.example")

    guest = app.test_client()
    assert guest.get(withdrawn).status_code == 410
    assert guest.get(replaced).status_code == 410
    assert guest.get(fresh).status_code == 200
    with time_machine.travel(timedelta(days=15)):
        assert guest.get(old).status_code == 410
    for wrong in ("/invitations/x", f"{fresh}x", "/invitations/" + "0" * 32 + ".x"):
        assert guest.get(wrong).status_code == 410


def test_whoever_has_an_account_joins_with_it(
    app: Flask, office: FlaskClient, sign_in: Sign
) -> None:
    link = invited(office, "reader@borealis.example")
    guest = app.test_client()

    answer = guest.get(link)
    assert answer.headers["Location"].startswith("/login?next=")
    assert guest.post(link, data={"name": "N", "new_password": GOOD}).status_code == 302
    thief = sign_in(app.test_client(), "officer@borealis.example")
    assert thief.post(link).headers["Location"].startswith("/login?next=")
    sign_in(guest, "reader@borealis.example")
    assert guest.post(link).headers["Location"] == "/firms"

    assert "Amber" in guest.get("/firms").text
    assert guest.get(link).status_code == 410


def test_a_member_is_not_invited_again(office: FlaskClient) -> None:
    for email in (OFFICER.email, "not an address", "a@b", "x@" + "y" * 300 + ".example"):
        answer = office.post("/people/invitations", data={"email": email, "role": "reader"})
        assert answer.status_code == 422


def test_an_officer_makes_no_administrators(
    app: Flask, client: FlaskClient, sign_in: Sign, engine: Engine
) -> None:
    officer = sign_in(client, OFFICER.email)
    with shared_reading(engine) as session:
        seats = {
            m.role: m.id
            for m in session.scalars(
                select(Membership).where(Membership.firm_id == OFFICER.firm_id)
            )
        }

    invitation = {"email": NEW, "role": "administrator"}
    assert officer.post("/people/invitations", data=invitation).status_code == 403
    for role in ("officer", "administrator"):
        at = f"/people/{seats[role]}"
        assert officer.post(at, data={"role": "administrator"}).status_code == 403
    assert officer.post(f"/people/{seats['administrator']}/remove").status_code == 403


def test_a_firm_keeps_an_administrator(office: FlaskClient, engine: Engine) -> None:
    with shared_reading(engine) as session:
        seat = session.scalars(
            select(Membership).where(Membership.person_id == ADMINISTRATOR.person_id)
        ).one()

    assert office.post(f"/people/{seat.id}", data={"role": "reader"}).status_code == 409
    assert office.post(f"/people/{seat.id}/remove").status_code == 409


def test_another_role_and_leaving_end_the_logins_there(
    app: Flask, office: FlaskClient, sign_in: Sign, engine: Engine
) -> None:
    with shared_reading(engine) as session:
        seat = session.scalars(
            select(Membership).where(Membership.person_id == OFFICER.person_id)
        ).one()
    officer = sign_in(app.test_client(), OFFICER.email)

    office.post(f"/people/{seat.id}", data={"role": "reader"})
    assert officer.get("/account").status_code == 302
    sign_in(officer, OFFICER.email)
    assert officer.get("/people").status_code == 403
    office.post(f"/people/{seat.id}/remove")
    assert officer.get("/account").status_code == 302
    again = officer.post("/login", data={"email": OFFICER.email, "password": cast.PASSWORD})
    assert again.status_code == 422


def test_extra_fields_change_nothing(office: FlaskClient, engine: Engine, app: Flask) -> None:
    link = invited(office, firm_id=str(cast.firm_id("borealis")), accepted_at="2026-01-01")
    app.test_client().post(
        link,
        data={
            "name": "N",
            "new_password": GOOD,
            "role": "administrator",
            "firm_id": str(cast.firm_id("borealis")),
            "is_admin": "1",
            "active": "0",
            "email": "other@amber.example",
        },
    )

    with shared_reading(engine) as session:
        person = session.scalars(select(Person).where(Person.email == NEW)).one()
        seat = session.scalars(select(Membership).where(Membership.person_id == person.id)).one()
    assert (person.active, seat.role, seat.firm_id) == (True, "reader", ADMINISTRATOR.firm_id)


# --- Reset -----------------------------------------------------------------------------------


def test_a_reset_ends_logins_and_works_once(
    app: Flask, client: FlaskClient, sign_in: Sign, engine: Engine
) -> None:
    sign_in(client, OFFICER.email)
    guest = app.test_client()

    guest.post("/forgot-password", data={"email": OFFICER.email})
    link = mailed(engine, "set-password")
    assert guest.get(link).status_code == 200
    assert guest.post(link, data={"new_password": "officer amber"}).status_code == 422
    assert guest.post(link, data={"new_password": GOOD}).status_code == 302

    assert client.get("/account").status_code == 302
    assert guest.get("/account").status_code == 302  # signing in is still to be done
    assert guest.post(link, data={"new_password": GOOD + "x"}).status_code == 410
    sign_in(guest, OFFICER.email, GOOD)


def test_a_reset_link_is_old_after_an_hour(app: Flask, engine: Engine) -> None:
    guest = app.test_client()
    guest.post("/forgot-password", data={"email": OFFICER.email})
    link = mailed(engine, "set-password")

    with time_machine.travel(timedelta(minutes=61)):
        assert guest.get(link).status_code == 410


def test_a_reset_tells_nobody_who_has_an_account(app: Flask, engine: Engine) -> None:
    known = app.test_client().post("/forgot-password", data={"email": OFFICER.email})
    unknown = app.test_client().post("/forgot-password", data={"email": "no@body.example"})

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    with shared_reading(engine) as session:
        assert session.scalars(select(Mail.recipient)).all() == [OFFICER.email]


def test_a_reset_does_the_same_work_for_everybody(app: Flask, engine: Engine) -> None:
    with shared_session(engine) as session:
        people.set_active(session, "reader@amber.example", active=False, now=clock_now())
    found = set()
    asked = ("officer@amber.example", "reader@amber.example", "nobody@x.example")
    for number, email in enumerate(asked):
        machine = {"REMOTE_ADDR": f"192.0.2.{number}"}  # each is counted for the first time
        with statements_of(engine) as statements:
            app.test_client().post("/forgot-password", data={"email": email}, environ_base=machine)
        found.add(tuple(statements))

    assert len(found) == 1
    assert any("INSERT INTO mails" in statement for statement in found.pop())
    with shared_reading(engine) as session:
        assert session.scalars(select(Mail.recipient)).all() == ["officer@amber.example"]


def test_resets_are_throttled(app: Flask) -> None:
    client = app.test_client()

    statuses = [
        client.post("/forgot-password", data={"email": OFFICER.email}).status_code for _ in range(7)
    ]

    assert statuses == [200] * 5 + [429] * 2


def test_mail_goes_to_the_outbox_once_and_keeps_no_link(
    app: Flask, engine: Engine, settings: Settings
) -> None:
    app.test_client().post("/forgot-password", data={"email": OFFICER.email})

    assert deliver(engine, settings, now=cast.NOW) == 1
    assert deliver(engine, settings, now=cast.NOW) == 0

    files = list((settings.data_dir / "outbox").iterdir())
    assert len(files) == 1
    assert b"set-password" in files[0].read_bytes()
    assert files[0].stat().st_mode & 0o077 == 0
    with shared_reading(engine) as session:
        assert session.scalars(select(Mail.body)).all() == [""]


# --- The first administrator -----------------------------------------------------------------


@pytest.fixture
def flask(app: Flask) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        with app.app_context():
            return app.test_cli_runner().invoke(args=["people", *arguments])

    return run


def test_the_first_administrator_comes_by_a_link(
    app: Flask, flask: Callable[..., Result], sign_in: Sign
) -> None:
    arguments = ("first-administrator", "--email", "boss@hq.example", "--name", "Boss")
    assert flask(*arguments, "--firm", "HQ-1").exit_code == 2
    done = flask(*arguments, "--firm", "HQ-1", "--firm-name", "Headquarters")
    link = done.stdout.strip().removeprefix("http://localhost")

    guest = app.test_client()
    assert done.exit_code == 0
    assert (
        guest.post("/login", data={"email": "boss@hq.example", "password": ""}).status_code == 422
    )
    assert guest.post(link, data={"new_password": GOOD}).status_code == 302
    assert sign_in(guest, "boss@hq.example", GOOD).get("/people").status_code == 200
    assert guest.get(link).status_code == 410
    again = flask(*arguments, "--firm", "HQ-1")
    assert again.exit_code == 2
    assert "has an administrator already" in again.stderr


def test_the_link_of_the_first_administrator_lasts_a_day(
    app: Flask, flask: Callable[..., Result]
) -> None:
    link = flask(
        *("first-administrator", "--email", "boss@hq.example", "--name", "Boss"),
        *("--firm", "HQ-1", "--firm-name", "Headquarters"),
    ).stdout.strip()

    with time_machine.travel(timedelta(hours=25)):
        path = link.removeprefix("http://localhost")
        assert app.test_client().get(path).status_code == 410


def test_people_are_switched_off_and_on(flask: Callable[..., Result], client: FlaskClient) -> None:
    def status() -> int:
        data = {"email": OFFICER.email, "password": cast.PASSWORD}
        return client.post("/login", data=data).status_code

    assert flask("disable", OFFICER.email).exit_code == 0
    assert status() == 422
    assert flask("enable", OFFICER.email).exit_code == 0
    assert status() == 302
    assert flask("disable", "no@body.example").exit_code == 2
