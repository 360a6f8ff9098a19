"""The officer's desk as pages: verdicts, claims, return, seal, and what each refuses in words."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.assessments import (
    AssessmentError,
    NoSuchAssessmentError,
    NoSuchQuestionError,
    Verdict,
    decide,
    decisions_of,
    find_assessment,
    responses_of,
    snapshot_of,
)
from compliance.database import firm_reading, firm_session
from compliance.jobs import jobs_of_firm
from compliance.remediation import RemediationError
from compliance.web.refusals import REFUSALS
from tests.review.conftest import OFFICER

SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture
def officer(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("officer@amber.example")


@pytest.fixture
def exporter(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("exporter@amber.example")


def judge(client: FlaskClient, assessment_id: UUID, question: str = "LIC-01", **form: object):  # type: ignore[no-untyped-def]
    address = f"/review/{assessment_id}/questions/{question}/decision"
    return client.post(address, data={"verdict": "agree", "version": "0", **form})


def test_the_queue_shows_what_was_submitted(
    officer: FlaskClient, an_assessment: Callable[..., UUID]
) -> None:
    waiting = an_assessment(in_review=False)

    page = officer.get("/review").text

    assert "Check of 24 November" in page
    assert f"/review/{waiting}/start" in page


def test_a_draft_does_not_wait(officer: FlaskClient, an_assessment: Callable[..., UUID]) -> None:
    an_assessment(submitted=False)

    assert "Nothing waits for review" in officer.get("/review").text


def test_the_desk_shows_answer_claim_and_missing_evidence(
    officer: FlaskClient, in_review: UUID
) -> None:
    page = officer.get(f"/review/{in_review}/modules/licensing").text
    claims = officer.get(f"/review/{in_review}/modules/control_lists?show=claims").text

    assert "1 · Informal" in page
    assert "Only large orders." in page
    assert "None. Expected:" in page
    assert "The firm says that this does not apply." in claims


def test_last_years_answer_stands_beside_this_years(
    officer: FlaskClient, an_assessment: Callable[..., UUID]
) -> None:
    an_assessment(submitted=False, day=1)
    later = an_assessment()

    page = officer.get(f"/review/{later}/modules/licensing").text

    assert "Last time" in page
    assert "the same answer" in page


@pytest.mark.parametrize(
    ("form", "verdict", "proposed"),
    [
        ({"verdict": "agree"}, "agree", None),
        ({"verdict": "return", "comment": "Show three orders."}, "return", None),
        ({"verdict": "propose", "proposed": "0", "comment": "No order shows it."}, "propose", 0),
    ],
)
def test_a_verdict_is_kept(
    officer: FlaskClient,
    engine: Engine,
    in_review: UUID,
    form: dict[str, str],
    verdict: str,
    proposed: object,
) -> None:
    answer = judge(officer, in_review, **form)

    assert answer.status_code == 302
    with firm_reading(engine, OFFICER.firm_id) as session:
        kept = decisions_of(session, in_review)["LIC-01"]
    assert (kept.verdict, kept.proposed) == (verdict, proposed)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"verdict": "return", "comment": " "}, "Give the reason in a sentence"),
        ({"verdict": "propose", "comment": "Too high."}, "Choose or enter the level"),
        ({"verdict": "propose", "proposed": "7", "comment": "Odd."}, "Choose or enter the level"),
    ],
)
def test_what_is_missing_is_said_beside_what_was_typed(
    officer: FlaskClient, in_review: UUID, form: dict[str, str], words: str
) -> None:
    answer = judge(officer, in_review, **form)

    assert answer.status_code == 422
    assert words in answer.text
    assert form["comment"].strip() in answer.text


def test_two_reviewers_do_not_overwrite_each_other(
    officer: FlaskClient, engine: Engine, in_review: UUID, now: datetime
) -> None:
    with firm_session(engine, OFFICER.firm_id) as session:
        decide(
            session,
            OFFICER,
            find_assessment(session, in_review),
            "LIC-01",
            Verdict.RETURN,
            base_version=0,
            now=now,
            comment="Name the person who decides.",
        )

    answer = judge(officer, in_review)

    assert answer.status_code == 409
    assert "Another reviewer decided this meanwhile." in answer.text
    assert "Name the person who decides." in answer.text


def test_a_script_gets_the_card_alone(officer: FlaskClient, in_review: UUID) -> None:
    address = f"/review/{in_review}/questions/LIC-01/decision"

    answer = officer.post(address, data={"verdict": "agree", "version": "0"}, headers=SCRIPT)

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'data-look="agree"' in answer.text
    assert 'data-counts="1/' in answer.text


def test_a_claim_is_accepted_and_counts_as_reviewed(
    officer: FlaskClient, engine: Engine, in_review: UUID
) -> None:
    address = f"/review/{in_review}/questions/CL-16/claim"

    answer = officer.post(address, data={"accept": "yes", "version": "1"}, headers=SCRIPT)

    assert 'data-look="accepted"' in answer.text
    with firm_reading(engine, OFFICER.firm_id) as session:
        assert responses_of(session, in_review)["CL-16"].na_accepted


def test_a_claim_that_changed_meanwhile_is_not_accepted_unseen(
    officer: FlaskClient, in_review: UUID
) -> None:
    address = f"/review/{in_review}/questions/CL-16/claim"

    answer = officer.post(address, data={"accept": "yes", "version": "7"})

    assert answer.status_code == 409


def test_agreeing_with_the_rest_leaves_claims_and_unread_questions(
    officer: FlaskClient, engine: Engine, in_review: UUID
) -> None:
    page = officer.get(f"/review/{in_review}/modules/licensing").text
    section = page.split('name="section" value="')[1].split('"')[0]

    officer.post(
        f"/review/{in_review}/modules/licensing/agree",
        data={"section": section, "question": ["LIC-01", "CL-16"]},
    )

    with firm_reading(engine, OFFICER.firm_id) as session:
        assert set(decisions_of(session, in_review)) == {"LIC-01"}


def test_nothing_goes_back_without_a_reason(officer: FlaskClient, in_review: UUID) -> None:
    answer = officer.post(f"/review/{in_review}/return", data={"reason": " "})

    assert answer.status_code == 409
    assert "Nothing says why" in answer.text


def test_the_firm_reads_why_it_came_back(
    officer: FlaskClient, exporter: FlaskClient, in_review: UUID
) -> None:
    judge(officer, in_review, verdict="return", comment="Show three orders.")

    officer.post(f"/review/{in_review}/return", data={"reason": "Please hurry."})

    page = exporter.get(f"/assessments/{in_review}/review-notes").text
    assert "Show three orders." in page
    assert "Please hurry." in page


def test_sealing_freezes_and_orders_the_report_in_both_languages(
    officer: FlaskClient, engine: Engine, in_review: UUID
) -> None:
    assert "What is frozen" in officer.get(f"/review/{in_review}/seal").text

    answer = officer.post(f"/review/{in_review}/seal")

    assert answer.location.endswith(f"/assessments/{in_review}/snapshot")
    with firm_reading(engine, OFFICER.firm_id) as session:
        snapshot = snapshot_of(session, in_review)
        languages = {job.arguments["language"] for job in jobs_of_firm(session, "report")}
    assert languages == {"en", "zh"}
    assert snapshot.digest in officer.get(answer.location).text
    content = officer.get(f"/assessments/{in_review}/snapshot.json").data
    assert snapshot.digest == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_sealed_assessment_takes_no_verdict(officer: FlaskClient, in_review: UUID) -> None:
    officer.post(f"/review/{in_review}/seal")

    for answer in (
        judge(officer, in_review),
        officer.post(f"/review/{in_review}/seal"),
        officer.post(f"/review/{in_review}/start"),
        officer.post(f"/review/{in_review}/return", data={"reason": "Late thought."}),
        officer.post(f"/review/{in_review}/questions/CL-16/claim", data={"accept": "yes"}),
    ):
        assert answer.status_code == 409
        assert "is sealed" in answer.text


def test_words_of_a_refusal_come_in_chinese(officer: FlaskClient, in_review: UUID) -> None:
    officer.post(f"/review/{in_review}/seal")

    answer = officer.post(f"/review/{in_review}/start?lang=zh")

    assert "已封存" in answer.text


def test_every_refusal_of_the_field_has_words() -> None:
    def below(kind: type[Exception]) -> set[type[Exception]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    handled_elsewhere = {
        AssessmentError,
        RemediationError,
        NoSuchAssessmentError,
        NoSuchQuestionError,
    }
    named = {"ClosedAssessmentError", "StaleAnswerError", "EmptyMessageError", "WrongStateError"}
    silent = {
        kind.__name__
        for base in (AssessmentError, RemediationError)
        for kind in below(base) - handled_elsewhere - set(REFUSALS)
        if not kind.__name__.startswith("_")
    }

    assert silent <= named


def test_an_exporter_has_no_desk(exporter: FlaskClient, in_review: UUID) -> None:
    assert exporter.get("/review").status_code == 403
    assert judge(exporter, in_review).status_code == 403
    assert exporter.post(f"/review/{in_review}/seal").status_code == 403


def test_another_firms_officer_finds_nothing(
    client_of: Callable[[str], FlaskClient], in_review: UUID
) -> None:
    stranger = client_of("officer@borealis.example")

    assert stranger.get(f"/review/{in_review}").status_code == 404
    assert judge(stranger, in_review).status_code == 404
    assert stranger.get(f"/assessments/{in_review}/snapshot").status_code == 404
