"""Backing up and restoring a whole installation: database, evidence, reports, anchors."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from compliance.audit import heads
from compliance.backup import databases
from compliance.backup.archive import Manifest, read_archive, write_archive
from compliance.backup.errors import BrokenArchiveError, NotEmptyError
from compliance.backup.occupancy import alone
from compliance.database import SchemaError, all_firms_reading, schema

LEFT_OUT = frozenset({"outbox", "list-uploads", "backups", "metrics"})
FILES = ("evidence", "reports")  # folders that are replaced whole
SCRATCH = "unfinished-"  # folders of a backup or restore under way
SCRATCH_KEPT_S = 24 * 3600.0  # one that is older was left by a program that was killed
LEFT_OUT_ENDINGS = (".lock", ".log", ".part", ".db", ".db-wal", ".db-shm", ".restored", ".tmp")


def create(
    engine: Engine, data_dir: Path, target: Path, *, passphrase: str | None, now: datetime
) -> Manifest:
    """Write one archive of everything, while the server runs.

    The database is copied first: every file that the copy names stands in the archive, unless it
    was deleted meanwhile. In production SECRET_KEY is not in it; keep it apart.
    """
    _clear_scratch(target.parent, now)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=SCRATCH) as scratch:
        name = databases.NAMES[engine.dialect.name]
        copy = Path(scratch) / name
        databases.dump(engine, copy)
        with all_firms_reading(engine, reason="backup: audit heads") as session:
            noted = {str(firm): f"{seq}:{digest}" for firm, seq, digest in heads(session)}
        facts: dict[str, Any] = {
            "database": engine.dialect.name,
            "schema": schema.current_revision(engine),
            "audit_heads": noted,
        }
        manifest = Manifest("installation", now.isoformat(), facts)
        files = [(name, copy), *_data_files(data_dir, target)]
        return write_archive(target, manifest, files, passphrase)


def restore(
    engine: Engine, data_dir: Path, source: Path, *, passphrase: str | None, replace: bool
) -> Manifest:
    """Put an archive's database and files in place, and migrate them to this program's schema.

    Everything is unpacked and verified beside first; a broken archive changes nothing. Raises
    InUseError while a server or worker runs there.
    """
    with (
        alone(engine, data_dir),
        tempfile.TemporaryDirectory(dir=data_dir, prefix=SCRATCH) as scratch,
    ):
        folder = Path(scratch) / "unpacked"
        folder.mkdir()
        manifest = read_archive(source, folder, passphrase)
        _refuse_misfits(engine, manifest)
        database = folder / databases.NAMES[engine.dialect.name]
        databases.check(engine.dialect.name, database)
        _refuse_full(data_dir, Path(scratch), replace=replace)
        databases.load(engine, database, replace=replace)
        database.unlink()
        _move_into(folder, data_dir)
        schema.upgrade(engine)
    return manifest


def _clear_scratch(folder: Path, now: datetime) -> None:
    """Delete copies of the database that a killed backup left here."""
    for old in folder.glob(f"{SCRATCH}*"):
        if old.is_dir() and now.timestamp() - old.stat().st_mtime > SCRATCH_KEPT_S:
            shutil.rmtree(old, ignore_errors=True)


def _data_files(data_dir: Path, target: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(data_dir.rglob("*")):
        inside = path.relative_to(data_dir)
        left_out = inside.parts[0] in LEFT_OUT or path.name.endswith(LEFT_OUT_ENDINGS)
        scratch = inside.parts[0].startswith(SCRATCH)
        ours = path.resolve() == target.resolve() or target.parent.resolve() == path.resolve()
        if path.is_file() and not path.is_symlink() and not (left_out or scratch or ours):
            yield f"data/{inside.as_posix()}", path


def _refuse_misfits(engine: Engine, manifest: Manifest) -> None:
    if manifest.kind != "installation":
        raise BrokenArchiveError(f"the archive is of kind {manifest.kind}, not of an installation")
    if manifest.facts["database"] != engine.dialect.name:
        raise BrokenArchiveError(
            f"the archive holds a {manifest.facts['database']} database, DATABASE_URL names "
            f"{engine.dialect.name}; restore it where it came from"
        )
    if manifest.facts["schema"] not in schema.known_revisions():
        raise SchemaError(
            f"the archive is of a newer version ({manifest.facts['schema']}) than this program "
            f"({schema.needed_revision()}); restore it with the newer program"
        )


def _refuse_full(data_dir: Path, scratch: Path, *, replace: bool) -> None:
    held = [
        path
        for name in FILES
        for path in (data_dir / name).rglob("*")
        if path.is_file() and scratch not in path.parents
    ]
    if held and not replace:
        raise NotEmptyError(f"{held[0]} exists; --replace throws away what is there")
    if replace:
        for name in FILES:
            shutil.rmtree(data_dir / name, ignore_errors=True)


def _move_into(folder: Path, data_dir: Path) -> None:
    for path in sorted((folder / "data").rglob("*")):
        if path.is_file():
            target = data_dir / path.relative_to(folder / "data")
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
