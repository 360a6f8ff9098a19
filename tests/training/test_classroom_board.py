"""A class: what the wall and the phones show, and two trainers who move it on."""

import json

import pytest
from flask.testing import FlaskClient

from tests.training.conftest import (
    DETERMINE,
    FLAGS,
    RIGHT_FLAGS,
    Client,
    Room,
)

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
