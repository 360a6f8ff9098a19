"""Closed sets of the field in words, and conditions in plain sentences."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from compliance.answers import UNKNOWN, Because
from compliance.assessments import Filling, State
from compliance.catalogue import Edition, Kind, Question
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


def because_words(edition: Edition, because: Because, language: str) -> str:
    """Why a question is left out, as a sentence."""
    if isinstance(because, str):  # "not in force"
        return str(_("The law it rests on is not in force on the day of the assessment."))
    raw: Mapping[str, Any] = because
    return str(_("Asked only where %(condition)s.", condition=_condition(edition, raw, language)))


def _condition(edition: Edition, raw: Mapping[str, Any], language: str) -> str:
    if "all" in raw:
        return _joined((_condition(edition, part, language) for part in raw["all"]), _(" and "))
    if "any" in raw:
        return _joined((_condition(edition, part, language) for part in raw["any"]), _(" or "))
    if "not" in raw:
        return str(
            _(
                "it is not the case that %(condition)s",
                condition=_condition(edition, raw["not"], language),
            )
        )
    if "trait" in raw:
        setters = _setters(edition, raw["trait"], language)
        return _joined(setters, _(" or ")) or str(raw["trait"])
    return _test(edition, raw, language)


def _test(edition: Edition, raw: Mapping[str, Any], language: str) -> str:
    question = edition.question(raw["question"])
    if "at_least" in raw:
        wanted = str(_("at least %(number)s", number=raw["at_least"]))
    else:
        wanted = value_words(question, raw.get("equals", raw.get("includes")), language)
    return str(_("%(question)s is answered “%(answer)s”", question=question.id, answer=wanted))


@lru_cache(maxsize=512)
def _setters(edition: Edition, trait: str, language: str) -> tuple[str, ...]:
    """The answers that give a firm a trait."""
    found = []
    for question in edition.questions:
        values = [o.value for o in question.options if trait in o.sets]
        values += [value for value, traits in question.sets.items() if trait in traits]
        if values:
            answers = _(" or ").join(f"“{value_words(question, v, language)}”" for v in values)
            found.append(
                str(
                    _("%(question)s is answered %(answers)s", question=question.id, answers=answers)
                )
            )
    return tuple(found)


def _joined(parts: Iterable[str], word: str) -> str:
    return word.join(parts)
