"""Law watch: what starts, pauses, ends or needs its status checked, and what rests on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from compliance.catalogue.edition import Edition
from compliance.catalogue.law import Provision
from compliance.language import Text


class Turn(StrEnum):
    """What happens to a provision."""

    STARTS = "starts"
    PAUSES = "pauses"  # is suspended, as a whole or in part
    RESUMES = "resumes"  # the suspension runs out
    ENDS = "ends"
    STATUS_CHECK = "status_check"  # to be verified before anyone relies on it
    MOVED = "moved"  # the register has other dates than the edition was published with


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """One turn of one provision."""

    turn: Turn
    provision: Provision
    on: date | None  # None: no day, or not known
    whole: bool  # False: only a part of the provision
    note: Text | None
    questions: tuple[str, ...]  # ids of the questions that cite it, in catalogue order


def law_watch(edition: Edition, day: date, horizon_days: int = 180) -> tuple[WatchEntry, ...]:
    """What the register says about the time from a day on, the next turn first.

    Turns of the last ninety days stand in it too: a firm may not have noticed them yet. What
    needs a status check comes last.
    """
    window = (_days_on(day, -90), _days_on(day, horizon_days))
    cited = _cited(edition)
    entries = [
        WatchEntry(turn, provision, on, whole, note, cited.get(provision.id, ()))
        for provision in edition.law.values()
        for turn, on, whole, note in _turns(provision, edition, window)
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.on is None, entry.on or day)))


def _cited(edition: Edition) -> dict[str, tuple[str, ...]]:
    cited: dict[str, tuple[str, ...]] = {}
    for question in edition.questions:
        for name in question.provisions:
            cited[name] = (*cited.get(name, ()), question.id)
    return cited


Found = tuple[Turn, date | None, bool, Text | None]


def _turns(provision: Provision, edition: Edition, window: tuple[date, date]) -> Iterator[Found]:
    def near(on: date | None) -> bool:
        return on is not None and window[0] <= on <= window[1]

    if near(provision.in_force_from):
        yield Turn.STARTS, provision.in_force_from, True, None
    if near(provision.in_force_until):
        yield Turn.ENDS, provision.in_force_until, True, provision.change
    for pause in provision.pauses:
        if near(pause.from_day):
            yield Turn.PAUSES, pause.from_day, pause.whole, pause.note
        if near(pause.until):
            yield Turn.RESUMES, pause.until, pause.whole, pause.note
    applies = provision.in_force_until is None or provision.in_force_until > window[0]
    if applies and provision.needs_status_check:
        yield Turn.STATUS_CHECK, None, True, provision.caution or provision.change
    published = edition.provisions.get(provision.id)
    if published and _dates(published) != _dates(provision):
        yield Turn.MOVED, provision.in_force_until or provision.in_force_from, True, None


def _dates(provision: Provision) -> tuple[date | None, date | None]:
    return provision.in_force_from, provision.in_force_until


def _days_on(day: date, days: int) -> date:
    """So many days later; the calendar's first or last day where that lies outside it."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
