"""Grades and what holds them down."""

from collections.abc import Iterable
from fractions import Fraction

from compliance.catalogue import Edition, Severity
from compliance.scoring.rounding import printed_score
from compliance.scoring.scorecard import Limit, LimitKind, Mark, ModuleScore


def grade_of(edition: Edition, score: Fraction) -> str:
    """The grade of a score as printed, so that grade and figure never contradict each other."""
    printed = printed_score(score)
    for grade in edition.grades:
        if printed >= grade.at_least:
            return grade.name
    return edition.grades[-1].name


def rank(edition: Edition, grade: str) -> int:
    """0 for the best grade, then upwards. Raises KeyError where there is no such grade."""
    for position, known in enumerate(edition.grades):
        if known.name == grade:
            return position
    raise KeyError(grade)


def lowest(edition: Edition, grades: Iterable[str]) -> str:
    """The worst of some grades."""
    return max(grades, key=lambda grade: rank(edition, grade))


def limits_of(
    edition: Edition, marks: Iterable[Mark], modules: Iterable[ModuleScore], before: str
) -> tuple[Limit, ...]:
    """Every limit whose rule is met: red lines, then legal floor, then module floor."""
    applicable = [mark for mark in marks if mark.is_applicable]
    found = (
        _red_line(edition, applicable),
        _legal_floor(edition, applicable),
        _module_floor(edition, modules),
    )
    own = rank(edition, before)
    return tuple(
        Limit(why, grade, rank(edition, grade) > own, questions, module_ids)
        for why, grade, questions, module_ids in (one for one in found if one)
    )


_Found = tuple[LimitKind, str, tuple[str, ...], tuple[str, ...]]


def _red_line(edition: Edition, marks: list[Mark]) -> _Found | None:
    rule = edition.limits.red_line
    breached = tuple(m.question.id for m in marks if m.question.red_line and m.is_below(rule.below))
    if not breached:
        return None
    grade = rule.grade_for_many if len(breached) >= rule.many else rule.grade
    return LimitKind.RED_LINE, grade, breached, ()


def _legal_floor(edition: Edition, marks: list[Mark]) -> _Found | None:
    """The strictest floor that is met, with the questions below it."""
    legal = [mark for mark in marks if mark.severity is Severity.LEGAL_REQUIREMENT]
    floors = sorted(
        edition.limits.legal_floor, key=lambda floor: rank(edition, floor.grade), reverse=True
    )
    for floor in floors:
        below = tuple(mark.question.id for mark in legal if mark.is_below(floor.below))
        if below:
            return LimitKind.LEGAL_FLOOR, floor.grade, below, ()
    return None


def _module_floor(edition: Edition, modules: Iterable[ModuleScore]) -> _Found | None:
    floor = edition.limits.module_floor
    below = tuple(
        module.id for module in modules if module.score is not None and module.score < floor.below
    )
    return (LimitKind.MODULE_FLOOR, floor.grade, (), below) if below else None
