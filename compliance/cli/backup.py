"""`flask backup`: one file with everything, and back."""

import os
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app

from compliance import backup
from compliance.audit import set_audit_key, verify
from compliance.backup.errors import BackupError
from compliance.clock import now
from compliance.database import SchemaError, all_firms_reading, firm_reading
from compliance.identity import Firm
from compliance.settings import read_settings

group = click.Group("backup", help="Backup and restore.")
passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="File whose first line encrypts the archive; or the variable BACKUP_PASSPHRASE.",
)


@group.command("create")
@click.argument("target", type=click.Path(path_type=Path))
@passphrase_file
def create(target: Path, passphrase_file: Path | None) -> None:
    """Write everything into one file TARGET while the server runs."""
    if target.exists():
        refuse("backup", f"TARGET: {target} exists; name a new file")
    if not target.parent.resolve().is_dir():
        refuse("backup", f"TARGET: {target.parent} is no folder")
    settings, engine = current_app.extensions["settings"], current_app.extensions["engine"]
    passphrase = passphrase_of(passphrase_file)
    try:
        manifest = backup.create(
            engine, settings.data_dir, target.resolve(), passphrase=passphrase, now=now()
        )
    except (BackupError, OSError) as fault:
        refuse("backup", str(fault))
    how = "encrypted" if passphrase else "NOT encrypted"
    click.echo(
        f"backup: {target}: {len(manifest.files)} files, schema {manifest.facts['schema']}, {how}"
    )
    if settings.production:
        click.echo("backup: SECRET_KEY is not in it; without it the audit trail can't be verified")


@group.command("restore")
@click.argument("source", type=click.Path(path_type=Path))
@passphrase_file
@click.option("--replace", is_flag=True, help="Throw away what the database and folders hold.")
def restore(source: Path, passphrase_file: Path | None, replace: bool) -> None:
    """Put the archive SOURCE in place; stop the server before.

    Exit 1 where the data came back but its audit trail does not verify.
    """
    if not source.is_file():
        refuse("backup", f"SOURCE: {source} is no file")
    settings, engine = current_app.extensions["settings"], current_app.extensions["engine"]
    try:
        manifest = backup.restore(
            engine,
            settings.data_dir,
            source,
            passphrase=passphrase_of(passphrase_file),
            replace=replace,
        )
    except (BackupError, SchemaError, OSError) as fault:
        refuse("backup", f"{source}: {fault}")
    if not settings.production:  # a demo's secret came with the archive
        set_audit_key(read_settings().secret_key)
    click.echo(f"backup: {source}: restored as of {manifest.created_at}")
    if _audit_faults(manifest):
        raise SystemExit(1)
    click.echo("backup: the audit trail is whole")


def _audit_faults(manifest: backup.Manifest) -> bool:
    """Verify every firm's chain against the heads noted in the archive."""
    engine, broken = current_app.extensions["engine"], False
    with all_firms_reading(engine, reason="verify after restoring") as session:
        firms = [(firm.id, firm.reference) for firm in session.query(Firm)]
    for firm_id, reference in firms:
        seq, _, digest = manifest.facts["audit_heads"].get(str(firm_id), "").partition(":")
        anchor = (int(seq), digest) if seq else None
        with firm_reading(engine, firm_id) as session:
            for fault in verify(session, anchor):
                click.echo(f"backup: {reference}: {fault}", err=True)
                broken = True
    return broken


def passphrase_of(path: Path | None) -> str | None:
    """The passphrase from a file or the environment; None where there is neither."""
    if path is None:
        return os.environ.get("BACKUP_PASSPHRASE") or None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        refuse("backup", f"--passphrase-file: {path}: {fault}")
    if not lines or not lines[0]:
        refuse("backup", f"--passphrase-file: {path}: its first line is empty")
    return lines[0]


def refuse(command: str, line: str) -> NoReturn:
    """One line on standard error, exit 2."""
    click.echo(f"{command}: {line}", err=True)
    raise SystemExit(2)
