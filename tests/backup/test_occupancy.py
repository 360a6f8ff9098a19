"""Nothing is restored under a running server, and no server starts into a restore."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, literal, select

from compliance.backup import InUseError, create, installation, occupancy, occupy, restore
from compliance.database import make_engine, schema
from tests.support.cast import NOW
from tests.support.services import postgres_database


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    chosen = tmp_path / "served"
    chosen.mkdir()
    yield chosen
    stop_serving(chosen)


def stop_serving(folder: Path) -> None:
    """What the end of a process does."""
    held = occupancy._held.pop(folder, None)
    if held is not None:
        os.close(held)


@pytest.fixture
def target(each_engine: Engine, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the same kind as the one backed up."""
    if each_engine.dialect.name == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'target.db'}")
        yield engine
        engine.dispose()
        return
    with postgres_database() as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def put_back(
    each_engine: Engine, target: Engine, folder: Path, tmp_path: Path
) -> Callable[[], None]:
    archive = tmp_path / "whole.ecl"
    create(each_engine, tmp_path / "data", archive, passphrase=None, now=NOW)

    def put() -> None:
        restore(target, folder, archive, passphrase=None, replace=False)

    return put


def test_a_served_folder_is_not_restored_into_until_its_server_ends(
    put_back: Callable[[], None], target: Engine, folder: Path
) -> None:
    occupy(folder)
    with pytest.raises(InUseError, match="stop it before restoring"):
        put_back()
    assert schema.current_revision(target) is None

    stop_serving(folder)

    put_back()
    assert schema.current_revision(target) == schema.needed_revision()


@pytest.mark.postgres
def test_connections_from_elsewhere_forbid_to_restore(postgres_url: str, folder: Path) -> None:
    engine, elsewhere = make_engine(postgres_url), make_engine(postgres_url)
    with elsewhere.connect() as connection:
        connection.execute(select(literal(1)))
        with (
            pytest.raises(InUseError, match="1 other connections"),
            occupancy.alone(engine, folder),
        ):
            pass
    elsewhere.dispose()
    engine.dispose()


def test_nothing_serves_from_a_folder_that_is_being_restored(sqlite_url: str, folder: Path) -> None:
    engine = make_engine(sqlite_url)

    with occupancy.alone(engine, folder), pytest.raises(InUseError, match="being restored"):
        occupy(folder)

    occupy(folder)
    engine.dispose()


def test_many_serve_from_one_folder(folder: Path) -> None:
    occupy(folder)
    occupy(folder)
    other = occupancy._opened(folder)
    occupancy.fcntl.flock(other, occupancy.fcntl.LOCK_SH | occupancy.fcntl.LOCK_NB)
    os.close(other)


def test_what_a_killed_backup_left_goes_with_the_next(sqlite_url: str, tmp_path: Path) -> None:
    engine, backups = make_engine(sqlite_url), tmp_path / "backups"
    for name, hours in (("unfinished-old", 25), ("unfinished-running", 1), ("else", 25)):
        (backups / name).mkdir(parents=True)
        (backups / name / "database.sqlite").write_text("a copy of everything")
        then = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(backups / name, (then, then))

    create(engine, tmp_path / "data", backups / "new.ecl", passphrase=None, now=NOW)

    left = sorted(path.name for path in backups.iterdir())
    assert left == ["else", "new.ecl", "unfinished-running"]
    assert installation.SCRATCH == "unfinished-"
    engine.dispose()
