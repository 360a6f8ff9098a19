"""One firm's archive, and its deletion."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Table, func, select
from sqlalchemy.orm import Session

from compliance.backup.archive import Manifest, write_archive
from compliance.database import Base, FirmLinked, FirmOwned, all_firms_session, load_models
from compliance.identity import Firm, Login, Membership, Person

FOLDERS = ("evidence", "reports", "list-uploads")
SECRET_COLUMNS = frozenset({"password", "totp_secret", "totp_step", "token_sha256"})


def export_firm(
    engine: Engine,
    firm_id: UUID,
    data_dir: Path,
    target: Path,
    *,
    passphrase: str | None,
    now: datetime,
) -> Manifest:
    """Everything about one firm: each table as JSON lines, and its files."""
    load_models()
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as scratch,
        all_firms_session(engine, reason=f"export firm {firm_id}") as session,
    ):
        tables = list(_write_tables(session, firm_id, Path(scratch)))
        firm = session.get_one(Firm, firm_id)
        facts = {"firm": firm.reference, "name": firm.name, "tables": dict(_counted(tables))}
        files = [(f"tables/{path.name}", path) for path in tables]
        files += [
            (f"files/{name}/{path.relative_to(folder).as_posix()}", path)
            for name in FOLDERS
            for folder in [data_dir / name / str(firm_id)]
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
        return write_archive(target, Manifest("firm", now.isoformat(), facts), files, passphrase)


def sealed_since(engine: Engine, firm_id: UUID, day: date) -> int:
    """How many sealed assessments of a firm are younger than a day: the law has them kept."""
    load_models()
    table = Base.metadata.tables.get("snapshots")
    if table is None:
        return 0
    with all_firms_session(engine, reason=f"retention of firm {firm_id}") as session:
        moment = datetime.combine(day, datetime.min.time()).astimezone()
        return (
            session.scalar(
                select(func.count())
                .select_from(table)
                .where(table.c.firm_id == firm_id, table.c.sealed_at >= moment)
            )
            or 0
        )


def delete_firm(engine: Engine, firm_id: UUID, data_dir: Path) -> list[str]:
    """Delete a firm's rows and files; returns the addresses of people deleted with it.

    People who belong to another firm as well stay there. What remains elsewhere: backups, the
    anchor file (numbers and hashes only), messages already sent.
    """
    with all_firms_session(engine, reason=f"delete firm {firm_id}") as session:
        here = select(Membership.person_id).where(Membership.firm_id == firm_id)
        elsewhere = select(Membership.person_id).where(Membership.firm_id != firm_id)
        leaving = session.scalars(
            select(Person).where(Person.id.in_(here), Person.id.not_in(elsewhere))
        ).all()
        for login in session.scalars(select(Login).where(Login.firm_id == firm_id)):
            session.delete(login)
        session.flush()
        session.delete(session.get_one(Firm, firm_id))
        session.flush()
        for person in leaving:
            session.delete(person)
    for name in FOLDERS:
        shutil.rmtree(data_dir / name / str(firm_id), ignore_errors=True)
    # Portfolios show several firms, perhaps this one; whoever still may orders them again.
    shutil.rmtree(data_dir / "reports" / "portfolios", ignore_errors=True)
    return [person.email for person in leaving]


def _write_tables(session: Session, firm_id: UUID, folder: Path) -> Iterator[Path]:
    members = select(Membership.person_id).where(Membership.firm_id == firm_id)
    yield _write(session, folder, Firm.__table__, Firm.__table__.c.id == firm_id)
    yield _write(session, folder, Person.__table__, Person.__table__.c.id.in_(members))
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        table = mapper.local_table
        if issubclass(mapper.class_, FirmOwned | FirmLinked) and isinstance(table, Table):
            yield _write(session, folder, table, table.c.firm_id == firm_id)


def _write(session: Session, folder: Path, table: Any, condition: Any) -> Path:
    path = folder / f"{table.name}.jsonl"
    columns = [column for column in table.c if column.name not in SECRET_COLUMNS]
    order = list(table.primary_key.columns)
    with path.open("w", encoding="utf-8") as stream:
        for row in session.execute(select(*columns).where(condition).order_by(*order)).mappings():
            stream.write(json.dumps(dict(row), ensure_ascii=False, default=str) + "\n")
    return path


def _counted(paths: list[Path]) -> Iterator[tuple[str, int]]:
    for path in paths:
        with path.open("rb") as stream:
            yield path.stem, sum(1 for _ in stream)
