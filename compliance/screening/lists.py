"""Bringing in a list: what it would change, and the one transaction that changes it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TypeVar, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance.database import Base, FirmSession
from compliance.screening.errors import KindError, ShrinkError
from compliance.screening.models import (
    ControlEntry,
    ListEntry,
    ListKind,
    ListVersion,
    OwnListEntry,
    OwnListVersion,
)
from compliance.screening.reading import ControlRow, PartyRow

LEAST_LEFT = 0.8  # a list that keeps less than this share of its entries needs a confirmation
BATCH = 5_000
SHOWN = 20
Version = ListVersion | OwnListVersion
Row = TypeVar("Row", PartyRow, ControlRow)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list comes from and what it is."""

    code: str
    kind: ListKind
    as_of: date
    content: bytes
    by_name: str
    illustrative: bool = False

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would change."""

    before: int
    after: int
    added: int
    removed: int
    some_added: tuple[str, ...]
    some_removed: tuple[str, ...]
    unchanged: bool  # the very file in use

    @property
    def shrinks(self) -> bool:
        """Whether so many entries would go that someone must confirm."""
        return self.after < LEAST_LEFT * self.before


def preview_parties(session: Session, source: Source, rows: Sequence[PartyRow]) -> Preview:
    """What importing these parties would change. Raises KindError."""
    current = _current(session, _version_model(session), source)
    model = _entry_model(session)
    old: set[str] = set()
    if current is not None:
        query = select(model.name, model.name_zh).where(model.version_id == current.id)
        old = {_party_label(row.name, row.name_zh) for row in session.execute(query)}
    new = {_party_label(row.name, row.name_zh) for row in rows}
    return _preview(current, source, old, new, len(rows))


def preview_goods(session: Session, source: Source, rows: Sequence[ControlRow]) -> Preview:
    """What importing these control-list entries would change. Raises KindError."""
    current = _current(session, ListVersion, source)
    old: set[str] = set()
    if current is not None:
        query = select(ControlEntry.code, ControlEntry.heading, ControlEntry.heading_zh)
        found = session.execute(query.where(ControlEntry.version_id == current.id))
        old = {f"{row.code} {row.heading or row.heading_zh}" for row in found}
    new = {f"{row.code} {row.heading or row.heading_zh}" for row in rows}
    return _preview(current, source, old, new, len(rows))


def import_parties(
    session: Session,
    source: Source,
    rows: Sequence[PartyRow],
    *,
    now: datetime,
    confirmed: bool = False,
) -> tuple[Version, bool]:
    """Replace a list of parties in the caller's transaction; the old version stays, inactive.

    In a firm's session the list is the firm's own. The second value says whether anything
    changed. Raises ShrinkError unless confirmed, KindError where the list was of another kind.
    """
    model, version_model = _entry_model(session), _version_model(session)

    def entry(version: Version, number: int, row: PartyRow) -> Base:
        return model(
            version_id=version.id,
            row=number,
            name=row.name,
            name_zh=row.name_zh,
            aliases=list(row.aliases),
            country=row.country,
            reference=row.reference,
            listed_on=row.listed_on,
            delisted_on=row.delisted_on,
        )

    return _replace(session, version_model, source, rows, entry, now=now, confirmed=confirmed)


def import_goods(
    session: Session,
    source: Source,
    rows: Sequence[ControlRow],
    *,
    now: datetime,
    confirmed: bool = False,
) -> tuple[Version, bool]:
    """Replace a list of controlled items; as `import_parties`."""

    def entry(version: Version, _number: int, row: ControlRow) -> Base:
        return ControlEntry(
            version_id=version.id,
            code=row.code,
            heading=row.heading,
            heading_zh=row.heading_zh,
            parameters=row.parameters,
            hs_codes=list(row.hs_codes),
            in_force_from=row.in_force_from,
            in_force_until=row.in_force_until,
            words=_words(row),
        )

    return _replace(session, ListVersion, source, rows, entry, now=now, confirmed=confirmed)


def _replace(
    session: Session,
    model: type[Version],
    source: Source,
    rows: Sequence[Row],
    entry: Callable[[Version, int, Row], Base],
    *,
    now: datetime,
    confirmed: bool,
) -> tuple[Version, bool]:
    current = _current(session, model, source)
    if current is not None:
        if current.sha256 == source.digest and current.as_of == source.as_of:
            return current, False
        if len(rows) < LEAST_LEFT * current.entries and not confirmed:
            raise ShrinkError(current.entries, len(rows))
        current.active = False
    number = session.scalar(select(func.max(model.number)).where(model.code == source.code))
    version = model(
        code=source.code,
        kind=source.kind,
        number=(number or 0) + 1,
        as_of=source.as_of,
        active=True,
        entries=len(rows),
        sha256=source.digest,
        illustrative=source.illustrative,
        imported_at=now,
        imported_by_name=source.by_name,
    )
    session.add(version)
    session.flush()
    for batch in batched_from(rows):
        made = [entry(version, number, row) for number, row in batch]
        session.add_all(made)
        session.flush()
        for row in made:
            session.expunge(row)
    return version, True


def batched_from(rows: Sequence[Row]) -> Iterable[Sequence[tuple[int, Row]]]:
    """Rows with their numbers, some thousands at a time."""
    for start in range(0, len(rows), BATCH):
        yield list(enumerate(rows[start : start + BATCH], start=start + 2))


def _current(session: Session, model: type[Version], source: Source) -> Version | None:
    query = select(model).where(model.code == source.code, model.active)
    current = cast(Version | None, session.scalars(query).first())
    if current is not None and current.kind != source.kind:
        raise KindError(f"the list {source.code} is of kind {current.kind}, not {source.kind}")
    return current


def _preview(
    current: Version | None, source: Source, old: set[str], new: set[str], after: int
) -> Preview:
    added, removed = sorted(new - old), sorted(old - new)
    return Preview(
        before=current.entries if current else 0,
        after=after,
        added=len(added),
        removed=len(removed),
        some_added=tuple(added[:SHOWN]),
        some_removed=tuple(removed[:SHOWN]),
        unchanged=current is not None
        and current.sha256 == source.digest
        and current.as_of == source.as_of,
    )


def _party_label(name: str, name_zh: str) -> str:
    return " ".join(filter(None, (name, name_zh)))


def _version_model(session: Session) -> type[Version]:
    return OwnListVersion if isinstance(session, FirmSession) else ListVersion


def _entry_model(session: Session) -> type[ListEntry | OwnListEntry]:
    return OwnListEntry if isinstance(session, FirmSession) else ListEntry


def _words(row: ControlRow) -> str:
    """All that a search looks at, in lower case; HS codes also without dots."""
    bare = [hs.replace(".", "") for hs in row.hs_codes]
    parts = (row.code, row.heading, row.heading_zh, row.parameters, *row.hs_codes, *bare)
    return " ".join(filter(None, parts)).lower()
