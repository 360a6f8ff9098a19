"""The servers and programs that `script/test` brings: PostgreSQL, Redis, a browser.

Where one is missing on a developer's machine, its tests are skipped and say so; in CI they fail.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def without(what: str) -> NoReturn:
    """End a test that can't run here."""
    reason = f"{what} is not at hand: run the tests by script/test, which brings it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def server_url(variable: str, what: str) -> str:
    """The address that `script/test` exported."""
    return os.environ.get(variable) or without(what)


def browser_path() -> str:
    """The distribution's browser; a downloaded one would not be the one we know."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    without("Chromium")


@contextmanager
def postgres_database(*, template: str | None = None) -> Iterator[str]:
    """The URL of a new database, dropped afterwards."""
    server = make_url(server_url("TEST_DATABASE_URL", "PostgreSQL"))
    name = f"test_{uuid4().hex[:12]}"
    copied = f' TEMPLATE "{template}"' if template else ""
    administration = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        _run(administration, f'CREATE DATABASE "{name}"{copied}')
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _run(administration, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        administration.dispose()


def _run(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
