"""The command-line entrance: one file a room, exit codes as docs/interfaces say (0, 1, 2)."""

from flask import Flask


def register(app: Flask) -> None:
    """Add every command group to the application."""
    from compliance.cli import (
        assessment,
        audit,
        catalogue,
        database,
        demo,
        determine,
        lists,
        people,
        report,
        scenario,
        screening,
    )

    for room in (assessment, audit, catalogue, database, demo, lists, people, report, scenario):
        app.cli.add_command(room.group)
    app.cli.add_command(determine.command)
    app.cli.add_command(screening.command)
