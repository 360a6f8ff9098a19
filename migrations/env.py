"""Alembic's environment: runs migrations on the connection that the command gives it."""

from alembic import context
from sqlalchemy.types import TypeEngine

from compliance.database import Base, UtcDateTime, load_models, make_engine
from compliance.settings import read_settings

load_models()


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Print plain types: a migration must not import the application's classes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, TypeEngine):
        return False
    return False


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        engine = make_engine(read_settings().database_url)
        with engine.execution_options(writes=True).connect() as own:
            _migrate(own)
            own.commit()
    else:
        _migrate(connection)


def _migrate(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
