"""The workflow from draft to seal, and what it refuses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import DBAPIError

from compliance.answers import Answer
from compliance.assessments import (
    ClosedAssessmentError,
    NoClaimError,
    NothingReturnedError,
    NotReadyError,
    OwnClaimError,
    ReasonNeededError,
    Snapshot,
    StaleDecisionError,
    State,
    Verdict,
    WrongStateError,
    answers_of,
    decide,
    decide_claim,
    digest_of,
    explain_contradiction,
    find_assessment,
    history_of,
    return_to_firm,
    save_answer,
    seal,
    snapshot_of,
    start_review,
    state_changes_of,
    submit,
)
from compliance.database import all_firms_session, firm_reading, firm_session
from compliance.identity import Actor, Firm, firm_of
from tests.support import cast

EXPORTER = cast.actor("exporter@amber.example")
OFFICER = cast.actor("officer@amber.example")
REASON = "We export no services of any kind, only goods."


def step(
    engine: Engine, assessment_id: UUID, verb: Callable[..., object], actor: Actor, **more: object
) -> None:
    with firm_session(engine, actor.firm_id) as session:
        verb(session, actor, find_assessment(session, assessment_id), **more)


@pytest.fixture
def in_review(
    each_engine: Engine, an_assessment: UUID, answered: Callable[..., None], now: datetime
) -> UUID:
    answered(SCP_01=["manufacturer"], SCP_04=["sale"], LIC_01=2)
    step(each_engine, an_assessment, submit, EXPORTER, now=now)
    step(each_engine, an_assessment, start_review, OFFICER, now=now)
    return an_assessment


def seal_it(engine: Engine, assessment_id: UUID, now: datetime) -> Snapshot:
    firm: Firm = firm_of(engine, OFFICER.firm_id)
    with firm_session(engine, OFFICER.firm_id) as session:
        return seal(session, OFFICER, find_assessment(session, assessment_id), firm, now=now)


def test_the_whole_way_is_kept(each_engine: Engine, in_review: UUID, now: datetime) -> None:
    seal_it(each_engine, in_review, now + timedelta(hours=1))

    with firm_reading(each_engine, OFFICER.firm_id) as session:
        steps = [(s.before, s.after, s.person_name) for s in state_changes_of(session, in_review)]
    assert sorted(steps) == [
        ("draft", "submitted", "Amber exporter"),
        ("in_review", "sealed", "Amber officer"),
        ("submitted", "in_review", "Amber officer"),
    ]


def test_a_sealed_assessment_takes_no_answer(
    each_engine: Engine, in_review: UUID, now: datetime
) -> None:
    seal_it(each_engine, in_review, now)

    with firm_session(each_engine, EXPORTER.firm_id) as session:
        assessment = find_assessment(session, in_review)
        with pytest.raises(ClosedAssessmentError):
            save_answer(
                session, EXPORTER, assessment, "LIC-01", Answer(value=4), base_version=1, now=now
            )


@pytest.mark.parametrize("verb", [submit, start_review])
def test_a_sealed_assessment_takes_no_step(
    each_engine: Engine, in_review: UUID, now: datetime, verb: Callable[..., object]
) -> None:
    seal_it(each_engine, in_review, now)

    with pytest.raises(WrongStateError):
        step(each_engine, in_review, verb, OFFICER, now=now)


def test_a_draft_can_not_be_sealed(each_engine: Engine, an_assessment: UUID, now: datetime) -> None:
    with pytest.raises(WrongStateError):
        seal_it(each_engine, an_assessment, now)


def test_the_database_itself_refuses_to_change_a_snapshot(
    each_engine: Engine, in_review: UUID, now: datetime
) -> None:
    snapshot = seal_it(each_engine, in_review, now)

    for statement in (
        update(Snapshot).where(Snapshot.id == snapshot.id).values(grade="A"),
        delete(Snapshot).where(Snapshot.id == snapshot.id),
    ):
        with (
            pytest.raises(DBAPIError, match="rows are only added"),
            all_firms_session(each_engine, reason="test") as session,
        ):
            session.execute(statement)

    with firm_reading(each_engine, OFFICER.firm_id) as session:
        kept = snapshot_of(session, in_review)
    assert kept.digest == digest_of(kept.content) == snapshot.digest


def test_a_snapshot_goes_with_its_firm(each_engine: Engine, in_review: UUID, now: datetime) -> None:
    seal_it(each_engine, in_review, now)

    with all_firms_session(each_engine, reason="test") as session:
        session.execute(delete(Firm).where(Firm.id == OFFICER.firm_id))
        assert session.scalars(select(Snapshot.id)).all() == []


def test_the_snapshot_holds_both_values(
    each_engine: Engine, in_review: UUID, now: datetime
) -> None:
    step(
        each_engine,
        in_review,
        decide,
        OFFICER,
        question_id="LIC-01",
        verdict=Verdict.PROPOSE,
        proposed=0,
        comment="The sample showed no conclusion.",
        base_version=0,
        now=now,
    )

    content = seal_it(each_engine, in_review, now).content

    assert content["bundle"]["answers"]["LIC-01"]["value"] == 2
    assert content["reviews"]["LIC-01"]["proposed"] == 0
    assert content["reviewed_overall"]["score"] < content["result"]["overall"]["score"]


def test_two_reviewers_do_not_overwrite_each_other(
    each_engine: Engine, in_review: UUID, now: datetime
) -> None:
    decision = {"question_id": "LIC-01", "verdict": Verdict.AGREE, "base_version": 0, "now": now}
    step(each_engine, in_review, decide, OFFICER, **decision)

    with pytest.raises(StaleDecisionError):
        step(each_engine, in_review, decide, OFFICER, **decision)


@pytest.mark.parametrize("verdict", [Verdict.RETURN, Verdict.PROPOSE])
def test_a_verdict_against_the_firm_needs_words(
    each_engine: Engine, in_review: UUID, now: datetime, verdict: Verdict
) -> None:
    with pytest.raises(ReasonNeededError):
        step(
            each_engine,
            in_review,
            decide,
            OFFICER,
            question_id="LIC-01",
            verdict=verdict,
            base_version=0,
            now=now,
        )


def test_an_assessment_goes_back_only_with_a_reason(
    each_engine: Engine, in_review: UUID, now: datetime
) -> None:
    with pytest.raises(NothingReturnedError):
        step(each_engine, in_review, return_to_firm, OFFICER, reason="  ", now=now)

    step(
        each_engine, in_review, return_to_firm, OFFICER, reason="Add the licence register.", now=now
    )

    with firm_reading(each_engine, OFFICER.firm_id) as session:
        assert find_assessment(session, in_review).state == State.RETURNED


def test_nobody_accepts_their_own_claim(
    each_engine: Engine, an_assessment: UUID, answered: Callable[..., None], now: datetime
) -> None:
    answered(LIC_20={"not_applicable": {"reason": REASON}})

    with pytest.raises(OwnClaimError):
        step(
            each_engine,
            an_assessment,
            decide_claim,
            EXPORTER,
            question_id="LIC-20",
            accept=True,
            now=now,
        )
    step(
        each_engine,
        an_assessment,
        decide_claim,
        OFFICER,
        question_id="LIC-20",
        accept=True,
        now=now,
    )

    with firm_reading(each_engine, OFFICER.firm_id) as session:
        answer = answers_of(session, find_assessment(session, an_assessment))["LIC-20"]
        causes = [h.cause for h in history_of(session, an_assessment, "LIC-20")]
    assert answer.not_applicable is not None
    assert answer.not_applicable.accepted
    assert causes == ["review", "edit"]


def test_a_changed_claim_loses_its_acceptance(
    each_engine: Engine, an_assessment: UUID, answered: Callable[..., None], now: datetime
) -> None:
    answered(LIC_20={"not_applicable": {"reason": REASON}})
    step(
        each_engine,
        an_assessment,
        decide_claim,
        OFFICER,
        question_id="LIC-20",
        accept=True,
        now=now,
    )

    with firm_session(each_engine, EXPORTER.firm_id) as session:
        assessment = find_assessment(session, an_assessment)
        claim = answers_of(session, assessment)["LIC-20"].not_applicable
        assert claim is not None
        other = Answer(not_applicable=type(claim)(REASON + " At all."))
        response = save_answer(
            session, EXPORTER, assessment, "LIC-20", other, base_version=2, now=now
        )
        assert not response.na_accepted


def test_without_a_claim_there_is_nothing_to_accept(
    each_engine: Engine, an_assessment: UUID, now: datetime
) -> None:
    with pytest.raises(NoClaimError):
        step(
            each_engine,
            an_assessment,
            decide_claim,
            OFFICER,
            question_id="LIC-20",
            accept=True,
            now=now,
        )


def test_a_blocking_contradiction_must_be_explained_first(
    each_engine: Engine, an_assessment: UUID, answered: Callable[..., None], now: datetime
) -> None:
    answered(SCP_01=["manufacturer"], SCP_04=["none"], SCP_17=["none"], SCP_06="over_500")

    with pytest.raises(NotReadyError) as refusal:
        step(each_engine, an_assessment, submit, EXPORTER, now=now)
    assert refusal.value.contradictions == ("exports-without-a-way-out",)
    step(
        each_engine,
        an_assessment,
        explain_contradiction,
        EXPORTER,
        contradiction_id="exports-without-a-way-out",
        explanation="A sister firm declares them.",
        now=now,
    )
    step(each_engine, an_assessment, submit, EXPORTER, now=now)

    with firm_reading(each_engine, OFFICER.firm_id) as session:
        assert find_assessment(session, an_assessment).state == State.SUBMITTED
