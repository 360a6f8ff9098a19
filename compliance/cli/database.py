"""`flask database`: the schema."""

import click
from flask import current_app

from compliance.database import schema

group = click.Group("database", help="The database's schema.")


@group.command("upgrade")
def upgrade() -> None:
    """Bring the schema up to this program's version."""
    engine = current_app.extensions["engine"]
    current = schema.current_revision(engine)
    needed = schema.needed_revision()
    if current == needed:
        click.echo(f"database: up to date ({needed})")
        return
    if current is not None:
        _refuse_newer(engine)
    schema.upgrade(engine)
    click.echo(f"database: {current or 'empty'} -> {needed}")


@group.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION."""
    schema.downgrade(current_app.extensions["engine"], revision)
    click.echo(f"database: now at {revision}")


@group.command("check")
def check() -> None:
    """Exit 1 when the schema is behind or ahead of this program."""
    try:
        schema.check(current_app.extensions["engine"])
    except schema.SchemaError as error:
        click.echo(f"database: {error}", err=True)
        raise SystemExit(1) from None
    click.echo("database: up to date")


def _refuse_newer(engine: object) -> None:
    try:
        schema.check(engine)  # type: ignore[arg-type]
    except schema.SchemaError as error:
        if "newer version" in str(error):
            click.echo(f"database: {error}", err=True)
            raise SystemExit(2) from None
