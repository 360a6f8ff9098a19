"""An open class, its trainer and its people."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.database import all_firms_reading
from compliance.training import (
    ClassroomSession,
)
from compliance.web.classroom import live

TRAINER = "trainer@amber.example"
Client = Callable[[str], FlaskClient]
RIGHT_FLAGS = ["RF-E07", "RF-E09", "RF-L01", "RF-L03"]
READ, FLAGS, DETERMINE, ASSESS, REVEAL, TWIST, TWIST_REVEAL, END = range(1, 9)


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
