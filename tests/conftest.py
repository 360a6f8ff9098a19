"""Fixtures for every room: a migrated database with the cast on it, the application, a browser.

Firms: Amber (under test) and Borealis (must see nothing). Each has one person for each role, for
example `officer@amber.example`; all share the password `tests.support.cast.PASSWORD`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from compliance.database import make_engine, schema
from compliance.identity import Actor
from compliance.settings import Settings
from tests.support import cast
from tests.support.services import browser_path, postgres_database, server_url
from tests.support.serving import Server, serving

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

hypothesis_settings.register_profile("default", deadline=None)
hypothesis_settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that drive a browser come last: Playwright leaves its event loop in the process."""
    browsing = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in browsing)


# --- Databases -------------------------------------------------------------------------------


def prepare_database(url: str) -> None:
    """Bring a database up to the present schema and seat the cast."""
    engine = make_engine(url)
    schema.upgrade(engine)
    cast.take_the_stage(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the cast, to be copied."""
    path = tmp_path_factory.mktemp("prepared") / "app.db"
    prepare_database(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(prepared_sqlite: Path, tmp_path: Path) -> str:
    """A SQLite database of this test alone."""
    path = tmp_path / "app.db"
    shutil.copyfile(prepared_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def prepared_postgres() -> Iterator[str]:
    """The name of a migrated PostgreSQL database with the cast, to be copied."""
    with postgres_database() as url:
        prepare_database(url)
        yield str(make_url(url).database)


@pytest.fixture
def postgres_url(prepared_postgres: str) -> Iterator[str]:
    """A PostgreSQL database of this test alone."""
    with postgres_database(template=prepared_postgres) as url:
        yield url


@pytest.fixture
def empty_postgres_url() -> Iterator[str]:
    """A PostgreSQL database without tables."""
    with postgres_database() as url:
        yield url


@pytest.fixture
def redis_url() -> str:
    """An empty Redis database; each test process has its own."""
    from redis import Redis

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    server = server_url("TEST_REDIS_URL", "Redis")
    url = f"{server.rsplit('/', 1)[0]}/{int(worker)}"
    with Redis.from_url(url) as connection:
        connection.flushdb()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def each_database_url(request: pytest.FixtureRequest) -> str:
    """The same test on SQLite and on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def each_engine(each_database_url: str) -> Iterator[Engine]:
    """An engine on SQLite and one on PostgreSQL, with the cast."""
    engine = make_engine(each_database_url)
    yield engine
    engine.dispose()


# --- The application -------------------------------------------------------------------------


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Settings of a demo installation of this test alone."""
    return Settings(
        mode="demo",
        database_url=sqlite_url,
        secret_key="a secret for the tests alone, 32+ characters",
        data_dir=tmp_path / "data",
        base_url="http://localhost",
        embedded_jobs=False,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application. Forms need no CSRF token here; `strict_app` has the real rule."""
    from compliance.web import create_app  # so that tests of pure rooms start without Flask

    settings.data_dir.mkdir(exist_ok=True)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def strict_app(app: Flask) -> Flask:
    """The application that refuses forms without their CSRF token."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The application's engine, with the cast in its database."""
    found: Engine = app.extensions["engine"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts, signed out."""
    return app.test_client()


@pytest.fixture
def sign_in() -> Callable[..., FlaskClient]:
    """`sign_in(client, "officer@amber.example")`: through the form, as a person would."""

    def signed_in(client: FlaskClient, email: str, password: str = cast.PASSWORD) -> FlaskClient:
        answer = client.post("/login", data={"email": email, "password": password})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return client

    return signed_in


@pytest.fixture
def client_of(app: Flask, sign_in: Callable[..., FlaskClient]) -> Callable[[str], FlaskClient]:
    """`client_of("officer@amber.example")`: a new browser with that person signed in."""
    return lambda email: sign_in(app.test_client(), email)


@pytest.fixture
def actor() -> Callable[[str], Actor]:
    """`actor("officer@amber.example")`, for tests of rooms without pages."""
    return cast.actor


@pytest.fixture
def now() -> datetime:
    """The moment at which the cast came on stage."""
    return cast.NOW


# --- The real server and a browser -----------------------------------------------------------


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server with the demo firms; one for all tests of a process, so leave no traps."""
    with serving(tmp_path_factory.mktemp("live")) as server:
        yield server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A real server with the demo firms for one test, which may kill it."""
    with serving(tmp_path / "own") as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The distribution's Chromium, which must reach nothing but us."""
    return {
        **browser_type_launch_args,
        "executable_path": browser_path(),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(
    browser_context_args: dict[str, Any], live_server: Server
) -> dict[str, Any]:
    """Pages are opened by their path: `page.goto("/login")`."""
    return {**browser_context_args, "base_url": live_server.url}
