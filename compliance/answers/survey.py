"""Which questions a firm is asked, and why the others are not asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, TypeAlias

from compliance.answers.answer import Answer, Value
from compliance.catalogue import Contradiction, Edition, Question, Severity

NOT_IN_FORCE: Literal["not in force"] = "not in force"

Because: TypeAlias = Mapping[str, object] | Literal["not in force"]
"""The condition that failed, as it stands in the catalogue, or that its law is not in force."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The way of a firm through an edition."""

    shown: tuple[str, ...]  # question ids in catalogue order
    traits: frozenset[str]
    not_shown: tuple[tuple[str, Because], ...]  # in catalogue order
    values: Mapping[str, Value]  # of shown, answered questions; UNKNOWN included
    severities: Mapping[str, Severity]  # of shown, scored questions, raised where a condition says


def survey(edition: Edition, answers: Mapping[str, Answer], as_of: date) -> Survey:
    """Walk the edition once, in catalogue order.

    Each condition sees the traits and values of earlier shown questions only. A question that is
    not shown, not answered or claimed not applicable has no value and sets no trait. "We do not
    know" is a value of its own: it equals "unknown", reaches no number and includes no option.
    """
    in_force = _questions_in_force(edition, as_of)
    shown: list[str] = []
    not_shown: list[tuple[str, Because]] = []
    traits: set[str] = set()
    values: dict[str, Value] = {}
    severities: dict[str, Severity] = {}
    for question in edition.questions:
        condition = question.shown_when
        if condition is not None and not condition.holds(traits, values):
            not_shown.append((question.id, condition.raw))
            continue
        if question.id not in in_force:
            not_shown.append((question.id, NOT_IN_FORCE))
            continue
        shown.append(question.id)
        severity = question.severity
        if question.severity_when:
            severity = question.severity_given(traits, values)
        if severity is not None and question.scored:
            severities[question.id] = severity
        answer = answers.get(question.id)
        if answer is not None and answer.value is not None:
            values[question.id] = answer.value
            traits.update(question.traits_of(answer.value))
    return Survey(tuple(shown), frozenset(traits), tuple(not_shown), values, severities)


@lru_cache(maxsize=64)
def _questions_in_force(edition: Edition, as_of: date) -> frozenset[str]:
    laws = {key for key, provision in edition.provisions.items() if provision.in_force(as_of)}

    def applies(question: Question) -> bool:
        return not question.provisions or any(key in laws for key in question.provisions)

    return frozenset(question.id for question in edition.questions if applies(question))


def contradictions(
    edition: Edition,
    answers: Mapping[str, Answer],  # noqa: ARG001 (the survey holds what counts of them)
    surveyed: Survey,
) -> tuple[Contradiction, ...]:
    """The rules of the edition that these answers break, in catalogue order."""
    return tuple(
        rule for rule in edition.contradictions if rule.when.holds(surveyed.traits, surveyed.values)
    )
