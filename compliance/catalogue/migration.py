"""How the answers to one edition become answers to another, and what a person must look at.

Pure: a plan of moves, and its application to any answers kept by question id. Every answer of
the earlier edition appears in the plan exactly once, so that nothing is lost; what is no longer
asked is kept by whoever stores answers, under its old id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from compliance.catalogue.diff import moves_between
from compliance.catalogue.edition import Edition, Kind, Move, Option, Question

YES_PARTIAL_NO = frozenset({"yes", "partial", "no"})
UNKNOWN = "unknown"


class Fate(StrEnum):
    """What becomes of an answer."""

    KEPT = "kept"  # same question, same value
    MOVED = "moved"  # same value under a new id
    CONVERTED = "converted"  # another value, by a rule of the newer edition
    TO_CONFIRM = "to_confirm"  # carried where it can be, but a person must look
    NO_LONGER_ASKED = "no_longer_asked"  # kept under its old id, out of the score
    NEW = "new"  # a question that nobody answered yet


@dataclass(frozen=True, slots=True)
class Step:
    """One question's way from the earlier edition to the newer."""

    fate: Fate
    before: str | None  # question id in the earlier edition; None: new
    after: str | None  # question id in the newer edition; None: no longer asked
    values: Mapping[str, str | int]  # earlier value, as text -> value here
    confirm: bool = False  # a person must look at every answer, not only at those that don't fit


@dataclass(frozen=True, slots=True)
class Carried:
    """One answer after the move."""

    fate: Fate
    before: str
    after: str | None
    value: Any  # None: the old value can't stand here; it stays in the history
    was: Any


@dataclass(frozen=True, slots=True)
class Migration:
    """The plan between two editions."""

    questionnaire_id: str
    before: str  # version
    after: str
    steps: tuple[Step, ...]  # newer edition's order, then what is no longer asked

    def of(self, fate: Fate) -> tuple[Step, ...]:
        """The steps with one fate."""
        return tuple(step for step in self.steps if step.fate is fate)


def migration(before: Edition, after: Edition) -> Migration:
    """The plan from one edition to another of the same questionnaire."""
    if before.questionnaire_id != after.questionnaire_id:
        raise ValueError(f"{before.questionnaire_id} and {after.questionnaire_id} differ")
    moves = moves_between(before, after)
    steps: list[Step] = []
    reached: set[str] = set()
    for question in after.questions:
        move = moves.get(question.id)
        was = move.was if move else question.id
        if not before.has_question(was) or was in reached:
            steps.append(Step(Fate.NEW, None, question.id, {}))
            continue
        reached.add(was)
        steps.append(_step(before.question(was), question, move))
    gone = [question.id for question in before.questions if question.id not in reached]
    steps += [Step(Fate.NO_LONGER_ASKED, name, None, {}) for name in gone]
    return Migration(before.questionnaire_id, before.version, after.version, tuple(steps))


def _step(old: Question, new: Question, move: Move | None) -> Step:
    values = dict(move.values) if move else {}
    confirm = bool(move and move.confirm) or old.kind is not new.kind
    if confirm or _lost_values(old, new, values):
        fate = Fate.TO_CONFIRM
    else:
        fate = _fate(old.id, new.id, converted=bool(values))
    return Step(fate, old.id, new.id, values, confirm)


def _fate(before: str, after: str, *, converted: bool) -> Fate:
    if converted:
        return Fate.CONVERTED
    return Fate.KEPT if before == after else Fate.MOVED


def _lost_values(old: Question, new: Question, values: Mapping[str, object]) -> bool:
    """Whether some answer to the old question has no place in the new one."""
    gone = {option.value for option in old.options} - {option.value for option in new.options}
    now_alone = {o.value for o in new.options if o.exclusive} - {
        o.value for o in old.options if o.exclusive
    }
    return bool((gone - values.keys()) or now_alone)


def carry(plan: Migration, after: Edition, values: Mapping[str, Any]) -> tuple[Carried, ...]:
    """Each answered value (question id of the earlier edition -> value), moved.

    Every id of `values` comes back exactly once as `before`; an id that the earlier edition does
    not know is no longer asked either.
    """
    by_old = {step.before: step for step in plan.steps if step.before is not None}
    carried = []
    for name, value in values.items():
        step = by_old.get(name)
        if step is None or step.after is None:
            carried.append(Carried(Fate.NO_LONGER_ASKED, name, None, None, value))
            continue
        carried.append(_carried(step, after.question(step.after), name, value))
    return tuple(carried)


def _carried(step: Step, question: Question, name: str, value: Any) -> Carried:
    moved = _convert(value, step.values)
    if not fits(question, moved):
        return Carried(Fate.TO_CONFIRM, name, question.id, None, value)
    if step.confirm:
        return Carried(Fate.TO_CONFIRM, name, question.id, moved, value)
    changed = _convert(value, {}) != moved
    return Carried(_fate(name, question.id, converted=changed), name, question.id, moved, value)


def _convert(value: Any, values: Mapping[str, str | int]) -> Any:
    if isinstance(value, list | tuple):
        moved = [values.get(str(part), part) for part in value]
        return tuple(dict.fromkeys(moved))
    if isinstance(value, bool) or value is None:
        return value
    return values.get(str(value), value)


def fits(question: Question, value: Any) -> bool:
    """Whether a value may answer a question; None, no answer yet, always may."""
    options = {option.value: option for option in question.options}
    if value is None or value == UNKNOWN:
        return value is None or question.scored or UNKNOWN in options
    fitting = False
    match question.kind:
        case Kind.MATURITY:
            fitting = type(value) is int and value in {level.value for level in question.levels}
        case Kind.YES_PARTIAL_NO:
            fitting = isinstance(value, str) and value in YES_PARTIAL_NO
        case Kind.SINGLE_CHOICE:
            fitting = isinstance(value, str) and value in options
        case Kind.MULTIPLE_CHOICE:
            fitting = isinstance(value, list | tuple) and _selection(options, value)
        case Kind.NUMBER:
            fitting = isinstance(value, int | float) and not isinstance(value, bool)
        case Kind.DATE:
            fitting = isinstance(value, date) or _is_day(value)
        case Kind.TEXT:
            fitting = isinstance(value, str)
    return fitting


def _selection(options: Mapping[str, Option], value: Sequence[Any]) -> bool:
    known = all(isinstance(part, str) and part in options for part in value)
    return known and (len(value) <= 1 or not any(options[part].exclusive for part in value))


def _is_day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value).isoformat() == value)
    except (TypeError, ValueError):
        return False
