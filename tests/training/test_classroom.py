"""A class: joining, answering, locking in, moving on, two trainers, the end."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.clock import now as right_now
from compliance.database import all_firms_reading, all_firms_session
from compliance.training import (
    Attempt,
    ClassroomSession,
    Participant,
    TeamLock,
    sweep_sessions,
)
from compliance.web.classroom import live

TRAINER = "trainer@amber.example"
Client = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The board of a test is never that of the moment before."""
    monkeypatch.setattr("compliance.training.board.FRESH", timedelta(0))
    live._kept.clear()


@pytest.fixture
def trainer(client_of: Client) -> FlaskClient:
    return client_of(TRAINER)


class Room:
    """An open class and its people."""

    def __init__(self, app: Flask, trainer: FlaskClient, engine: Engine, **form: str) -> None:
        self.app, self.trainer, self.engine = app, trainer, engine
        answer = trainer.post("/classroom/new", data={"scenario": "SC-01", "teams": "3", **form})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        self.path = answer.headers["Location"]
        self.id = UUID(self.path.rsplit("/", 1)[1])
        self.code = str(self.row.code)

    @property
    def row(self) -> ClassroomSession:
        with all_firms_reading(self.engine, reason="test") as session:
            return session.get_one(ClassroomSession, self.id)

    def join(self, name: str, team: int = 1) -> FlaskClient:
        phone = self.app.test_client()
        answer = phone.post(f"/join/{self.code}", data={"name": name, "team": str(team)})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return phone

    def move(self, base: int, to: int) -> int:
        return self.trainer.post(
            f"{self.path}/move", data={"base": str(base), "to": str(to)}
        ).status_code

    def go(self, to: int) -> None:
        assert self.move(self.row.position, to) == 302

    def room(self, phone: FlaskClient) -> str:
        answer = phone.get(f"/join/{self.code}/room", follow_redirects=True)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def answer(self, phone: FlaskClient, stage: int, **chosen: object) -> int:
        data = {"stage": str(stage), **chosen}
        return phone.post(f"/join/{self.code}/answer", data=data).status_code

    def count(self, kind: type) -> int:
        with all_firms_reading(self.engine, reason="test") as session:
            return len(session.scalars(select(kind)).all())


@pytest.fixture
def room(app: Flask, trainer: FlaskClient, engine: Engine) -> Room:
    return Room(app, trainer, engine)


RIGHT_FLAGS = ["RF-E07", "RF-E09", "RF-L01", "RF-L03"]
READ, FLAGS, DETERMINE, ASSESS, REVEAL, TWIST, TWIST_REVEAL, END = range(1, 9)


# --- Coming in -------------------------------------------------------------------------------


def test_a_code_has_six_letters_that_cannot_be_misread(room: Room) -> None:
    assert re.fullmatch("[A-HJKMNP-Z]{6}", room.code)


