"""Forms made from the questionnaire: bound and validated by WTForms, rendered by our own macros.

Form, API and bundle agree on what an answer may be, because all of them ask
`compliance.answers.parse_answer`; this file only turns fields into plain values and faults into
words beside the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from wtforms import Form, FormField, IntegerField, SelectMultipleField, StringField
from wtforms.validators import Optional

from compliance.answers import UNKNOWN, Answer, BundleError, parse_answer
from compliance.catalogue import Edition, Kind, Question

NOT_APPLICABLE = "na"
CHOICES = frozenset({Kind.MATURITY, Kind.YES_PARTIAL_NO, Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE})


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed for one question, as the page shows it again."""

    values: tuple[str, ...]  # chosen options, or the one text
    special: str  # "", "unknown" or "na", of questions without choices
    reason: str
    comment: str


class AnswerForm(Form):
    """The fields of one question; names are `<question id>-value` and so on."""

    value = SelectMultipleField(validate_choice=False)
    special = StringField()
    reason = StringField()
    comment = StringField()
    version = IntegerField(validators=[Optional()])
    choice = StringField()  # after a clash: mine, theirs, combine
    theirs = IntegerField(validators=[Optional()])  # the version that the clash was with

    @property
    def typed(self) -> Typed:
        return Typed(
            values=tuple(self.value.data or ()),
            special=self.special.data or "",
            reason=(self.reason.data or "").replace("\r\n", "\n"),
            comment=(self.comment.data or "").replace("\r\n", "\n"),
        )


@lru_cache(maxsize=512)
def form_class(question_ids: tuple[str, ...]) -> type[Form]:
    """The form of a page; one class for each set of questions, never changed by a request."""
    fields = {question_id: FormField(AnswerForm) for question_id in question_ids}
    return type("SectionForm", (Form,), fields)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct: the id of the field and what to do."""

    target: str
    message: str


def read_typed(question: Question, typed: Typed) -> Mapping[str, Any]:
    """What was typed as the plain JSON of one answer. Raises ValueError with a message."""
    raw: dict[str, Any] = {"comment": typed.comment}
    values = [value for value in typed.values if value.strip()]
    special = typed.special
    if question.kind in CHOICES:
        marks = [value for value in values if value in (UNKNOWN, NOT_APPLICABLE)]
        if marks and len(values) > 1:
            raise ValueError(_("“We do not know” and “does not apply” stand alone."))
        special = marks[0] if marks else ""
    if special == NOT_APPLICABLE:
        raw["not_applicable"] = {"reason": typed.reason}
    elif special == UNKNOWN:
        raw["value"] = UNKNOWN
    elif values:
        raw["value"] = _plain(question, values)
    return raw


def answer_of(
    edition: Edition, question: Question, typed: Typed, *, complete: bool
) -> tuple[Answer | None, tuple[Fault, ...]]:
    """The answer, or what must be corrected. `complete`: a reason must be long enough."""
    try:
        answer = parse_answer(question, read_typed(question, typed))
    except ValueError as fault:
        return None, (Fault(first_field(question), str(fault)),)
    except BundleError:
        return None, (Fault(first_field(question), what_to_do(question)),)
    least = edition.not_applicable.reason_at_least
    claim = answer.not_applicable
    if complete and claim is not None and len(claim.reason.strip()) < least:
        message = _(
            "%(question)s: say in at least %(number)s characters why it does not apply.",
            question=question.id,
            number=least,
        )
        return None, (Fault(f"{question.id}-reason", message),)
    return answer, ()


def first_field(question: Question) -> str:
    """The id of the field to which an error leads."""
    if question.kind is Kind.MATURITY:
        return f"{question.id}-value-{question.levels[0].value}"
    if question.kind is Kind.YES_PARTIAL_NO:
        return f"{question.id}-value-yes"
    if question.kind in CHOICES:
        return f"{question.id}-value-{question.options[0].value}"
    return f"{question.id}-value"


def what_to_do(question: Question) -> str:
    """How to enter an answer of this kind."""
    said: str
    match question.kind:
        case Kind.NUMBER:
            said = _("%(question)s: enter a number from 0 up, in digits.", question=question.id)
        case Kind.DATE:
            said = _(
                "%(question)s: enter a date that exists as year-month-day, for example 2026-11-24.",
                question=question.id,
            )
        case Kind.MULTIPLE_CHOICE:
            said = _(
                "%(question)s: an answer such as “none of these” stands alone.",
                question=question.id,
            )
        case _:
            said = _("%(question)s: choose one of the answers shown.", question=question.id)
    return said


def typed_of(question: Question, content: Mapping[str, Any] | None) -> Typed:
    """What stands in storage (value, na_reason, comment), as the page shows it."""
    content = content or {}
    value, reason = content.get("value"), content.get("na_reason")
    special = NOT_APPLICABLE if reason is not None else UNKNOWN if value == UNKNOWN else ""
    values: tuple[str, ...] = ()
    if question.kind in CHOICES and special:
        values, special = (special,), ""
    elif isinstance(value, list | tuple):
        values = tuple(map(str, value))
    elif value is not None and not special:
        values = (str(value),)
    return Typed(values, special, reason or "", content.get("comment") or "")


def _plain(question: Question, values: list[str]) -> Any:
    match question.kind:
        case Kind.MATURITY:
            return int(values[0]) if values[0].isascii() and values[0].isdigit() else values[0]
        case Kind.MULTIPLE_CHOICE:
            return values
        case Kind.NUMBER:
            return _number(values[0])
        case _:
            return values[0].strip()


def _number(text: str) -> Any:
    """A number as people type it: spaces, thousands commas and full-width digits are taken."""
    import unicodedata

    flat = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if flat.isascii() and flat.isdigit():
        return int(flat)
    try:
        return float(flat)
    except ValueError:
        return text
