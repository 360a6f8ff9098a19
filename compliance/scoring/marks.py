"""From answers to marks: what each scored question that is shown counts."""

from collections.abc import Iterator, Mapping
from datetime import date

from compliance.answers import UNKNOWN, Answer, NotApplicable, Survey
from compliance.catalogue import Edition, Question, Severity
from compliance.scoring.scorecard import Mark, State, Unsettled
from compliance.scoring.table import Row, Table, table_of

NO_ANSWER = Answer()


def marks_of(
    edition: Edition, answers: Mapping[str, Answer], as_of: date, surveyed: Survey
) -> Iterator[Mark]:
    """The marks of all scored questions that are shown, in catalogue order."""
    table = table_of(edition)
    severities = surveyed.severities
    for row in table.rows:
        severity = severities.get(row.question.id)
        if severity is not None:
            answer = answers.get(row.question.id, NO_ANSWER)
            yield _mark(edition, table, row, severity, answer, as_of)


def _mark(
    edition: Edition, table: Table, row: Row, severity: Severity, answer: Answer, as_of: date
) -> Mark:
    unsettled, attained = None, 0
    if answer.not_applicable is not None:
        unsettled = unsettled_claim(edition, row.question, severity, answer.not_applicable)
        state = State.UNANSWERED if unsettled else State.NOT_APPLICABLE
    elif answer.value is None:
        state = State.UNANSWERED
    elif answer.value == UNKNOWN:
        state = State.UNKNOWN
    else:
        state = State.ANSWERED
        attained = row.scale.units(answer.value, as_of)
    unsupported = row.evidence_expected and not answer.evidence
    supported = min(attained, table.cap) if unsupported else attained
    return Mark(
        question=row.question,
        severity=severity,
        weight=table.weights[severity],
        state=state,
        unsettled=unsettled,
        attainment=table.shares[attained],
        supported=table.shares[supported],
        attained=attained,
        supported_units=supported,
        unit=table.unit,
    )


def unsettled_claim(
    edition: Edition, question: Question, severity: Severity, claim: NotApplicable
) -> Unsettled | None:
    """Why a claim of "not applicable" does not count; None where it does.

    `severity` is that for this firm: a question raised to a legal requirement needs acceptance.
    """
    if not question.not_applicable_allowed:
        return Unsettled.NOT_ALLOWED
    if len(claim.reason.strip()) < edition.not_applicable.reason_at_least:
        return Unsettled.REASON_TOO_SHORT
    if severity is Severity.LEGAL_REQUIREMENT and not claim.accepted:
        return Unsettled.AWAITS_ACCEPTANCE
    return None
