"""The database has no page left: nothing is acknowledged, nothing breaks, reading goes on.

SQLite is told that its file is as large as it may become, which is to it what a full disk is; a
disk that is really full is filled by `python -m benchmarks.faults.full_disk`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from compliance.identity import logins
from tests.support import cast
from tests.web.conftest import Filled, filled

__all__ = ["filled"]
LONG = "What we do, in many words. " * 400


@contextmanager
def full(engine: Engine) -> Iterator[None]:
    """While it lasts the database can't grow."""

    def limit(connection: Any, _entry: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    engine.dispose()
    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


@pytest.fixture
def exporter(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("exporter@amber.example")


def save(client: FlaskClient, filled: Filled, comment: str) -> Any:
    return client.put(
        f"{filled.url}/answers/LIC-01",
        json={"value": 3, "comment": comment},
        headers={"If-Match": f'"{filled.version("LIC-01")}"', "X-Requested-With": "autosave"},
    )


def test_on_a_full_disk_no_save_is_acknowledged_and_all_is_read(
    exporter: FlaskClient, filled: Filled, engine: Engine
) -> None:
    before = filled.answer("LIC-01")

    with full(engine):
        refused = [save(exporter, filled, f"{number} {LONG}") for number in range(20)]
        pages = [exporter.get(url).status_code for url in ("/", filled.url, filled.section())]

    assert {answer.status_code for answer in refused} == {507}
    assert "was not saved" in refused[0].get_json()["error"]
    assert set(pages) == {200}
    assert filled.answer("LIC-01") == before
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert save(exporter, filled, LONG).status_code == 200
    assert filled.answer("LIC-01")[2] == LONG


def test_who_is_signed_in_goes_on_reading_though_that_can_not_be_noted(
    exporter: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    with time_machine.travel(cast.NOW, tick=False) as clock:
        signed_in = exporter.post(
            "/login", data={"email": "exporter@amber.example", "password": cast.PASSWORD}
        )
        clock.shift(timedelta(minutes=5))
        monkeypatch.setattr(logins, "touch_login", no_room)

        assert signed_in.status_code == 302
        assert exporter.get("/assessments").status_code == 200
