"""From the value of an answer to its attainment, and back from an attainment to a value.

Attainment is counted in whole units: `unit` of them are full attainment. The unit of an edition is
a common multiple of all denominators in it, so that integers stay exact.
"""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from compliance.answers import Value
from compliance.catalogue import Band, Kind, Option, Question

TOP_LEVEL = 4
CREDITS = {"yes": Fraction(1), "partial": Fraction(1, 2), "no": Fraction(0)}


@dataclass(frozen=True, slots=True)
class Listed:
    """Each value has its credit: levels, yes/partial/no, one choice."""

    credits: Mapping[Value, int]

    def units(self, value: Value, as_of: date) -> int:  # noqa: ARG002
        return self.credits[value]

    def steps(self, as_of: date) -> Iterable[tuple[int, Value]]:  # noqa: ARG002
        """Attainable units, each with a value that attains it."""
        return ((units, value) for value, units in self.credits.items())


@dataclass(frozen=True, slots=True)
class Summed:
    """The credits of the chosen options add up, to full attainment at most."""

    credits: Mapping[str, int]  # an exclusive option has none
    unit: int
    best: tuple[str, ...]  # every option that does not stand alone

    def units(self, value: Value, as_of: date) -> int:  # noqa: ARG002
        chosen = value if isinstance(value, tuple) else ()
        return min(self.unit, sum(self.credits[option] for option in chosen))

    def steps(self, as_of: date) -> Iterable[tuple[int, Value]]:
        """Only full credit: a remedy of a list is the whole list."""
        return ((self.units(self.best, as_of), self.best),)


@dataclass(frozen=True, slots=True)
class Banded:
    """The first band that holds gives its credit; a day after the as-of date holds in none."""

    bands: tuple[tuple[Band, int], ...]

    def units(self, value: Value, as_of: date) -> int:
        for band, units in self.bands:
            if _holds(band, value, as_of):
                return units
        return 0

    def steps(self, as_of: date) -> Iterable[tuple[int, Value]]:
        """The bound of each band: the lowest number, the earliest day."""
        bounds = [_bound(band, as_of) for band, _ in self.bands]
        return ((self.units(value, as_of), value) for value in bounds)


Scale: TypeAlias = Listed | Summed | Banded


def credits_of(question: Question) -> tuple[Fraction, ...]:
    """Every credit that the question gives, for finding the unit."""
    match question.kind:
        case Kind.MATURITY:
            return (Fraction(1, TOP_LEVEL),)
        case Kind.YES_PARTIAL_NO:
            return tuple({**CREDITS, **question.credits}.values())
        case Kind.SINGLE_CHOICE | Kind.MULTIPLE_CHOICE:
            return tuple(option.credit for option in question.options)
        case _:
            return tuple(band.credit for band in question.bands)


def scale_of(question: Question, unit: int) -> Scale:
    """The scale of a scored question."""

    def units(credit: Fraction) -> int:
        return int(credit * unit)

    match question.kind:
        case Kind.MATURITY:
            levels = (level.value for level in question.levels)
            return Listed({level: units(Fraction(level, TOP_LEVEL)) for level in levels})
        case Kind.YES_PARTIAL_NO:
            given = {**CREDITS, **question.credits}
            return Listed({value: units(credit) for value, credit in given.items()})
        case Kind.SINGLE_CHOICE:
            return Listed({option.value: units(option.credit) for option in question.options})
        case Kind.MULTIPLE_CHOICE:
            return Summed(
                {option.value: units(_credit(option)) for option in question.options},
                unit,
                tuple(option.value for option in question.options if not option.exclusive),
            )
        case _:
            return Banded(tuple((band, units(band.credit)) for band in question.bands))


def is_scored(question: Question) -> bool:
    """Whether the question counts: text never does, numbers and dates only with bands."""
    banded = question.kind in {Kind.NUMBER, Kind.DATE}
    return question.scored and question.kind is not Kind.TEXT and bool(question.bands or not banded)


@lru_cache(maxsize=4096)
def months_before(day: date, months: int) -> date:
    """The same day so many calendar months earlier; the last of the month where there is none."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    if year < date.min.year:
        return date.min
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _credit(option: Option) -> Fraction:
    return Fraction(0) if option.exclusive else option.credit


def _holds(band: Band, value: Value, as_of: date) -> bool:
    if isinstance(value, date):
        months = band.within_months
        return months is not None and months_before(as_of, months) <= value <= as_of
    if band.at_least is None or isinstance(value, str | tuple):
        return False
    return Fraction(str(value)) >= band.at_least


def _bound(band: Band, as_of: date) -> Value:
    if band.within_months is not None:
        return months_before(as_of, band.within_months)
    bound = band.at_least or Fraction(0)
    return int(bound) if bound.denominator == 1 else float(bound)
