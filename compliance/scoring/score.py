"""From answers to a scorecard: a pure function of edition, answers and day."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from compliance.answers import Answer, Survey, contradictions, survey
from compliance.catalogue import Edition, Module
from compliance.scoring.gaps import gaps_of
from compliance.scoring.grading import grade_of, limits_of, lowest
from compliance.scoring.marks import marks_of
from compliance.scoring.scorecard import (
    Caution,
    ElementScore,
    Mark,
    ModuleScore,
    Overall,
    Scorecard,
    State,
)
from compliance.scoring.table import table_of

PROGRAMME_MODULE = "icp"  # its sections are the nine elements of an internal compliance programme


def score(
    edition: Edition,
    answers: Mapping[str, Answer],
    as_of: date,
    surveyed: Survey | None = None,
) -> Scorecard:
    """Score the answers. `surveyed` holds branching fixed; without it the edition is walked."""
    way = surveyed or survey(edition, answers, as_of)
    marks = tuple(marks_of(edition, answers, as_of, way))
    modules = tuple(_module_scores(edition, marks))
    return Scorecard(
        questionnaire_id=edition.questionnaire_id,
        version=edition.version,
        as_of=as_of,
        survey=way,
        marks={mark.question.id: mark for mark in marks},
        overall=_overall(edition, marks, modules),
        modules=modules,
        elements=tuple(_elements(edition, marks)),
        gaps=gaps_of(edition, marks, modules),
        contradictions=contradictions(edition, answers, way),
        warnings=_warnings(edition, modules),
    )


def _module_scores(edition: Edition, marks: tuple[Mark, ...]) -> Iterable[ModuleScore]:
    by_module: dict[str, list[Mark]] = {
        row.question.module_id: [] for row in table_of(edition).rows
    }
    for mark in marks:
        by_module[mark.question.module_id].append(mark)
    for module in edition.modules:
        if module.id in by_module:
            yield _module_score(module, by_module[module.id])


def _module_score(module: Module, marks: list[Mark]) -> ModuleScore:
    applicable = [mark for mark in marks if mark.state is not State.NOT_APPLICABLE]
    unanswered = sum(mark.state is State.UNANSWERED for mark in applicable)
    return ModuleScore(
        id=module.id,
        weight=module.weight,
        score=_share(applicable, [mark.attained for mark in applicable]),
        supported_score=_share(applicable, [mark.supported_units for mark in applicable]),
        best_score=_share(applicable, [_at_best(mark) for mark in applicable]),
        weight_applicable=sum(mark.weight for mark in applicable),
        applicable=len(applicable),
        answered=len(applicable) - unanswered,
        not_applicable=len(marks) - len(applicable),
    )


def _at_best(mark: Mark) -> int:
    return mark.unit if mark.state is State.UNANSWERED else mark.attained


def _share(marks: list[Mark], units: list[int]) -> Fraction | None:
    """100 · Σ w·a / Σ w; None where nothing applies."""
    if not marks:
        return None
    attained = sum(mark.weight * of for mark, of in zip(marks, units, strict=True))
    return Fraction(100 * attained, marks[0].unit * sum(mark.weight for mark in marks))


def _elements(edition: Edition, marks: tuple[Mark, ...]) -> Iterable[ElementScore]:
    by_section: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.question.module_id == PROGRAMME_MODULE and mark.is_applicable:
            by_section.setdefault(mark.question.section_id, []).append(mark)
    programme = [module for module in edition.modules if module.id == PROGRAMME_MODULE]
    for section in (section for module in programme for section in module.sections):
        own = by_section.get(section.id, [])
        yield ElementScore(
            id=f"{PROGRAMME_MODULE}.{section.id.replace('-', '_')}",
            section_id=section.id,
            score=_share(own, [mark.attained for mark in own]),
            supported_score=_share(own, [mark.supported_units for mark in own]),
            applicable=len(own),
        )


def _overall(
    edition: Edition, marks: tuple[Mark, ...], modules: tuple[ModuleScore, ...]
) -> Overall:
    own = _mean((module.weight, module.score) for module in modules)
    applicable = sum(module.applicable for module in modules)
    completion = None
    if applicable:
        completion = Fraction(sum(module.answered for module in modules), applicable)
    if own is None:
        return Overall(None, None, None, None, None, (), completion)
    before = grade_of(edition, own)
    limits = limits_of(edition, marks, modules, before)
    return Overall(
        score=own,
        supported_score=_mean((module.weight, module.supported_score) for module in modules),
        best_score=_mean((module.weight, module.best_score) for module in modules),
        grade=lowest(edition, (before, *(limit.grade for limit in limits))),
        grade_before_limits=before,
        limits=limits,
        completion=completion,
    )


def _mean(weighted: Iterable[tuple[int, Fraction | None]]) -> Fraction | None:
    """Σ W·S / Σ W over the modules that have a score; None where there is none."""
    scored = [(weight, number) for weight, number in weighted if number is not None and weight]
    if not scored:
        return None
    total = sum(weight for weight, _ in scored)
    return sum((weight * number for weight, number in scored), Fraction(0)) / total


def _warnings(edition: Edition, modules: tuple[ModuleScore, ...]) -> tuple[Caution, ...]:
    return tuple(
        Caution("many_not_applicable", module.id, module.not_applicable_share)
        for module in modules
        if module.not_applicable_share > edition.not_applicable.warn_above
    )
