"""Gaps: what stands below its target, how urgent it is, and what closing it brings."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from compliance.catalogue import Edition, Severity
from compliance.scoring.scorecard import Gap, Mark, ModuleScore
from compliance.scoring.table import Row, Table, table_of

SERIOUS_BELOW = Fraction(1, 2)


def gaps_of(
    edition: Edition, marks: Iterable[Mark], modules: Iterable[ModuleScore], as_of: date
) -> tuple[Gap, ...]:
    """The gaps by priority, then gain downwards, then catalogue order."""
    table = table_of(edition)
    worth = worth_of_modules(modules)
    gaps = [
        _gap(edition, table, mark, worth, as_of)
        for mark in marks
        if mark.is_applicable and mark.attained < table.targets[mark.severity]
    ]
    return tuple(sorted(gaps, key=lambda gap: (gap.priority, -gap.gain)))


def worth_of_modules(modules: Iterable[ModuleScore]) -> dict[str, Fraction]:
    """Module id -> points of the overall score for one unit of question weight at attainment 1."""
    scored = [module for module in modules if module.score is not None]
    total = sum(module.weight for module in scored)
    return {
        module.id: Fraction(100 * module.weight, total * module.weight_applicable)
        if total
        else Fraction(0)
        for module in scored
    }


def lift_to_target(row: Row, target: int, as_of: date) -> int:
    """Units after the remedy: the least attainable that meets the target, or the most there is."""
    attainable = [units for units, _ in row.scale.steps(as_of)]
    enough = [units for units in attainable if units >= target]
    return min(enough) if enough else max(attainable)


def lift_to_full(row: Row, as_of: date) -> int:
    """Units of the best answer there is."""
    return max(units for units, _ in row.scale.steps(as_of))


def _gap(
    edition: Edition, table: Table, mark: Mark, worth: Mapping[str, Fraction], as_of: date
) -> Gap:
    row = table.by_id[mark.question.id]
    lifted = max(mark.attained, lift_to_target(row, table.targets[mark.severity], as_of))
    points = worth[mark.question.module_id]
    step = mark.weight * (lifted - mark.attained)
    return Gap(
        mark=mark,
        target=edition.target(mark.severity),
        lifted=Fraction(lifted, table.unit),
        gain=Fraction(points.numerator * step, points.denominator * table.unit),
        priority=_priority(edition, mark),
    )


def _priority(edition: Edition, mark: Mark) -> int:
    attainment = mark.attainment
    if mark.question.red_line and attainment < edition.limits.red_line.below:
        return 1
    serious = attainment < SERIOUS_BELOW
    if mark.severity is Severity.LEGAL_REQUIREMENT:
        return 2 if serious else 3
    return 3 if serious and mark.severity is Severity.EXPECTED_PRACTICE else 4
