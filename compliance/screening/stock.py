"""The lists in use, ready to be searched, kept in memory version by version.

A version never changes, so its index is built once in a process and shared by all firms that
may see it.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance.database import FirmSession
from compliance.screening.index import NameIndex
from compliance.screening.matching import ALERT, REVIEW, too_short
from compliance.screening.models import (
    EntryColumns,
    ListEntry,
    ListKind,
    ListVersion,
    OwnListEntry,
    OwnListVersion,
    Verdict,
    VersionColumns,
)
from compliance.screening.names import names_in

KEPT_VERSIONS = 32
MOST_MATCHES = 10


@dataclass(frozen=True, slots=True)
class ListInUse:
    """One version of a list, as a result names it."""

    version_id: UUID
    code: str
    kind: ListKind
    number: int
    as_of: date
    entries: int
    illustrative: bool
    own: bool  # the firm's own, seen by no other


@dataclass(frozen=True, slots=True)
class StockEntry:
    """A party of a list, as a result names it."""

    name: str
    name_zh: str
    labels: tuple[str, ...]
    country: str
    reference: str
    listed_on: date | None
    delisted_on: date | None

    @property
    def key(self) -> str:
        """The entry as it stays the same from version to version."""
        return self.reference or self.name or self.name_zh

    def stands(self, day: date) -> bool:
        """Whether it is on the list on a day."""
        started = self.listed_on is None or self.listed_on <= day
        return started and (self.delisted_on is None or day < self.delisted_on)


@dataclass(frozen=True, slots=True)
class Found:
    """A party of a list that is like the one asked for."""

    in_list: ListInUse
    entry: StockEntry
    label: str  # the name that is alike
    asked: str  # the name it is like
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Screened:
    """What the lists say of a party."""

    verdict: Verdict
    too_short: bool
    found: tuple[Found, ...]  # the likest first

    @property
    def score(self) -> float:
        return self.found[0].score if self.found else 0.0


class Stock:
    """The lists that count for a firm on a day."""

    def __init__(self, day: date, lists: Sequence[tuple[ListInUse, "Indexed"]]) -> None:
        self.day = day
        self._lists = lists

    @property
    def lists(self) -> tuple[ListInUse, ...]:
        return tuple(in_list for in_list, _ in self._lists)

    def screen(self, names: Iterable[str]) -> Screened:
        """The verdict for one party under all its names. A name too short is never clear."""
        asked = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
        best: dict[tuple[str, str], Found] = {}
        for name in asked:
            for found in self._search(name):
                key = (found.in_list.code, found.entry.key)
                if key not in best or found.score > best[key].score:
                    best[key] = found
        likest = sorted(best.values(), key=lambda f: (-f.score, f.in_list.code, f.entry.key))
        short = not asked or all(too_short(names_in(name)) for name in asked)
        if likest and likest[0].score >= ALERT:
            verdict = Verdict.HIT
        else:
            verdict = Verdict.POSSIBLE if likest or short else Verdict.CLEAR
        return Screened(verdict, short, tuple(likest[:MOST_MATCHES]))

    def _search(self, name: str) -> Iterable[Found]:
        for in_list, indexed in self._lists:
            for match in indexed.index.search(name, floor=REVIEW, most=3 * MOST_MATCHES):
                entry = indexed.entries[match.entry]
                if entry.stands(self.day):
                    score, reasons = match.likeness.score, match.likeness.reasons
                    yield Found(in_list, entry, match.label, name, score, reasons)


@dataclass(frozen=True, slots=True)
class Indexed:
    """The entries of one version with their index."""

    entries: tuple[StockEntry, ...]
    index: NameIndex


def stock_on(session: Session, day: date, *, past: bool = False) -> Stock:
    """The lists for a day: those in use, or (`past`) those that held on that day.

    A firm's session adds the firm's own lists. A list that was imported only later counts with its
    earliest version, entries by their own dates.
    """
    lists = _lists(session, ListVersion, own=False)
    if isinstance(session, FirmSession):
        lists += _lists(session, OwnListVersion, own=True)
    chosen = [
        _held(versions, day) if past else next((v for v, active in versions if active), None)
        for versions in lists
    ]
    return Stock(day, [(v, _indexed(session, v)) for v in chosen if v is not None])


def lists_in_use(session: Session) -> tuple[ListInUse, ...]:
    """The lists in use, of parties and of goods, without building anything."""
    kinds: list[list[tuple[ListInUse, bool]]] = _lists(session, ListVersion, own=False, goods=True)
    if isinstance(session, FirmSession):
        kinds += _lists(session, OwnListVersion, own=True)
    return tuple(v for versions in kinds for v, active in versions if active)


def _lists(
    session: Session, model: type[ListVersion | OwnListVersion], *, own: bool, goods: bool = False
) -> list[list[tuple[ListInUse, bool]]]:
    """The versions of each list, the newest first."""
    query = select(model).order_by(model.code, model.number.desc())
    grouped: dict[str, list[tuple[ListInUse, bool]]] = {}
    for row in cast(Iterable[VersionColumns], session.scalars(query)):
        if row.kind == ListKind.GOODS and not goods:
            continue
        in_list = ListInUse(
            row.id,
            row.code,
            ListKind(row.kind),
            row.number,
            row.as_of,
            row.entries,
            row.illustrative,
            own,
        )
        grouped.setdefault(row.code, []).append((in_list, row.active))
    return list(grouped.values())


def _held(versions: list[tuple[ListInUse, bool]], day: date) -> ListInUse | None:
    """The version that held on a day; the earliest where none was imported by then."""
    held = [v for v, _ in versions if v.as_of <= day]
    if held:
        return max(held, key=lambda v: (v.as_of, v.number))
    return min((v for v, _ in versions), key=lambda v: (v.as_of, v.number), default=None)


_kept: OrderedDict[UUID, Indexed] = OrderedDict()
_lock = Lock()


def _indexed(session: Session, in_list: ListInUse) -> Indexed:
    with _lock:
        if in_list.version_id in _kept:
            _kept.move_to_end(in_list.version_id)
            return _kept[in_list.version_id]
    model = OwnListEntry if in_list.own else ListEntry
    query = select(model).where(model.version_id == in_list.version_id).order_by(model.row)
    entries = tuple(
        StockEntry(
            row.name,
            row.name_zh,
            row.labels,
            row.country,
            row.reference,
            row.listed_on,
            row.delisted_on,
        )
        for row in cast(Iterable[EntryColumns], session.scalars(query))
    )
    indexed = Indexed(entries, NameIndex(entry.labels for entry in entries))
    with _lock:
        _kept[in_list.version_id] = indexed
        while len(_kept) > KEPT_VERSIONS:
            _kept.popitem(last=False)
    return indexed
