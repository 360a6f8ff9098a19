"""`flask firm`: everything about one firm in one archive, and its deletion."""

from datetime import date
from pathlib import Path
from uuid import UUID

import click
import structlog
from flask import current_app
from sqlalchemy import select

from compliance import backup
from compliance.backup.errors import BackupError
from compliance.cli.backup import passphrase_file, passphrase_of, refuse
from compliance.clock import now, today
from compliance.database import shared_reading
from compliance.identity import (
    CircularGroupError,
    Firm,
    TrainingStandsAloneError,
    set_parent,
)

log = structlog.get_logger()
group = click.Group("firm", help="Firms as a whole.")
RETENTION_YEARS = 5


@group.command("list")
def listed() -> None:
    """Reference, kind and name of every firm."""
    with shared_reading(current_app.extensions["engine"]) as session:
        for firm in session.scalars(select(Firm).order_by(Firm.reference)):
            click.echo(f"{firm.reference}\t{firm.kind}\t{firm.name}")


@group.command("parent")
@click.argument("reference")
@click.argument("parent", required=False)
def parent(reference: str, parent: str | None) -> None:
    """Put the firm REFERENCE under PARENT in its group; without PARENT take it out."""
    engine = current_app.extensions["engine"]
    try:
        set_parent(engine, _firm(reference), _firm(parent) if parent else None)
    except CircularGroupError:
        refuse("firm", f"PARENT: {parent!r} stands below {reference!r} already")
    except TrainingStandsAloneError:
        refuse("firm", "a training firm belongs to no group")
    click.echo(f"firm: {reference}: {'under ' + parent if parent else 'in no group'}")


@group.command("export")
@click.argument("reference")
@click.option("-o", "target", type=click.Path(path_type=Path), required=True)
@passphrase_file
def export(reference: str, target: Path, passphrase_file: Path | None) -> None:
    """Write everything about the firm REFERENCE into one archive."""
    if target.exists() or not target.parent.resolve().is_dir():
        refuse("firm", f"-o: {target}; name a new file in a folder that exists")
    settings, engine = current_app.extensions["settings"], current_app.extensions["engine"]
    try:
        manifest = backup.export_firm(
            engine,
            _firm(reference),
            settings.data_dir,
            target.resolve(),
            passphrase=passphrase_of(passphrase_file),
            now=now(),
        )
    except (BackupError, OSError) as fault:
        refuse("firm", str(fault))
    click.echo(f"firm: {reference}: {len(manifest.files)} files in {target}")


@group.command("delete")
@click.argument("reference")
@click.option("--confirm", help="The reference once more.")
@click.option(
    "--although-retained", is_flag=True, help="Even where sealed assessments must be kept."
)
def delete(reference: str, confirm: str | None, although_retained: bool) -> None:
    """Delete the firm REFERENCE with all its rows, files and people of its own.

    Exit 1, and nothing is deleted, where sealed assessments are younger than five years: records of
    exports of controlled items are to be kept that long.
    """
    settings, engine = current_app.extensions["settings"], current_app.extensions["engine"]
    firm_id = _firm(reference)
    kept = backup.sealed_since(engine, firm_id, _years_ago(today(), RETENTION_YEARS))
    if kept and not although_retained:
        click.echo(
            f"firm: {reference}: {kept} sealed assessments are younger than {RETENTION_YEARS} "
            "years and should be kept; export the firm, or add --although-retained",
            err=True,
        )
        raise SystemExit(1)
    if confirm != reference:
        refuse("firm", f"--confirm: {confirm!r}; it must be {reference!r} to delete the firm")
    people = backup.delete_firm(engine, firm_id, settings.data_dir)
    log.warning("firm_deleted", firm=str(firm_id), people=len(people))
    click.echo(f"firm: {reference}: deleted, with {len(people)} people who had no other firm")
    click.echo(
        "firm: what remains: backups made before, the anchor file (numbers and hashes of the audit "
        "trail), mail already sent, and this line in the log"
    )


def _firm(reference: str) -> UUID:
    with shared_reading(current_app.extensions["engine"]) as session:
        firm_id = session.scalars(select(Firm.id).where(Firm.reference == reference)).one_or_none()
    if firm_id is None:
        refuse("firm", f"REFERENCE: {reference!r} is no firm's reference")
    return firm_id


def _years_ago(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
