"""From the plain value of a document to a typed answer of one question."""

import re
from collections.abc import Callable, Mapping

from compliance.answers.answer import UNKNOWN, Answer, EvidenceRef, NotApplicable, Value
from compliance.answers.errors import Faults
from compliance.answers.fields import DATE_FORM, TEXT_FORM, Fields, is_text, read_day
from compliance.catalogue import Kind, Question

GREATEST_NUMBER = 10**12
YES_PARTIAL_NO = ("yes", "partial", "no")

_ANSWER = ("value", "not_applicable", "comment", "evidence")
_CLAIM = ("reason", "accepted")
_EVIDENCE = ("title", "reference", "sha256")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def parse_answer(question: Question, raw: object, path: str = "") -> Answer:
    """One answer from plain JSON values, as somebody gives it now.

    Raises BundleError with every fault in it. A claim of "not applicable" on a question that always
    applies is refused here; in a bundle it may stand, and counts as no answer.
    """
    faults = Faults()
    path = path or f"answers.{question.id}"
    answer = read_answer(question, raw, path, faults)
    if answer.not_applicable is not None and not question.not_applicable_allowed:
        found = answer.not_applicable.reason
        faults.add(f"{path}.not_applicable", found, "nothing: the question always applies")
    faults.settle()
    return answer


def read_answer(question: Question, raw: object, path: str, faults: Faults) -> Answer:
    """The same with a shared collector; what is returned beside a fault means nothing."""
    fields = Fields(raw, path, faults, _ANSWER)
    if fields.has("value") and fields.has("not_applicable"):
        faults.tell(path, "value and not_applicable", "one of the two")
    return Answer(
        value=_value(question, fields),
        not_applicable=_claim(fields),
        comment=fields.text("comment", ""),
        evidence=_evidence(fields),
    )


def _value(question: Question, fields: Fields) -> Value | None:
    if not fields.has("value"):
        return None
    found = fields.content["value"]
    if found == UNKNOWN and question.scored:
        return UNKNOWN
    value = _READERS[question.kind](question, found)
    if value is None:
        fields.faults.add(fields.at("value"), found, allowed_values(question))
    return value


def allowed_values(question: Question) -> str:
    """What may stand as the value of a question, in words."""
    unknown = f', or "{UNKNOWN}"' if question.scored else ""
    return _FORMS[question.kind](question) + unknown


def _level(question: Question, found: object) -> Value | None:
    levels = {level.value for level in question.levels}
    return found if type(found) is int and found in levels else None


def _yes_partial_no(_: Question, found: object) -> Value | None:
    return found if isinstance(found, str) and found in YES_PARTIAL_NO else None


def _choice(question: Question, found: object) -> Value | None:
    values = {option.value for option in question.options}
    return found if isinstance(found, str) and found in values else None


def _choices(question: Question, found: object) -> Value | None:
    if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
        return None
    chosen = tuple(option for option in question.options if option.value in set(found))
    if len(chosen) != len(found) or (len(chosen) > 1 and any(o.exclusive for o in chosen)):
        return None
    return tuple(option.value for option in chosen)


def _number(_: Question, found: object) -> Value | None:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return found if 0 <= found <= GREATEST_NUMBER else None


def _date(_: Question, found: object) -> Value | None:
    return read_day(found)


def _text(_: Question, found: object) -> Value | None:
    return found if is_text(found) else None


_READERS = {
    Kind.MATURITY: _level,
    Kind.YES_PARTIAL_NO: _yes_partial_no,
    Kind.SINGLE_CHOICE: _choice,
    Kind.MULTIPLE_CHOICE: _choices,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.TEXT: _text,
}


def _option_list(question: Question) -> str:
    return ", ".join(f'"{option.value}"' for option in question.options)


def _choices_form(question: Question) -> str:
    alone = ", ".join(f'"{option.value}"' for option in question.options if option.exclusive)
    form = f"a list of {_option_list(question)}, each at most once"
    return f"{form}, {alone} only alone" if alone else form


_FORMS: Mapping[Kind, Callable[[Question], str]] = {
    Kind.MATURITY: lambda question: ", ".join(str(level.value) for level in question.levels),
    Kind.YES_PARTIAL_NO: lambda _: ", ".join(f'"{value}"' for value in YES_PARTIAL_NO),
    Kind.SINGLE_CHOICE: _option_list,
    Kind.MULTIPLE_CHOICE: _choices_form,
    Kind.NUMBER: lambda _: f"a number from 0 to {GREATEST_NUMBER}",
    Kind.DATE: lambda _: DATE_FORM,
    Kind.TEXT: lambda _: TEXT_FORM,
}


def _claim(fields: Fields) -> NotApplicable | None:
    if not fields.has("not_applicable"):
        return None
    claim = fields.inner("not_applicable", _CLAIM)
    return NotApplicable(claim.text("reason"), claim.truth("accepted"))


def _evidence(fields: Fields) -> tuple[EvidenceRef, ...]:
    found = fields.content.get("evidence", [])
    if not isinstance(found, list | tuple):
        fields.faults.add(fields.at("evidence"), found, "a list of evidence")
        return ()
    return tuple(
        _reference(Fields(one, f"{fields.at('evidence')}.{number}", fields.faults, _EVIDENCE))
        for number, one in enumerate(found)
    )


def _reference(fields: Fields) -> EvidenceRef:
    return EvidenceRef(
        title=fields.text("title", blank=False),
        reference=fields.text("reference", ""),
        sha256=_digest(fields),
    )


def _digest(fields: Fields) -> str | None:
    found = fields.content.get("sha256")
    if found is None:
        return None
    if not isinstance(found, str) or not _SHA256.fullmatch(found):
        fields.faults.add(fields.at("sha256"), found, "null or 64 hexadecimal digits")
        return None
    return found.lower()


def answer_json(answer: Answer) -> Mapping[str, object]:
    """The answer as plain JSON values in its shortest form; `parse_answer` reads it back."""
    content: dict[str, object] = {}
    if answer.value is not None:
        content["value"] = value_json(answer.value)
    if answer.not_applicable is not None:
        claim = answer.not_applicable
        content["not_applicable"] = {"reason": claim.reason, "accepted": claim.accepted}
    if answer.comment:
        content["comment"] = answer.comment
    if answer.evidence:
        content["evidence"] = [
            {"title": one.title, "reference": one.reference, "sha256": one.sha256}
            for one in answer.evidence
        ]
    return content


def value_json(value: Value) -> object:
    """A value as plain JSON: dates as text, chosen options as a list."""
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, int | float | str) else value.isoformat()
