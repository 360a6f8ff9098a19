"""A class: joining, answering, locking in."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.database import all_firms_reading
from compliance.training import (
    Attempt,
    ClassroomSession,
    Participant,
)
from compliance.web.classroom import live
from tests.training.conftest import ASSESS, DETERMINE, FLAGS, REVEAL, RIGHT_FLAGS, Room

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
