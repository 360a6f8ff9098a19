"""The law register: provisions with their dates, and what a breach may cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from compliance.language import Text, Texts


class Status(StrEnum):
    """Where a provision stands, as far as the register's editor could verify."""

    IN_FORCE = "in_force"
    ADVISORY = "advisory"
    REPEALED = "repealed"
    SUPERSEDED = "superseded"
    PARTLY_SUSPENDED = "partly_suspended"
    SUSPENDED_UNVERIFIED = "suspended_unverified"


class Confidence(StrEnum):
    """How the paraphrase was checked."""

    TEXT = "text"  # against the official text
    PAGE = "page"  # against an official or professional page about it
    MEMORY = "memory"  # not yet against a source


UNSETTLED = frozenset({Status.PARTLY_SUSPENDED, Status.SUSPENDED_UNVERIFIED})


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a provision, or a part of it, is suspended."""

    from_day: date | None
    until: date | None  # the first day on which it is no longer suspended; None: not announced
    whole: bool  # False: only the part that the note names
    note: Text


@dataclass(frozen=True, slots=True)
class Provision:
    """One article, annex or announcement, in our own words."""

    id: str
    instrument: str  # code in lower case: ecl, dur-792
    instrument_name: Text
    article: str
    citation: Text  # the place in the instrument: "article 12", "第12条"
    heading: Text
    summary: Text
    in_force_from: date | None
    in_force_until: date | None  # the first day on which it no longer applies
    status: Status
    confidence: Confidence
    change: Text | None = None  # what amended, suspended or replaced it
    caution: Text | None = None  # what to keep in mind when citing it
    date_precision: Text | None = None  # where a date is known to the month or year only
    pauses: tuple[Pause, ...] = ()
    icp_elements: tuple[int, ...] = ()  # elements 1-9 of the guidance that it speaks to
    numbers: Mapping[str, Any] = field(default_factory=dict)  # amounts and periods it sets

    def __hash__(self) -> int:
        return hash(self.id)

    def in_force(self, day: date) -> bool:
        """Whether the provision applies on a day."""
        started = self.in_force_from is None or self.in_force_from <= day
        return started and (self.in_force_until is None or day < self.in_force_until)

    @property
    def needs_status_check(self) -> bool:
        """Whether its status is not verified, so that a reader must look before relying on it."""
        return self.status in UNSETTLED or self.confidence is Confidence.MEMORY

    @property
    def is_checked_in_full(self) -> bool:
        """Whether the paraphrase was checked against the official text."""
        return self.confidence is Confidence.TEXT


@dataclass(frozen=True, slots=True)
class FineRange:
    """Lowest and highest fine; multiples of the base, or fixed amounts in yuan."""

    lowest: int | None  # None: no lower bound is stated
    highest: int


@dataclass(frozen=True, slots=True)
class Penalty:
    """What the law provides for one kind of breach: exposure, not a forecast."""

    id: str
    violation: Text
    provisions: tuple[str, ...]
    fine_base: str  # illegal_turnover, illegal_gains, goods_value, none
    threshold_cny: int | None  # at or above it the multiples apply
    multiples: FineRange | None
    percentages: FineRange | None  # of the base
    fixed: FineRange | None  # below the threshold, or where there is no base
    serious: FineRange | None  # fixed amounts in serious circumstances
    consequences: Texts
    gate: Text | None  # circumstances without which there is no fine
    note: Text | None
    confidence: Confidence

    def exposure(self, base_cny: Fraction | None) -> tuple[Fraction | None, Fraction] | None:
        """Lowest and highest fine on a base; without a base the fixed amounts.

        None where the law states no fine that can be worked out from the base.
        """
        if base_cny is not None and self.percentages:
            return _share(self.percentages, base_cny / 100)
        if base_cny and self.multiples and base_cny >= (self.threshold_cny or 0):
            return _share(self.multiples, base_cny)
        return _share(self.fixed, Fraction(1)) if self.fixed else None


def _share(fine: FineRange, unit: Fraction) -> tuple[Fraction | None, Fraction]:
    return None if fine.lowest is None else fine.lowest * unit, fine.highest * unit