def test_the_code_may_be_typed_in_small_letters_and_with_blanks(
    room: Room, client: FlaskClient
) -> None:
    answer = client.post("/join", data={"code": f" {room.code[:3].lower()} {room.code[3:]} "})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/join/{room.code}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "six letters"),
        ("ABC", "six letters"),
        ("123456", "six letters"),
        ("<b>x</b>", "six letters"),
        ("A" * 500, "six letters"),
        ("QQQQQQ", "No class has this code"),
    ],
)
def test_a_wrong_code_is_told_in_words(client: FlaskClient, given: str, said: str) -> None:
    answer = client.post("/join", data={"code": given})

    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_a_name_joins_and_sees_the_lobby(room: Room) -> None:
    phone = room.join("王小明", team=2)

    page = room.room(phone)

    assert "王小明" in page
    assert "Team 2" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Give a name"),
        ("   ", "Give a name"),
        ("x" * 500, "at most 40"),
        ("<script>alert(1)</script>", "letters, figures"),
        ("a=1;b", "letters, figures"),
    ],
)
def test_a_name_that_cannot_stand_is_told_in_words(
    room: Room, client: FlaskClient, name: str, said: str
) -> None:
    answer = client.post(f"/join/{room.code}", data={"name": name, "team": "1"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "<script>alert" not in page
    assert room.count(Participant) == 0


@pytest.mark.parametrize("team", ["0", "4", "-1", "x", ""])
def test_a_team_that_is_none_is_refused(room: Room, client: FlaskClient, team: str) -> None:
    answer = client.post(f"/join/{room.code}", data={"name": "Ann", "team": team})

    assert answer.status_code == 422
    assert "Choose your team" in answer.get_data(as_text=True)


def test_no_account_and_no_address_is_kept(room: Room) -> None:
    room.join("Ann")

    with all_firms_reading(room.engine, reason="test") as session:
        seat = session.scalars(select(Participant)).one()
        columns = set(seat.__table__.columns.keys())

    assert columns == {
        *("id", "session_id", "token_sha256", "rejoin_code", "name", "team", "joined_at"),
    }


def test_a_late_joiner_comes_to_where_the_class_is(room: Room) -> None:
    room.go(FLAGS)

    phone = room.join("Late")

    assert "Find the red flags" in room.room(phone)


def test_a_lost_phone_takes_its_seat_back(room: Room, client: FlaskClient) -> None:
    lost = room.join("Ann", team=2)
    found = re.search(r'class="code">([A-Z]{6})<', room.room(lost))
    assert found

    answer = client.post(f"/join/{room.code}/rejoin", data={"rejoin_code": found[1].lower()})

    assert answer.status_code == 302
    assert "Ann" in room.room(client)
    assert lost.get(f"/join/{room.code}/room").status_code == 302  # the old phone is out


def test_a_wrong_rejoin_code_is_told_in_words(room: Room, client: FlaskClient) -> None:
    answer = client.post(f"/join/{room.code}/rejoin", data={"rejoin_code": "ZZZZZZ"})

    assert answer.status_code == 422
    assert "Nobody here has this rejoin code" in answer.get_data(as_text=True)


def test_a_seat_of_one_class_opens_no_other(
    room: Room, app: Flask, trainer: FlaskClient, engine: Engine
) -> None:
    other = Room(app, trainer, engine)
    phone = room.join("Ann")

    answer = phone.get(f"/join/{other.code}/room")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/join/{other.code}"


# --- Answering -------------------------------------------------------------------------------


def test_an_answer_is_kept_and_shown_again(room: Room) -> None:
    phone = room.join("Ann")
    room.go(FLAGS)

    assert room.answer(phone, FLAGS, flags=["RF-E07"]) == 302

    assert re.search(r'value="RF-E07" checked', room.room(phone))


def test_a_lock_speaks_for_the_team(room: Room) -> None:
    ann, ben, cem = room.join("Ann", 1), room.join("Ben", 1), room.join("Cem", 2)
    room.go(FLAGS)

    assert room.answer(ann, FLAGS, flags=RIGHT_FLAGS, lock="1") == 302

    assert room.answer(ben, FLAGS, flags=["RF-E07"]) == 409
    assert "locked in" in room.room(ben)
    assert room.answer(cem, FLAGS, flags=["RF-E07"]) == 302


def test_the_trainer_opens_a_step_again(room: Room) -> None:
    ann = room.join("Ann")
    room.go(FLAGS)
    room.answer(ann, FLAGS, flags=["RF-E07"], lock="1")

    room.trainer.post(f"{room.path}/reopen")

    assert room.answer(ann, FLAGS, flags=RIGHT_FLAGS, lock="1") == 302


def test_locking_in_needs_each_single_choice(room: Room) -> None:
    ann = room.join("Ann")
    room.go(DETERMINE)

    assert room.answer(ann, DETERMINE, because=["end-use-changed"], lock="1") == 422
    assert room.answer(ann, DETERMINE, outcome="stop_and_report", lock="1") == 302


def test_an_answer_to_a_step_that_is_over_is_refused(room: Room) -> None:
    ann = room.join("Ann")
    room.go(DETERMINE)

    assert room.answer(ann, FLAGS, flags=RIGHT_FLAGS) == 409


@pytest.mark.parametrize(
    "chosen",
    [
        {"flags": ["RF-Q99"]},
        {"other": ["RF-E07"]},
        {"flags": ["<script>"]},
    ],
)
def test_what_the_step_does_not_offer_is_refused(room: Room, chosen: dict[str, object]) -> None:
    ann = room.join("Ann")
    room.go(FLAGS)

    assert room.answer(ann, FLAGS, **chosen) == 422
    assert room.count(Attempt) == 0


def test_who_has_no_seat_answers_nothing(room: Room, client: FlaskClient) -> None:
    room.go(FLAGS)

    assert room.answer(client, FLAGS, flags=RIGHT_FLAGS) == 302
    assert room.count(Attempt) == 0


def test_points_are_for_reasoning(room: Room) -> None:
    good, bad = room.join("Ann", 1), room.join("Ben", 2)
    room.go(FLAGS)
    room.answer(bad, FLAGS, flags=["RF-E07"], lock="1")  # first, and poor
    room.answer(good, FLAGS, flags=RIGHT_FLAGS, lock="1")
    room.go(REVEAL)

    points = live.points

    with all_firms_reading(room.engine, reason="test") as session:
        table = points(session, session.get_one(ClassroomSession, room.id))
    assert [one.team for one in table] == [1, 2]
    assert table[0].percent == 30
    assert 0 < table[1].percent < 30


def test_the_reveal_shows_reasons_and_law(room: Room) -> None:
    ann = room.join("Ann")
    room.go(FLAGS)
    room.answer(ann, FLAGS, flags=["RF-E07"], lock="1")
    room.go(REVEAL)

    page = room.room(ann)

    assert "Stop and report" in page
    assert "Export Control Law" in page
    assert "Missed" in page


def test_nothing_right_is_marked_before_the_reveal(room: Room) -> None:
    ann = room.join("Ann")
    for stage in (FLAGS, DETERMINE, ASSESS):
        room.go(stage)
        assert "vote-right" not in room.room(ann)
        assert "vote-right" not in room.trainer.get(f"{room.path}/board").get_data(as_text=True)


# --- The board -------------------------------------------------------------------------------


def test_phones_get_304_while_nothing_is_new(room: Room) -> None:
    phone = room.join("Ann")
    first = phone.get(f"/join/{room.code}/state")

    again = phone.get(f"/join/{room.code}/state", headers={"If-None-Match": first.headers["ETag"]})
    room.join("Ben")
    new = phone.get(f"/join/{room.code}/state", headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert len(first.get_data()) < 200
    assert (again.status_code, again.get_data()) == (304, b"")
    assert json.loads(new.get_data())["people"] == 2


def test_phones_see_no_votes_and_no_names(room: Room) -> None:
    phone = room.join("Ann")
    room.go(FLAGS)
    room.answer(phone, FLAGS, flags=RIGHT_FLAGS)

    state = json.loads(phone.get(f"/join/{room.code}/state").get_data())

    assert set(state) == {"pos", "closed", "people", "locked"}


def test_the_wall_shows_the_spread_and_no_names_unless_wished(room: Room) -> None:
    ann, ben = room.join("Ann", 1), room.join("Ben", 2)
    room.go(FLAGS)
    room.answer(ann, FLAGS, flags=["RF-E07", "RF-L01"], lock="1")
    room.answer(ben, FLAGS, flags=["RF-E07"])

    hidden = json.loads(room.trainer.get(f"{room.path}/state").get_data())
    room.trainer.post(f"{room.path}/names", data={"shown": "1"})
    shown = json.loads(room.trainer.get(f"{room.path}/state").get_data())

    assert hidden["spread"]["flags"]["RF-E07"] == 2
    assert hidden["spread"]["flags"]["RF-L01"] == 1
    assert hidden["locked"] == [1]
    assert hidden["names"] == []
    assert shown["names"] == ["Ann", "Ben"]


def test_a_reloaded_wall_stands_where_it_stood(room: Room) -> None:
    room.join("Ann")
    room.go(DETERMINE)

    page = room.trainer.get(f"{room.path}/board").get_data(as_text=True)

    assert 'data-position="3"' in page
    assert room.code in page


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("stage", range(9))
def test_each_stage_has_its_pages_in_both_languages(room: Room, stage: int, lang: str) -> None:
    phone = room.join("Ann")
    if stage:
        room.go(stage)

    for client, path in (
        (phone, f"/join/{room.code}/room"),
        (room.trainer, room.path),
        (room.trainer, f"{room.path}/board"),
    ):
        answer = client.get(f"{path}?lang={lang}")
        assert answer.status_code == 200
        page = answer.get_data(as_text=True)
        assert "<style" not in page
        assert " style=" not in page


# --- Trainers --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["exporter", "officer", "reader", "administrator"])
def test_only_trainers_drive(room: Room, client_of: Client, role: str) -> None:
    other = client_of(f"{role}@amber.example")

    assert other.get(room.path).status_code == 403
    assert other.post(f"{room.path}/move", data={"base": "0", "to": "1"}).status_code == 403


def test_another_firm_does_not_find_the_class(room: Room, client_of: Client) -> None:
    stranger = client_of("trainer@borealis.example")

    for path in (room.path, f"{room.path}/board", f"{room.path}/state", f"{room.path}/debrief.csv"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{room.path}/move", data={"base": "0", "to": "1"}).status_code == 404
    assert stranger.post(f"{room.path}/close").status_code == 404


def test_two_trainers_do_not_push_each_other(room: Room) -> None:
    assert room.move(0, 1) == 302

    answer = room.trainer.post(f"{room.path}/move", data={"base": "0", "to": "1"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Amber trainer moved the class on meanwhile" in page
    assert "Read the case" in page
    assert room.row.position == 1


def test_there_is_no_step_beyond_the_end(room: Room) -> None:
    assert room.move(0, 99) == 422
    assert room.move(0, -1) == 422


@pytest.mark.parametrize(
    "form",
    [
        {"scenario": "", "teams": "3"},
        {"scenario": "SC-01", "teams": "41"},
        {"scenario": "SC-01", "teams": "-1"},
        {"scenario": "SC-01", "teams": "x"},
        {"scenario": "SC-01", "teams": "3", "title": "x" * 121},
    ],
)
def test_a_class_that_cannot_be_is_refused(trainer: FlaskClient, form: dict[str, str]) -> None:
    assert trainer.post("/classroom/new", data=form).status_code in (404, 422)


# --- The end ---------------------------------------------------------------------------------


def test_closing_forgets_everyone_and_keeps_the_debrief(room: Room) -> None:
    ann = room.join("Ann Secret")
    room.go(FLAGS)
    room.answer(ann, FLAGS, flags=RIGHT_FLAGS, lock="1")

    room.trainer.post(f"{room.path}/close")

    assert room.count(Participant) == room.count(Attempt) == room.count(TeamLock) == 0
    with all_firms_reading(room.engine, reason="test") as session:
        debrief = session.get_one(ClassroomSession, room.id).debrief
    assert debrief is not None
    assert debrief["people"] == 1
    assert "Ann" not in json.dumps(debrief)
    assert "closed" in room.trainer.get(room.path).get_data(as_text=True)


def test_a_closed_class_is_told_in_words(room: Room, client: FlaskClient) -> None:
    ann = room.join("Ann")
    room.trainer.post(f"{room.path}/close")

    typed = client.post("/join", data={"code": room.code})
    inside = ann.get(f"/join/{room.code}/room")

    assert typed.status_code == 422
    assert "This class is over" in typed.get_data(as_text=True)
    assert inside.status_code == 410
    assert "This class is over" in inside.get_data(as_text=True)
    assert json.loads(ann.get(f"/join/{room.code}/state").get_data())["closed"] is True
    assert room.move(0, 1) == 410


def test_a_forgotten_class_closes_by_itself(room: Room) -> None:
    room.join("Ann")

    with all_firms_session(room.engine, reason="test") as session:
        early = sweep_sessions(session, now=right_now())
        late = sweep_sessions(session, now=right_now() + timedelta(hours=13))

    assert (early, late) == (0, 1)
    assert room.count(Participant) == 0
    assert room.row.closed_at is not None


def test_the_csv_has_no_formula(room: Room) -> None:
    ann = room.join("Ann")
    room.go(FLAGS)
    room.answer(ann, FLAGS, flags=RIGHT_FLAGS, lock="1")

    answer = room.trainer.get(f"{room.path}/debrief.csv")

    lines = answer.get_data(as_text=True).lstrip("\ufeff").split("\r\n")
    assert answer.mimetype == "text/csv"
    assert len(lines) > 20
    cells = [cell.strip('"') for line in lines for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_debrief_is_a_pdf_in_either_language(room: Room, lang: str) -> None:
    ann, ben = room.join("Ann", 1), room.join("Ben", 2)
    for stage, chosen in (
        (FLAGS, {"flags": RIGHT_FLAGS}),
        (DETERMINE, {"outcome": "licensed", "because": ["end-use-changed"]}),
    ):
        room.go(stage)
        room.answer(ann, stage, lock="1", **chosen)
        room.answer(ben, stage, **chosen)
    room.trainer.post(f"{room.path}/close")

    answer = room.trainer.get(f"{room.path}/debrief.pdf?language={lang}")

    assert answer.status_code == 200
    assert answer.get_data().startswith(b"%PDF-")


@pytest.mark.slow
def test_certificates_are_made_while_there_are_names(room: Room) -> None:
    ann = room.join("王小明")
    room.go(END)

    all_of_them = room.trainer.get(f"{room.path}/certificates.pdf?language=zh")
    own = ann.get(f"/join/{room.code}/certificate.pdf")
    room.trainer.post(f"{room.path}/close")

    assert all_of_them.get_data().startswith(b"%PDF-")
    assert own.get_data().startswith(b"%PDF-")
    assert room.trainer.get(f"{room.path}/certificates.pdf").status_code == 404


def test_a_certificate_comes_at_the_end_only(room: Room) -> None:
    ann = room.join("Ann")

    assert ann.get(f"/join/{room.code}/certificate.pdf").status_code == 404


def test_tests_before_and_after_show_what_was_learned(
    app: Flask, trainer: FlaskClient, engine: Engine
) -> None:
    room = Room(app, trainer, engine, tests="1")
    with all_firms_reading(engine, reason="test") as session:
        bank = session.get_one(ClassroomSession, room.id).bank
    ann = room.join("Ann")
    last = len(room.row.stages) - 2
    from compliance.training import question_bank

    room.go(1)
    wrong = {
        q: next(v for v, _ in question_bank()[q].options if v != question_bank()[q].correct)
        for q in bank
    }
    room.answer(ann, 1, **wrong)
    room.go(last)
    room.answer(ann, last, **{q: question_bank()[q].correct for q in bank})
    room.trainer.post(f"{room.path}/close")

    with all_firms_reading(engine, reason="test") as session:
        debrief = session.get_one(ClassroomSession, room.id).debrief
    assert debrief is not None
    assert {one["topic"] for one in debrief["learning"]} == {"licensing", "end_use_end_user"}
    assert all((one["before"], one["after"]) == (0, 1) for one in debrief["learning"])


def _another_than(value: str) -> str:
    return "b" if value == "a" else "a"
