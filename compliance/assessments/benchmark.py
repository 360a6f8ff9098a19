"""Sector figures over many firms, so made that nobody can read one firm out of them.

A group counts five firms or more; who looks at it must not know all but four of them; figures are
quartiles in whole points, never sums; and a figure is published anew only when nothing or at least
five firms changed since, so that two publications never differ by a few firms. Training firms
never count.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import quantiles
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from compliance.assessments.review_models import Snapshot
from compliance.database import Base, new_id
from compliance.identity import Firm, FirmKind

SMALLEST_GROUP = 5  # firms
OVERALL = ""  # in the place of a module


class SectorBenchmark(Base):
    """One published figure. Shared: it names no firm to anybody, and holds whom it counted."""

    __tablename__ = "sector_benchmarks"
    __table_args__ = (UniqueConstraint("sector", "module_id", name="uq_sector_benchmarks_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sector: Mapped[str]
    module_id: Mapped[str]  # OVERALL: all modules
    firms: Mapped[int]
    lower: Mapped[float]  # quartiles, 0..100
    median: Mapped[float]
    upper: Mapped[float]
    counted: Mapped[dict[str, Any]]  # firm id -> snapshot id
    published_on: Mapped[date]
    withdrawn: Mapped[bool] = mapped_column(default=False)  # the group shrank; kept to compare with


@dataclass(frozen=True, slots=True)
class Figure:
    """A group's quartiles, in whole points."""

    firms: int
    lower: int
    median: int
    upper: int


def figure_of(values: Collection[float]) -> Figure | None:
    """The quartiles of a group; None where it is too small to be shown."""
    if len(values) < SMALLEST_GROUP:
        return None
    lower, median, upper = quantiles(values, n=4, method="inclusive")
    return Figure(len(values), _whole(lower), _whole(median), _whole(upper))


def _whole(number: float) -> int:
    return int(Decimal(str(number)).quantize(Decimal(1), ROUND_HALF_UP))


def changed_firms(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    """How many firms joined, left, or have another snapshot."""
    return sum(before.get(firm) != after.get(firm) for firm in before.keys() | after.keys())


def may_replace(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether a new figure may stand beside the memory of the earlier one."""
    changed = changed_firms(before, after)
    return changed == 0 or changed >= SMALLEST_GROUP


def may_see(counted: Mapping[str, str], own: Collection[UUID]) -> bool:
    """Whether enough firms of the group are strangers to who looks at it."""
    strangers = counted.keys() - {str(firm_id) for firm_id in own}
    return len(strangers) >= SMALLEST_GROUP


def refresh_benchmarks(session: Session, *, today: date) -> int:
    """Publish the sectors' figures anew where that is allowed; returns how many changed.

    `session` reads across firms: for the worker and the command line only.
    """
    kept = {(row.sector, row.module_id): row for row in session.scalars(select(SectorBenchmark))}
    groups = _groups(session)
    published = 0
    for key in groups.keys() | kept.keys():
        published += _publish(session, kept.get(key), key, groups.get(key, {}), today)
    session.flush()
    return published


def benchmarks_of(
    session: Session, sectors: Iterable[str], own: Collection[UUID]
) -> Sequence[SectorBenchmark]:
    """The published figures of some sectors that a person with these firms may see."""
    rows = session.scalars(
        select(SectorBenchmark)
        .where(SectorBenchmark.sector.in_(list(sectors)), SectorBenchmark.withdrawn.is_(False))
        .order_by(SectorBenchmark.sector)
    )
    return [row for row in rows if may_see(row.counted, own)]


Member = tuple[str, float]  # snapshot id, score


def _groups(session: Session) -> dict[tuple[str, str], dict[str, Member]]:
    """Sector and module -> firm id -> its newest sealed figure."""
    rows = session.execute(
        select(Firm.sector, Firm.id, Snapshot.id, Snapshot.score, Snapshot.module_scores)
        .join(Snapshot, Snapshot.firm_id == Firm.id)
        .where(Firm.kind == FirmKind.REAL, Firm.sector.is_not(None), Firm.sector != "")
        .order_by(Snapshot.as_of, Snapshot.sealed_at)
    )
    newest = {firm_id: (sector, str(i), s, modules) for sector, firm_id, i, s, modules in rows}
    groups: dict[tuple[str, str], dict[str, Member]] = {}
    for firm_id, (sector, snapshot_id, score, modules) in newest.items():
        for module_id, value in {OVERALL: score, **modules}.items():
            if value is not None:
                group = groups.setdefault((str(sector), module_id), {})
                group[str(firm_id)] = (snapshot_id, float(value))
    return groups


def _publish(
    session: Session,
    row: SectorBenchmark | None,
    key: tuple[str, str],
    members: Mapping[str, Member],
    today: date,
) -> bool:
    counted = {firm: snapshot for firm, (snapshot, _score) in members.items()}
    figure = figure_of([score for _snapshot, score in members.values()])
    if figure is None:
        if row is not None:
            row.withdrawn = True
        return False
    if row is not None and not may_replace(row.counted, counted):
        return False  # the earlier figure stands
    if row is None:
        row = SectorBenchmark(sector=key[0], module_id=key[1])
        session.add(row)
    elif row.counted == counted and not row.withdrawn:
        return False
    row.firms, row.counted, row.published_on = figure.firms, counted, today
    row.lower, row.median, row.upper = figure.lower, figure.median, figure.upper
    row.withdrawn = False
    return True
