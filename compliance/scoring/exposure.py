"""Penalty exposure: what the statute provides for the breaches that a scorecard points to.

Exposure, not a forecast. One act is fined once, by the heaviest rule that applies (Administrative
Penalty Law, article 29, in force from 2021-07-15), so the heaviest range is named, never a sum.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from compliance.catalogue import Edition, FineRange, Penalty, Severity
from compliance.scoring.scorecard import Gap, Scorecard

ONE_FINE = "apl-29"  # the provision behind `heaviest`


class Base(StrEnum):
    """What a fine is measured by, as the firm can state it."""

    TURNOVER = "illegal_turnover"
    GAINS = "illegal_gains"
    GOODS = "goods_value"


class Measure(StrEnum):
    """How a range came about."""

    MULTIPLE = "multiple"  # times the base
    PERCENTAGE = "percentage"  # of the base
    FIXED = "fixed"  # amounts of the statute: base below the threshold, unknown or not asked for
    NONE = "none"  # the statute states no fine that can be worked out here


@dataclass(frozen=True, slots=True)
class Exposure:
    """The range for one breached provision, in yuan."""

    penalty: Penalty
    questions: tuple[str, ...]  # whose answers point to the breach, the gravest first
    measure: Measure
    lowest: Fraction | None  # None: no lower bound is stated
    highest: Fraction | None  # None: no fine, or a base that was not given
    serious: FineRange | None  # fixed amounts in serious circumstances

    @property
    def weight(self) -> tuple[Fraction, Fraction]:
        """How heavy: by the highest fine, then by the lowest."""
        return self.highest or Fraction(-1), self.lowest or Fraction(0)


def exposures(
    edition: Edition, scorecard: Scorecard, bases: Mapping[Base, Fraction]
) -> tuple[Exposure, ...]:
    """The ranges for all gaps against legal requirements, the heaviest first.

    `bases`: what the firm states, in yuan; without one the fixed amounts of the statute apply
    where there are any.
    """
    found = [
        exposure_of(edition.penalties[penalty_id], questions, bases)
        for penalty_id, questions in _breaches(scorecard.gaps).items()
    ]
    return tuple(sorted(found, key=lambda one: one.weight, reverse=True))


def exposure_of(
    penalty: Penalty, questions: Iterable[str], bases: Mapping[Base, Fraction]
) -> Exposure:
    """The range of one penalty on the bases given. At the threshold the multiples apply."""
    base = bases.get(Base(penalty.fine_base)) if penalty.fine_base in set(Base) else None
    fine = penalty.exposure(base)
    lowest, highest = fine if fine is not None else (None, None)
    return Exposure(
        penalty=penalty,
        questions=tuple(questions),
        measure=_measure(penalty, base, highest),
        lowest=lowest,
        highest=highest,
        serious=penalty.serious,
    )


def heaviest(found: Iterable[Exposure]) -> Exposure | None:
    """The one basis that would govern if one act fell under all of them; None without a fine."""
    fined = [one for one in found if one.highest is not None]
    return max(fined, key=lambda one: one.weight, default=None)


def _breaches(gaps: Iterable[Gap]) -> dict[str, list[str]]:
    """Penalty id -> questions whose legal requirement is not met well enough, in gap order."""
    found: dict[str, list[str]] = {}
    for gap in gaps:
        if gap.mark.severity is Severity.LEGAL_REQUIREMENT:
            for penalty_id in gap.question.penalties:
                found.setdefault(penalty_id, []).append(gap.question.id)
    return found


def _measure(penalty: Penalty, base: Fraction | None, highest: Fraction | None) -> Measure:
    if highest is None:
        return Measure.NONE
    if base is not None and penalty.percentages:
        return Measure.PERCENTAGE
    if base and penalty.multiples and base >= (penalty.threshold_cny or 0):
        return Measure.MULTIPLE
    return Measure.FIXED
