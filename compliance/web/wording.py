"""Closed sets of the field in words, and conditions in plain sentences."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from compliance.answers import UNKNOWN, Survey
from compliance.assessments import Filling, State
from compliance.catalogue import Condition, Edition, Kind, Question
from compliance.catalogue.condition import All, AnyOf, AtLeast, Equals, HasTrait, Includes, Not
from compliance.scoring import LimitKind

STATES = {
    State.DRAFT: ("active", _l("being filled in")),
    State.SUBMITTED: ("ok", _l("submitted for review")),
    State.IN_REVIEW: ("active", _l("in review")),
    State.RETURNED: ("warn", _l("returned for correction")),
    State.SEALED: ("ok", _l("sealed")),
    State.SUPERSEDED: ("plain", _l("superseded")),
}
FILLINGS = {
    Filling.OPEN: ("plain", _l("not answered")),
    Filling.ANSWERED: ("ok", _l("answered")),
    Filling.UNKNOWN: ("warn", _l("we do not know")),
    Filling.NOT_APPLICABLE: ("ok", _l("does not apply")),
    Filling.REASON_MISSING: ("warn", _l("reason missing")),
    Filling.TO_CONFIRM: ("warn", _l("to confirm")),
}
LEVELS = (_l("Absent"), _l("Informal"), _l("In part"), _l("In place"), _l("Assured"))
YES_PARTIAL_NO = {"yes": _l("Yes"), "partial": _l("In part or not always"), "no": _l("No")}
LIMITS = {
    LimitKind.RED_LINE: _l("A red line is breached or unanswered."),
    LimitKind.LEGAL_FLOOR: _l("A legal requirement is not met well enough."),
    LimitKind.MODULE_FLOOR: _l("A whole module stands below half."),
}


def words() -> Mapping[str, Any]:
    """The closed sets, for templates."""
    return {
        "levels": LEVELS,
        "yes_partial_no": YES_PARTIAL_NO,
        "states": STATES,
        "fillings": FILLINGS,
    }


def init_app(app: Flask) -> None:
    app.jinja_env.globals["words"] = words


def value_words(question: Question, value: Any, language: str) -> str:
    """A stored value as a person reads it."""
    if value is None:
        return str(_("no answer"))
    if value == UNKNOWN:
        return str(_("We do not know"))
    match question.kind:
        case Kind.MATURITY if isinstance(value, int) and 0 <= value < len(LEVELS):
            return f"{value} · {LEVELS[value]}"
        case Kind.YES_PARTIAL_NO:
            return str(YES_PARTIAL_NO.get(value, value))
        case Kind.SINGLE_CHOICE | Kind.MULTIPLE_CHOICE:
            chosen = value if isinstance(value, list | tuple) else [value]
            known = {option.value: option.text[language] for option in question.options}
            return ("；" if language == "zh" else "; ").join(known.get(v, str(v)) for v in chosen)
        case _:
            unit = question.unit[language] if question.unit else ""
            return f"{value} {unit}".strip()


def content_words(question: Question, content: Mapping[str, Any] | None, language: str) -> str:
    """A stored answer (value or reason) in one line, without its comment."""
    if not content:
        return str(_("no answer"))
    if content.get("na_reason") is not None:
        return str(_("Does not apply: %(reason)s", reason=content["na_reason"] or "—"))
    return value_words(question, content.get("value"), language)


MOST_ANSWERS = 4  # that are named where any one of them would do


def why_left_out(edition: Edition, question: Question, survey: Survey, language: str) -> str:
    """Why a question is left out, as a sentence that names only what is missing."""
    condition = question.shown_when
    if condition is None or condition.holds(survey.traits, survey.values):
        return str(_("The law it rests on is not in force on the day of the assessment."))
    said = _condition(edition, _missing(condition, survey), language)
    return str(_("Asked only where %(condition)s.", condition=said))


def _missing(condition: Condition, survey: Survey) -> Condition:
    """The part of a condition that does not hold."""
    if isinstance(condition, AnyOf):
        return AnyOf(tuple(_missing(part, survey) for part in condition.parts))
    if not isinstance(condition, All):
        return condition
    failed = tuple(
        _missing(part, survey)
        for part in condition.parts
        if not part.holds(survey.traits, survey.values)
    )
    return failed[0] if len(failed) == 1 else All(failed)


def _condition(edition: Edition, condition: Condition, language: str) -> str:
    match condition:
        case All(parts):
            return str(_(" and ")).join(_condition(edition, part, language) for part in parts)
        case AnyOf(parts):
            return str(_(" or ")).join(_condition(edition, part, language) for part in parts)
        case Not(part):
            denied = _condition(edition, part, language)
            return str(_("it is not the case that %(condition)s", condition=denied))
        case HasTrait(trait):
            return _(" or ").join(_setters(edition, trait, language)) or trait
        case _:
            return _test(edition, condition, language)


def _test(edition: Edition, test: Equals | Includes | AtLeast, language: str) -> str:
    question = edition.question(test.question)
    match test:
        case AtLeast():
            wanted = str(_("at least %(number)s", number=test.number))
        case Equals():
            wanted = value_words(question, test.value, language)
        case _:
            wanted = value_words(question, test.option, language)
    return str(_("%(question)s is answered “%(answer)s”", question=question.id, answer=wanted))


@lru_cache(maxsize=512)
def _setters(edition: Edition, trait: str, language: str) -> tuple[str, ...]:
    """The answers that give a firm a trait."""
    found = []
    for question in edition.questions:
        values = [o.value for o in question.options if trait in o.sets]
        values += [value for value, traits in question.sets.items() if trait in traits]
        if values:
            shown = [f"“{value_words(question, v, language)}”" for v in values[:MOST_ANSWERS]]
            answers = _(" or ").join(shown)
            if len(values) > MOST_ANSWERS:
                answers += str(_(" or another that amounts to it"))
            said = _("%(question)s is answered %(answers)s", question=question.id, answers=answers)
            found.append(str(said))
    return tuple(found)
