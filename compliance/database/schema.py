"""The schema: which version the database has, which the program needs, and moving between them.

Migrations stand in one line and their file names begin with their number (tested), so comparing
versions needs no Alembic; it is imported only to migrate, which keeps the start quick.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, String, column, inspect, select, table

from compliance.database.protection import protect, unprotect

ROOT = Path(__file__).parents[2]
ROOMS = (
    "identity",
    "audit",
    "mail",
    "jobs",
    "evidence",
    "determination",
    "assessments",
    "screening",
    "training",
    "remediation",
)


class SchemaError(Exception):
    """The database's schema does not fit the program; the text says what to do."""


def load_models() -> None:
    """Import every room that has tables, so that the metadata is complete."""
    for room in ROOMS:
        if (ROOT / "compliance" / room / "models.py").exists():
            import_module(f"compliance.{room}.models")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to a revision, in one transaction where the database allows."""
    _run(engine, "upgrade", revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to a revision."""
    _run(engine, "downgrade", revision)


def _run(engine: Engine, verb: str, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.execution_options(writes=True).connect() as connection:
        _foreign_keys(connection, on=False)  # a table that is rebuilt must not take its children
        config.attributes["connection"] = connection
        try:
            with connection.begin():
                load_models()
                unprotect(connection)
                getattr(command, verb)(config, revision)
                protect(connection)
        finally:
            _foreign_keys(connection, on=True)


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """Switch SQLite's foreign keys; the pragma counts only outside a transaction."""
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        raw.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
        # Rebuilding a table that a trigger elsewhere names would fail while it is away.
        raw.execute(f"PRAGMA legacy_alter_table={'OFF' if on else 'ON'}")


def known_revisions() -> list[str]:
    """The revisions of this program, from the first to the newest."""
    names = (path.name for path in (ROOT / "migrations" / "versions").glob("[0-9]*_*.py"))
    return sorted(name.split("_")[0] for name in names)


def needed_revision() -> str:
    """The newest revision that this program knows."""
    known = known_revisions()
    if not known:
        raise SchemaError("the program has no migrations")
    return known[-1]


def current_revision(engine: Engine) -> str | None:
    """The revision of the database, None when it is empty."""
    version = column("version_num", String())
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(select(version).select_from(table("alembic_version", version)))


def check(engine: Engine) -> None:
    """Raises SchemaError when the database is behind or ahead of the program."""
    current, needed = current_revision(engine), needed_revision()
    if current == needed:
        return
    if current is not None and current not in known_revisions():
        raise SchemaError(
            f"the database is of a newer version ({current}) than this program ({needed}); "
            "start the newer program, or restore a backup of this version"
        )
    raise SchemaError(
        f"the database is at {current or 'nothing'}, this program needs {needed}; "
        "run: flask database upgrade"
    )
