"""A class: its end, what is forgotten and what is kept."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.clock import now as right_now
from compliance.database import all_firms_reading, all_firms_session
from compliance.training import (
    Attempt,
    ClassroomSession,
    Participant,
    TeamLock,
    sweep_sessions,
)
from tests.training.conftest import (
    DETERMINE,
    END,
    FLAGS,
    RIGHT_FLAGS,
    Room,
)

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
