"""The command-line entrance: one file a room, exit codes as docs/interfaces say (0, 1, 2)."""

from functools import wraps
from typing import Any

import click
from flask import Flask


def register(app: Flask) -> None:
    """Add every command group to the application."""
    from compliance.cli import (
        assessment,
        audit,
        backup,
        bundles,  # noqa: F401  # adds import and export to `flask assessment`
        catalogue,
        database,
        demo,
        determine,
        evidence,
        firm,
        lists,
        people,
        remediation,
        report,
        scenario,
        screening,
    )

    rooms = (
        *(assessment, audit, backup, catalogue, database, demo, evidence, firm, lists),
        *(people, remediation, report, scenario),
    )
    for command in (*(room.group for room in rooms), determine.command, screening.command):
        app.cli.add_command(_speaking_plainly(command))


def _speaking_plainly(command: click.Command) -> click.Command:
    """A database that is away, locked or without its tables is one line, not a traceback."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _speaking_plainly(inner)
        return command
    callback = command.callback
    if callback is None:
        return command

    @wraps(callback)
    def spoken(*args: Any, **kwargs: Any) -> Any:
        from sqlalchemy.exc import DBAPIError

        try:
            return callback(*args, **kwargs)
        except DBAPIError as fault:
            click.echo(f"database: {fault.orig}; try: flask database check", err=True)
            raise SystemExit(2) from None

    command.callback = spoken
    return command
