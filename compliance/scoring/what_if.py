"""What if: the scorecard after some questions are lifted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from compliance.answers import UNKNOWN, Answer, Value, survey
from compliance.catalogue import Edition
from compliance.scoring.score import score
from compliance.scoring.scorecard import Scorecard
from compliance.scoring.table import Row, table_of


class Lift(StrEnum):
    """How far a question is lifted."""

    TARGET = "target"  # as its remedy does
    FULL = "full"


To: TypeAlias = Lift | Value


def what_if(
    edition: Edition, answers: Mapping[str, Answer], as_of: date, lifts: Mapping[str, To]
) -> Scorecard:
    """A fresh scoring of the answers with each named question lifted, or set to a value.

    `lifts`: question id -> Lift, or the value itself. A lift never lowers an answer. Raises
    KeyError for a question that is not scored.
    """
    return score(edition, lifted_answers(edition, answers, as_of, lifts), as_of)


def lifted_answers(
    edition: Edition, answers: Mapping[str, Answer], as_of: date, lifts: Mapping[str, To]
) -> dict[str, Answer]:
    """The answers after the lifts; comments and evidence stay, a claim of N/A goes."""
    severities = survey(edition, answers, as_of).severities
    table = table_of(edition)
    changed = dict(answers)
    for question_id, to in lifts.items():
        row = table.by_id[question_id]
        old = answers.get(question_id, Answer())
        value: Value = to
        if isinstance(to, Lift):
            severity = severities.get(question_id) or row.question.severity
            to_target = to is Lift.TARGET and severity is not None
            wanted = row.lifted[severity] if severity and to_target else row.full
            value = _value_at(row, wanted, old, as_of)
        changed[question_id] = replace(old, value=value, not_applicable=None)
    return changed


def _value_at(row: Row, wanted: int, old: Answer, as_of: date) -> Value:
    """The value that attains `wanted`; the old one where it attains as much already."""
    answered = old.value is not None and old.value != UNKNOWN
    if old.value is not None and answered and row.scale.units(old.value, as_of) >= wanted:
        return old.value
    return next(value for units, value in row.scale.steps(as_of) if units == wanted)


def effort_of(edition: Edition, now: Scorecard, lifts: Mapping[str, Lift]) -> Fraction:
    """Days that some lifts take: as the remedy says, twice that from below the target to full."""
    return sum((_effort(edition, now, i, lift) for i, lift in lifts.items()), Fraction(0))


def _effort(edition: Edition, now: Scorecard, question_id: str, lift: Lift) -> Fraction:
    remedy = edition.question(question_id).remedy
    if remedy is None:
        return Fraction(0)
    mark = now.marks.get(question_id)
    from_below = mark is not None and mark.is_below(edition.target(mark.severity))
    return remedy.effort_days * (2 if lift is Lift.FULL and from_below else 1)
