"""A consistent copy of the database while it is in use, and putting one back."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.engine import URL

from compliance.backup.errors import BrokenArchiveError, DatabaseProgramError, NotEmptyError
from compliance.children import bare_environment

NAMES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}


def dump(engine: Engine, target: Path) -> None:
    """Write a copy of the database as it is at one moment."""
    if engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(f"file:{_file(engine)}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        return
    _run("pg_dump", engine.url, "--format=custom", "--no-owner", "--no-privileges",
         "--enable-row-security", f"--file={target}")  # fmt: skip


def check(dialect: str, path: Path) -> None:
    """Raises BrokenArchiveError where the copy is no sound database."""
    if dialect == "sqlite":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            try:
                found = copy.execute("PRAGMA integrity_check").fetchone()[0]
                orphans = copy.execute("PRAGMA foreign_key_check").fetchall()
            except sqlite3.DatabaseError as fault:
                raise BrokenArchiveError(f"the database in the archive: {fault}") from fault
        if found != "ok" or orphans:
            raise BrokenArchiveError(
                f"the database in the archive: {found}, {len(orphans)} orphans"
            )
    else:
        _run("pg_restore", None, "--list", str(path))


def load(engine: Engine, path: Path, *, replace: bool) -> None:
    """Put a copy in the place of an empty database, or of a full one where `replace`."""
    full = bool(inspect(engine).get_table_names())
    if full and not replace:
        raise NotEmptyError("the database is not empty; --replace throws away what is in it")
    engine.dispose()
    if engine.dialect.name == "sqlite":
        target = _file(engine)
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".restored")
        shutil.copyfile(path, beside)
        for suffix in ("-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        beside.replace(target)
        return
    if full:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    _run("pg_restore", engine.url, "--no-owner", "--no-privileges", "--exit-on-error",
         "--single-transaction", str(path))  # fmt: skip


def _file(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _run(program: str, url: URL | None, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, not the arguments."""
    path = _find(program)
    chosen = [key for key in os.environ if key.startswith("PG")]  # libpq's own: SSL mode and so on
    environment = {**bare_environment(*chosen), "PGOPTIONS": "-c app.all_firms=on"}
    if url is not None:
        plain = url.set(drivername="postgresql", password=None)
        environment["PGPASSWORD"] = url.password or ""
        arguments = (f"--dbname={plain.render_as_string()}", *arguments)
    done = subprocess.run(  # noqa: S603  # a program found above, arguments of our own
        [path, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        line = (done.stderr.strip().splitlines() or ["no message"])[0]
        kind = BrokenArchiveError if url is None else DatabaseProgramError
        raise kind(f"{program}: {line}")


def _find(program: str) -> str:
    """The newest of the programs at hand, which understands every older server."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    found = str(beside[-1]) if beside else shutil.which(program)
    if found is None:
        raise DatabaseProgramError(f"{program} is missing; install PostgreSQL's client programs")
    return found
