"""One line of migrations, up and down on a database with rows, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Text, cast, func, inspect, literal_column, select, table

from compliance.database import Base, make_engine, schema
from compliance.settings import ROOT
from tests.support.serving import Server

BOOKKEEPING = "alembic_version"


def scripts() -> ScriptDirectory:
    return ScriptDirectory(ROOT / "migrations")


def revisions() -> list[str]:
    """From the head down to the first."""
    return [script.revision for script in scripts().walk_revisions()]


def counts(engine: Engine) -> dict[str, int]:
    """Rows of each table that has any."""
    names = [name for name in inspect(engine).get_table_names() if name != BOOKKEEPING]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # an operator's look past row-level security
            connection.execute(select(func.set_config("app.all_firms", "on", True)))
        found = {
            name: connection.scalar(select(func.count()).select_from(table(name))) or 0
            for name in names
        }
    return {name: count for name, count in found.items() if count}


Columns = dict[str, list[str]]  # table -> names


def columns_of(engine: Engine) -> Columns:
    looked = inspect(engine)
    names = [name for name in looked.get_table_names() if name != BOOKKEEPING]
    return {name: [column["name"] for column in looked.get_columns(name)] for name in names}


def contents(engine: Engine, columns: Columns) -> dict[str, str]:
    """A digest of all that stands in some columns of each table."""
    found = {}
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.set_config("app.all_firms", "on", True)))
        for name, chosen in columns.items():
            fields = [cast(literal_column(f'"{one}"'), Text) for one in chosen]
            rows = sorted(map(repr, connection.execute(select(*fields).select_from(table(name)))))
            found[name] = sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def populated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The demo firms with their assessments, as `flask demo seed` writes them."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'demo.db'}"
    else:
        url = request.getfixturevalue("empty_postgres_url")
    Server(tmp_path, DATABASE_URL=url).prepare()
    engine = make_engine(url)
    yield engine
    engine.dispose()


def test_migrations_stand_in_one_line() -> None:
    directory = scripts()

    assert len(directory.get_heads()) == 1
    assert len(directory.get_bases()) == 1
    assert all(not script.is_branch_point for script in directory.walk_revisions())


def test_file_names_begin_with_their_revision() -> None:
    names = {script.revision: Path(script.path).name for script in scripts().walk_revisions()}

    assert [name for revision, name in names.items() if not name.startswith(f"{revision}_")] == []


@pytest.mark.slow
def test_each_step_down_and_up_keeps_the_rows(populated: Engine) -> None:
    before, newest = counts(populated), columns_of(populated)
    kept: dict[str, set[str]] = {}

    for revision, lower in zip(revisions(), revisions()[1:], strict=False):
        schema.downgrade(populated, lower)
        kept[revision] = set(counts(populated))
        common = {
            name: [column for column in columns if column in newest[name]]
            for name, columns in columns_of(populated).items()
            if name in newest
        }
        below = contents(populated, common)
        schema.upgrade(populated)
        now = counts(populated)
        assert contents(populated, common) == below, revision
        assert {name: now.get(name) for name in kept[revision]} == {
            name: before[name] for name in kept[revision]
        }, revision

    assert before["responses"] > 50


@pytest.mark.slow
def test_all_the_way_down_and_up_again(populated: Engine) -> None:
    schema.downgrade(populated, "base")
    left = [name for name in inspect(populated).get_table_names() if name != BOOKKEEPING]

    schema.upgrade(populated)

    assert left == []
    assert schema.current_revision(populated) == schema.needed_revision()


def test_migrations_make_what_the_models_say(each_engine: Engine) -> None:
    schema.load_models()

    with each_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []
