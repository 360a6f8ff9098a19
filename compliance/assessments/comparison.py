"""Two sealed results of one firm beside each other, also across editions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol

from compliance.answers import Answer, parse_bundle
from compliance.assessments.models import Path
from compliance.catalogue import Edition, Question, load_edition, migration
from compliance.scoring import Mark, Scorecard, canonical_json, score


class Course(StrEnum):
    """What became of one question between two results."""

    ROSE = "rose"
    FELL = "fell"
    SAME = "same"
    NEW = "new"  # asked now, not asked then
    NO_LONGER_ASKED = "no_longer_asked"


class Sealed(Protocol):
    """What is read of a snapshot."""

    @property
    def content(self) -> Mapping[str, Any]: ...
    @property
    def questionnaire_id(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def as_of(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Side:
    """One result, scored again under its own edition; the same figures as were sealed."""

    edition: Edition
    answers: Mapping[str, Answer]
    card: Scorecard


@dataclass(frozen=True, slots=True)
class Line:
    """One question in both results; a side is None where it was not asked."""

    before: Question | None
    after: Question | None
    attained_before: Fraction | None  # None: not asked, or not applicable
    attained_after: Fraction | None
    movement: Course

    @property
    def question(self) -> Question:
        """As it is asked now; as it was asked where it is asked no longer."""
        found = self.after or self.before
        if found is None:
            raise AssertionError("a line is about a question")
        return found

    @property
    def step(self) -> Fraction:
        """How far it moved."""
        return (self.attained_after or Fraction(0)) - (self.attained_before or Fraction(0))


@dataclass(frozen=True, slots=True)
class Comparison:
    """All scored questions of either result."""

    before: Side
    after: Side
    lines: tuple[Line, ...]  # the later edition's order, then what is no longer asked

    def of(self, movement: Course) -> tuple[Line, ...]:
        """The lines that moved so, the widest steps first."""
        found = [line for line in self.lines if line.movement is movement]
        return tuple(sorted(found, key=lambda line: -abs(line.step)))

    def modules(self) -> Iterator[tuple[str, Fraction | None, Fraction | None]]:
        """Module id, score then, score now; of the modules of either result."""
        then = {module.id: module.score for module in self.before.card.modules}
        now = {module.id: module.score for module in self.after.card.modules}
        for module_id in {**now, **then}:
            yield module_id, then.get(module_id), now.get(module_id)


def compare(before: Sealed, after: Sealed) -> Comparison:
    """Compare an earlier result with a later one. Answers move as the later edition says."""
    then, now = side_of(before), side_of(after)
    came_from = {
        step.after: step.before
        for step in migration(then.edition, now.edition).steps
        if step.after and step.before
    }
    lines = [_line(then, now, i, came_from.get(i)) for i in now.card.marks]
    reached = {came_from.get(i) for i in now.card.marks}
    lines += [
        Line(mark.question, None, _attained(mark), None, Course.NO_LONGER_ASKED)
        for i, mark in then.card.marks.items()
        if i not in reached
    ]
    return Comparison(then, now, tuple(lines))


def side_of(sealed: Sealed) -> Side:
    """The sealed answers, scored under their own edition and day."""
    edition = load_edition(sealed.questionnaire_id, sealed.version)
    if sealed.content.get("result", {}).get("path") == Path.CORE:
        edition = edition.core
    answers = parse_bundle(canonical_json(sealed.content["bundle"])).answers
    return Side(edition, answers, score(edition, answers, sealed.as_of))


def _line(then: Side, now: Side, question_id: str, earlier_id: str | None) -> Line:
    mark = now.card.marks[question_id]
    old = then.card.marks.get(earlier_id) if earlier_id else None
    attained = _attained(mark)
    if old is None:
        return Line(None, mark.question, None, attained, Course.NEW)
    was = _attained(old)
    return Line(old.question, mark.question, was, attained, _movement(was, attained))


def _attained(mark: Mark) -> Fraction | None:
    return mark.attainment if mark.is_applicable else None


def _movement(was: Fraction | None, now: Fraction | None) -> Course:
    """A question that has become applicable is new; one that no longer is, no longer asked."""
    if was == now:
        return Course.SAME
    if was is None:
        return Course.NEW
    if now is None:
        return Course.NO_LONGER_ASKED
    return Course.ROSE if now > was else Course.FELL
