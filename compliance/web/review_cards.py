"""One question as the desk of the officer shows it: the answer, its past, the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from compliance.assessments import (
    Desk,
    Look,
    ReviewDecision,
    content_of,
)
from compliance.catalogue import Kind, Question
from compliance.web.context import language
from compliance.web.wording import YES_PARTIAL_NO, content_words, value_words

LOOKS = {
    Look.NOTHING: ("plain", _l("not answered")),
    Look.UNDECIDED: ("plain", _l("to be reviewed")),
    Look.CHANGED: ("warn", _l("answer changed since the verdict")),
    Look.AGREED: ("ok", _l("agreed with")),
    Look.RETURNED: ("bad", _l("returned")),
    Look.PROPOSED: ("warn", _l("another level proposed")),
    Look.ACCEPTED: ("ok", _l("accepted as not applicable")),
    Look.REFUSED: ("bad", _l("“does not apply” refused")),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One question as the desk shows it."""

    question: Question
    look: Look
    answer: str
    level: str  # the anchor of the level that the firm chose
    comment: str
    decision: ReviewDecision | None
    proposed: str
    earlier: str | None
    earlier_is_same: bool
    history: tuple[tuple[Any, str], ...]  # entry, what the answer said then
    thread: Sequence[Any]
    typed: Mapping[str, Any]
    fault: str = ""
    status: int = 200


def card_of(desk: Desk, question: Question, changed: Mapping[str, Any] | None = None) -> Card:
    """The card of a question; `changed` says what to show differently, after a refusal."""
    response = desk.standing.responses.get(question.id)
    content = content_of(response) if response else None
    decision = desk.decisions.get(question.id)
    answer = content_words(question, content, language())
    earlier = _earlier_words(desk, question)
    return Card(
        question=question,
        look=desk.look(question.id),
        answer=answer,
        level=_level(question, content),
        comment=(content or {}).get("comment") or "",
        decision=decision,
        proposed=value_words(question, decision.proposed, language()) if decision else "",
        earlier=earlier,
        earlier_is_same=earlier == answer,
        history=tuple(
            (entry, content_words(question, entry.after, language()))
            for entry in desk.histories.get(question.id, ())
        ),
        thread=desk.threads.get(question.id, ()),
        **{"typed": {}, **(changed or {})},
    )


def _level(question: Question, content: Mapping[str, Any] | None) -> str:
    value = (content or {}).get("value")
    if question.kind is not Kind.MATURITY:
        return ""
    return next((one.text[language()] for one in question.levels if one.value == value), "")


def _earlier_words(desk: Desk, question: Question) -> str | None:
    if desk.earlier is None:
        return None
    asked, content = desk.earlier.answers.get(question.id, (question, None))
    return content_words(asked, content, language())


def proposal_choices(question: Question) -> list[tuple[str, str]]:
    """What a reviewer may propose; empty where it is typed in."""
    match question.kind:
        case Kind.MATURITY:
            return [
                (str(level.value), value_words(question, level.value, language()))
                for level in question.levels
            ]
        case Kind.YES_PARTIAL_NO:
            return [(value, str(text)) for value, text in YES_PARTIAL_NO.items()]
        case Kind.SINGLE_CHOICE | Kind.MULTIPLE_CHOICE:
            return [(option.value, option.text[language()]) for option in question.options]
        case _:
            return []
