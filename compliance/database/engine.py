"""One engine for each database, set up so that a commit is a promise."""

import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, literal, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

DatabaseFault = DBAPIError  # for entrances, which don't know the library
PATIENCE_S = 15.0  # how long a writer waits for its turn on SQLite
TURN_S = (0.0002, 0.002)  # the shortest and the longest pause between two tries for the turn
IDLE_S = 1.0  # a connection that lay longer is asked whether it still lives


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for SQLite or PostgreSQL.

    SQLite: write-ahead log with synchronous=FULL (an acknowledged answer is on disk), foreign keys
    on, and transactions begun by us: IMMEDIATE for writers, so that two of them queue.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_size=pool_size, max_overflow=10, hide_parameters=True)
        event.listen(engine, "checkin", _note_return)
        event.listen(engine, "checkout", _ask_after_rest(engine))
        return engine
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # hide_parameters: answers must not reach a log through an error message
    engine = create_engine(parsed, connect_args={"timeout": PATIENCE_S}, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


_WAITING = f"busy_timeout={int(PATIENCE_S * 1000)}"
_NOT_WAITING = "busy_timeout=0"


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        _WAITING,
        "cache_size=-20000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options: Any = connection.get_execution_options()
    raw: Any = connection.connection.dbapi_connection
    if options.get("writes"):
        _take_turn(connection, raw)
    else:
        raw.execute("BEGIN")


def _take_turn(connection: Connection, raw: sqlite3.Connection) -> None:
    """BEGIN IMMEDIATE, tried again in short pauses.

    SQLite's own waiting sleeps longer with each try, up to a tenth of a second, while a save holds
    the lock for a millisecond: several processes then mostly sleep. Raises OperationalError when
    the turn does not come.
    """
    until = time.monotonic() + PATIENCE_S
    raw.execute(f"PRAGMA {_NOT_WAITING}")
    try:
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as fault:
                busy = fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() >= until:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # says it as the library does
                    return
            pause = random.uniform(*TURN_S)  # noqa: S311 - only not in step  # nosec B311
            time.sleep(pause)
    finally:
        raw.execute(f"PRAGMA {_WAITING}")


def _note_return(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info["returned"] = time.monotonic()


def _ask_after_rest(engine: Engine) -> Callable[[Any, ConnectionPoolEntry, object], None]:
    """Ask a connection that has rested whether it still lives; if not, all are made anew.

    Asking before each use would cost every request a round trip.
    """
    dialect: Any = engine.dialect

    def ask(connection: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        returned = entry.info.get("returned")
        if returned is None or time.monotonic() - returned < IDLE_S:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as fault:
            raise InvalidatePoolError from fault

    return ask


def is_reachable(engine: Engine) -> bool:
    """Whether the database answers and holds our tables."""
    try:
        with engine.connect() as connection:
            connection.execute(select(literal(1)))
            return inspect(connection).has_table("firms")
    except DBAPIError:
        return False


def is_away(fault: DBAPIError) -> bool:
    """Whether a fault means that the database is unreachable or busy, and trying again may help."""
    return isinstance(fault, OperationalError | InterfaceError) or fault.connection_invalidated


def is_full(fault: DBAPIError) -> bool:
    """Whether a fault means that there is no space left."""
    said = str(fault.orig).lower()
    return any(words in said for words in ("disk is full", "no space left", "disk i/o error"))
