"""What scoring needs of an edition, worked out once for the life of the process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import lcm

from compliance.catalogue import Edition, Question, Severity
from compliance.scoring.scales import Scale, credits_of, is_scored, scale_of

ANY_DAY = date(2000, 1, 1)  # what can be attained does not depend on the day


@dataclass(frozen=True, slots=True)
class Row:
    """A scored question."""

    position: int  # in catalogue order
    question: Question
    scale: Scale
    evidence_expected: bool
    full: int  # units of the best answer there is
    lifted: Mapping[Severity, int]  # after the remedy: the least units that meet the target


@dataclass(frozen=True, slots=True)
class Table:
    """The scored questions of an edition, and its bounds in whole units of attainment."""

    unit: int  # full attainment
    shares: tuple[Fraction, ...]  # units -> 0..1
    cap: int  # most that counts as supported while expected evidence is missing
    rows: tuple[Row, ...]  # catalogue order
    by_id: dict[str, Row]
    weights: dict[Severity, int]
    targets: dict[Severity, int]


@lru_cache(maxsize=32)
def table_of(edition: Edition) -> Table:
    """The table of an edition."""
    scored = [question for question in edition.questions if is_scored(question)]
    unit = _unit(edition, scored)
    targets = {severity: int(rule.target * unit) for severity, rule in edition.severities.items()}
    rows = tuple(
        _row(position, question, scale_of(question, unit), targets)
        for position, question in enumerate(scored)
    )
    return Table(
        unit=unit,
        shares=tuple(Fraction(units, unit) for units in range(unit + 1)),
        cap=int(edition.unsupported_cap * unit),
        rows=rows,
        by_id={row.question.id: row for row in rows},
        weights={severity: rule.weight for severity, rule in edition.severities.items()},
        targets=targets,
    )


def _row(position: int, question: Question, scale: Scale, targets: Mapping[Severity, int]) -> Row:
    attainable = sorted(units for units, _ in scale.steps(ANY_DAY))
    full = attainable[-1]
    lifted = {
        severity: next((units for units in attainable if units >= target), full)
        for severity, target in targets.items()
    }
    return Row(position, question, scale, question.evidence_expected is not None, full, lifted)


def _unit(edition: Edition, scored: list[Question]) -> int:
    """A common multiple of every denominator that an attainment is made of or compared with."""
    limits = edition.limits
    numbers: list[Fraction] = [edition.unsupported_cap, limits.red_line.below, Fraction(1, 2)]
    numbers += [floor.below for floor in limits.legal_floor]
    numbers += [rule.target for rule in edition.severities.values()]
    for question in scored:
        numbers += credits_of(question)
    return lcm(*(number.denominator for number in numbers))
