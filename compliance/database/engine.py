"""One engine for each database, set up so that a commit is a promise."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, literal, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

DatabaseFault = DBAPIError  # for entrances, which don't know the library


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for SQLite or PostgreSQL.

    SQLite: write-ahead log with synchronous=FULL (an acknowledged answer is on disk), foreign keys
    on, and transactions begun by us: IMMEDIATE for writers, so that two of them queue.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # hide_parameters: answers must not reach a log through an error message
    engine = create_engine(parsed, connect_args={"timeout": 15}, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "cache_size=-20000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options: Any = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


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
