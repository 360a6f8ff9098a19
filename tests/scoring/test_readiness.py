"""Readiness for a general licence (Decree 792, articles 16(2), 20 and 26)."""

from datetime import date

import pytest

from compliance.answers import UNKNOWN, Answer, EvidenceRef, NotApplicable, Value
from compliance.catalogue import CheckKind, condition, load_edition
from compliance.catalogue.condition import AtLeast, Equals
from compliance.scoring import Readiness, readiness, score

EDITION = load_edition("ecl-icp", "2026.1")
DAY = date(2026, 11, 24)
SCOPE: dict[str, Answer] = {
    "SCP-01": Answer(value=("manufacturer",)),
    "SCP-04": Answer(value=("sale",)),
}


def check(found: Readiness, check_id: str) -> bool:
    return next(one.passed for one in found.checks if one.check.id == check_id)


def test_nothing_answered_proves_nothing() -> None:
    found = readiness(EDITION, {}, DAY)

    assert not any(one.passed for one in found.checks)
    assert found.is_barred
    assert not found.is_ready


def test_each_condition_is_reported_once_in_order() -> None:
    found = readiness(EDITION, {}, DAY)

    assert [one.check.id for one in found.checks] == [
        one.id for one in EDITION.general_licence.checks
    ]
    assert len(found.of(CheckKind.BAR)) == 5
    assert len(found.of(CheckKind.CONDITION)) == 16


@pytest.mark.parametrize(("level", "met"), [(2, False), (3, True), (4, True)])
def test_a_written_signed_programme_is_a_condition(level: int, met: bool) -> None:
    answers = {**SCOPE, "ICP-P1": Answer(value=3), "ICP-M1": Answer(value=level)}

    assert check(readiness(EDITION, answers, DAY), "GL-C01") is met


@pytest.mark.parametrize("value", [UNKNOWN, None])
def test_what_is_not_known_proves_nothing(value: Value | None) -> None:
    answers = {**SCOPE, "ICP-P1": Answer(value=3), "ICP-M1": Answer(value=value)}

    assert not check(readiness(EDITION, answers, DAY), "GL-C01")


def test_a_claim_of_not_applicable_proves_nothing() -> None:
    claim = Answer(not_applicable=NotApplicable("We have no manual of this kind.", accepted=True))
    answers = {**SCOPE, "ICP-P1": Answer(value=3), "ICP-M1": claim}

    assert not check(readiness(EDITION, answers, DAY), "GL-C01")


def test_an_answer_to_a_question_that_is_not_shown_proves_nothing() -> None:
    answers = {"ICP-P1": Answer(value=3), "ICP-M1": Answer(value=3), "LIC-10": Answer(value=4)}
    found = readiness(EDITION, answers, DAY)

    hidden = [proof for one in found.checks for proof in one.proofs if not proof.is_shown]
    assert hidden
    assert not any(proof.is_answered for proof in hidden)


def test_one_bar_closes_the_route_whatever_the_conditions_say() -> None:
    found = readiness(EDITION, best_answers() | {"LIC-10": Answer(value=UNKNOWN)}, DAY)

    assert found.is_barred
    assert not found.is_ready


def test_readiness_says_nothing_of_the_score() -> None:
    answers = {**SCOPE, "LIC-01": Answer(value=1)}
    before = score(EDITION, answers, DAY)

    readiness(EDITION, answers, DAY)

    assert score(EDITION, answers, DAY) == before


def test_evidence_behind_a_proof_is_named() -> None:
    answers = {**SCOPE, "ICP-P1": Answer(value=3, evidence=(EvidenceRef("Statement"),))}

    found = readiness(EDITION, answers, DAY)

    first = found.checks[0].proofs
    assert [(p.question_id, p.has_evidence) for p in first] == [
        ("ICP-P1", True),
        ("ICP-M1", False),
    ]


def best_answers() -> dict[str, Answer]:
    """Answers that meet each single test of the checks, as far as their questions are shown."""
    answers = dict(SCOPE)
    for one in EDITION.general_licence.checks:
        for test in condition.tests_of(one.met_when):
            if isinstance(test, AtLeast):
                answers[test.question] = Answer(value=int(test.number))
            elif isinstance(test, Equals):
                answers.setdefault(test.question, Answer(value=str(test.value)))
    return answers
