"""Gaps: what stands below its target, how urgent it is, and what closing it brings."""

from collections.abc import Iterable
from fractions import Fraction
from math import lcm

from compliance.catalogue import Edition, Severity
from compliance.scoring.scorecard import Gap, Mark, ModuleScore
from compliance.scoring.table import Table, table_of

SERIOUS_BELOW = Fraction(1, 2)


def gaps_of(
    edition: Edition, marks: Iterable[Mark], modules: Iterable[ModuleScore]
) -> tuple[Gap, ...]:
    """The gaps by priority, then gain downwards, then catalogue order."""
    table = table_of(edition)
    worth = worth_of_modules(modules)
    gaps = [
        _gap(edition, table, mark, worth[mark.question.module_id])
        for mark in marks
        if mark.is_applicable and mark.attained < table.targets[mark.severity]
    ]
    common = lcm(*(points.denominator for points in worth.values())) * table.unit

    def urgency(gap: Gap) -> tuple[int, int]:
        return gap.priority, -gap.gain.numerator * (common // gap.gain.denominator)

    return tuple(sorted(gaps, key=urgency))


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


def _gap(edition: Edition, table: Table, mark: Mark, points: Fraction) -> Gap:
    """`points`: of the overall score, for one unit of the module's question weight."""
    row = table.by_id[mark.question.id]
    lifted = max(mark.attained, row.lifted[mark.severity])
    step = mark.weight * (lifted - mark.attained)
    return Gap(
        mark=mark,
        target=edition.target(mark.severity),
        lifted=table.shares[lifted],
        gain=Fraction(points.numerator * step, points.denominator * table.unit),
        priority=_priority(edition, mark),
    )


def _priority(edition: Edition, mark: Mark) -> int:
    if mark.question.red_line and mark.is_below(edition.limits.red_line.below):
        return 1
    serious = mark.is_below(SERIOUS_BELOW)
    if mark.severity is Severity.LEGAL_REQUIREMENT:
        return 2 if serious else 3
    return 3 if serious and mark.severity is Severity.EXPECTED_PRACTICE else 4
