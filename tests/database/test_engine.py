"""Waiting for SQLite's one writer, and connections that died while they rested."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, literal, select
from sqlalchemy.exc import OperationalError

from compliance.database import engine as engines
from compliance.database import is_away, make_engine


def test_writers_take_turns(sqlite_url: str) -> None:
    first, second = make_engine(sqlite_url), make_engine(sqlite_url)
    order: list[str] = []
    begun, waiting = threading.Event(), threading.Event()

    def write_later() -> None:
        begun.wait()
        waiting.set()
        with second.execution_options(writes=True).begin():
            order.append("second")

    other = threading.Thread(target=write_later)
    other.start()
    with first.execution_options(writes=True).begin():
        begun.set()
        waiting.wait()
        order.append("first")
    other.join(timeout=60)

    assert order == ["first", "second"]
    first.dispose()
    second.dispose()


def test_a_turn_that_does_not_come_is_said(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(sqlite_url)
    with engine.execution_options(writes=True).begin():
        monkeypatch.setattr(engines, "PATIENCE_S", 0.05)
        with (
            pytest.raises(OperationalError) as fault,
            engine.execution_options(writes=True).begin(),
        ):
            pass
    assert is_away(fault.value)
    with engine.connect() as connection:  # other statements wait as patiently as before
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 15_000
    engine.dispose()


@pytest.mark.postgres
def test_a_connection_that_died_while_it_rested_is_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "IDLE_S", 0.0)
    ours, another = make_engine(postgres_url), make_engine(postgres_url)
    with ours.connect() as connection:
        number = connection.scalar(select(func.pg_backend_pid()))
    with another.connect() as connection:
        connection.execute(select(func.pg_terminate_backend(number, 30_000)))  # and waits for it
    with ours.connect() as connection:
        assert connection.scalar(select(literal(1))) == 1
    ours.dispose()
    another.dispose()


@pytest.mark.postgres
def test_a_connection_in_use_is_not_asked_each_time(postgres_url: str) -> None:
    asked: list[str] = []
    engine = make_engine(postgres_url)
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setattr(engine.dialect, "do_ping", lambda *_: asked.append("ping"))
        patch.setattr(engines, "IDLE_S", 3600.0)
        for _ in range(3):
            with engine.connect() as connection:
                connection.execute(select(literal(1)))
    assert asked == []
    engine.dispose()
