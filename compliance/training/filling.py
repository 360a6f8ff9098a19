"""The whole questionnaire of a scenario's firm: its own answers, and the default for the rest.

Default rule: maturity 3; yes/no at the good answer; single choice at the option with the highest
credit (the first of several); multiple choice with every option that is not exclusive; numbers at
the highest band (3 where unscored); dates six months before the as-of date (three where the best
band is six months); texts are left open. Each default answer carries one piece of evidence where
evidence is expected; answers of the scenario carry none. What is not shown is left out.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from compliance.answers import Answer, Bundle, EvidenceRef, Value, parse_answer, survey
from compliance.catalogue import Edition, Kind, Question
from compliance.training.scenario import Scenario

EVIDENCE = "Training file"


def own_answers(edition: Edition, scenario: Scenario) -> dict[str, Answer]:
    """The scenario's scope and programme answers.

    Raises BundleError or KeyError where they don't fit the edition.
    """
    given = {**scenario.scope, **scenario.answers}
    return {
        question_id: parse_answer(edition.question(question_id), {"value": value})
        for question_id, value in given.items()
    }


def filled_answers(edition: Edition, scenario: Scenario, as_of: date) -> dict[str, Answer]:
    """All answers of the scenario's firm, in catalogue order."""
    answers = own_answers(edition, scenario)
    own = frozenset(answers)
    for question in edition.questions:  # a default answer may show later questions
        if question.id in own:
            continue
        value = default_value(question, as_of)
        if value is not None:
            evidence = _evidence(question)
            answers[question.id] = Answer(value=value, evidence=evidence)
    shown = _settled(edition, answers, as_of)
    return {question_id: answers[question_id] for question_id in shown if question_id in answers}


def bundle_of(edition: Edition, scenario: Scenario, as_of: date, language: str = "en") -> Bundle:
    """The answer bundle of the scenario's firm."""
    return Bundle(
        questionnaire_id=edition.questionnaire_id,
        version=edition.version,
        as_of=as_of,
        firm_name=scenario.firm_name[language],
        firm_reference=scenario.id,
        answers=filled_answers(edition, scenario, as_of),
    )


def default_value(  # noqa: PLR0911  # one return a kind of question
    question: Question, as_of: date
) -> Value | None:
    """The value that a question gets which the scenario does not answer; None: left open."""
    match question.kind:
        case Kind.MATURITY:
            return 3
        case Kind.YES_PARTIAL_NO:
            return _good_answer(question)
        case Kind.SINGLE_CHOICE:
            return max(question.options, key=lambda option: option.credit).value
        case Kind.MULTIPLE_CHOICE:
            return tuple(o.value for o in question.options if not o.exclusive)
        case Kind.NUMBER:
            return _best_number(question)
        case Kind.DATE:
            return _best_day(question, as_of)
        case _:
            return None


def _good_answer(question: Question) -> str:
    if not question.credits:
        return "yes"
    return max(("yes", "partial", "no"), key=lambda answer: question.credits.get(answer, -1))


def _best_number(question: Question) -> int:
    bounds = [band for band in question.bands if band.at_least is not None]
    if not bounds:
        return 3
    best = max(bounds, key=lambda band: (band.credit, -(band.at_least or 0)))
    return int(best.at_least or 0)


def _best_day(question: Question, as_of: date) -> date:
    bands = [band for band in question.bands if band.within_months is not None]
    best = max(bands, key=lambda band: band.credit, default=None)
    return _months_before(as_of, 3 if best is not None and best.within_months == 6 else 6)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _evidence(question: Question) -> tuple[EvidenceRef, ...]:
    if question.evidence_expected is None:
        return ()
    return (EvidenceRef(title=EVIDENCE, reference=question.id),)


def _settled(edition: Edition, answers: Mapping[str, Answer], as_of: date) -> tuple[str, ...]:
    return survey(edition, answers, as_of).shown
