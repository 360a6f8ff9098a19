"""The same answers seen through other frameworks: each element's attainment, by the crosswalk."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from compliance.catalogue import Edition, ElementView, FrameworkView, crosswalk
from compliance.language import Text
from compliance.scoring.scorecard import Mark, Scorecard


@dataclass(frozen=True, slots=True)
class ElementStanding:
    """One element of a framework, and how the firm stands by the questions that speak to it."""

    id: str
    title: Text
    marks: tuple[Mark, ...]  # of the questions that are asked of the firm and count
    not_asked: tuple[str, ...]  # ids of the others that speak to it
    score: Fraction | None  # 0..100, weighted like a module; None: nothing counts
    supported_score: Fraction | None
    gaps: int


@dataclass(frozen=True, slots=True)
class FrameworkStanding:
    """One framework with the firm's answers."""

    id: str
    title: Text
    about: Text
    elements: tuple[ElementStanding, ...]


def seen_through(edition: Edition, card: Scorecard) -> tuple[FrameworkStanding, ...]:
    """Each framework of the crosswalk with the firm's attainment per element."""
    gaps = frozenset(gap.question.id for gap in card.gaps)
    return tuple(_standing(view, card, gaps) for view in crosswalk(edition))


def _standing(view: FrameworkView, card: Scorecard, gaps: frozenset[str]) -> FrameworkStanding:
    elements = tuple(_element(element, card, gaps) for element in view.elements)
    return FrameworkStanding(view.id, view.title, view.about, elements)


def _element(element: ElementView, card: Scorecard, gaps: frozenset[str]) -> ElementStanding:
    marks = tuple(
        card.marks[name]
        for name in element.questions
        if name in card.marks and card.marks[name].is_applicable
    )
    counted = {mark.question.id for mark in marks}
    return ElementStanding(
        id=element.id,
        title=element.title,
        marks=marks,
        not_asked=tuple(name for name in element.questions if name not in counted),
        score=_mean(marks, [mark.attainment for mark in marks]),
        supported_score=_mean(marks, [mark.supported for mark in marks]),
        gaps=len(counted & gaps),
    )


def _mean(marks: Sequence[Mark], values: Sequence[Fraction]) -> Fraction | None:
    weight = sum(mark.weight for mark in marks)
    if not weight:
        return None
    total = sum((m.weight * v for m, v in zip(marks, values, strict=True)), Fraction(0))
    return 100 * total / weight
