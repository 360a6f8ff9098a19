"""Where an assessment stands: what is asked, what is done, and what a changed answer does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import Engine

from compliance.answers import Answer, NotApplicable, parse_bundle
from compliance.assessments import (
    Assessment,
    Filling,
    Standing,
    consequence_of,
    import_bundle,
    load_standing,
    open_assessment,
    save_answer,
    steering_questions,
)
from compliance.catalogue import load_edition
from compliance.database import FirmSession, firm_session
from compliance.identity import Actor
from compliance.settings import ROOT

REASONED = NotApplicable("We export goods only, no technology.")
DEMO = ROOT / "questionnaires" / "demo" / "current.json"


@pytest.fixture
def exporter(actor: Callable[[str], Actor]) -> Actor:
    return actor("exporter@amber.example")


@pytest.fixture
def filled(engine: Engine, exporter: Actor, now: datetime) -> Callable[[], object]:
    """`with filled() as (session, standing)`: the demo firm's answers."""
    bundle = parse_bundle(DEMO.read_bytes())

    @contextmanager
    def opened() -> Iterator[tuple[FirmSession, Standing]]:
        with firm_session(engine, exporter.firm_id) as session:
            assessment = import_bundle(session, exporter, bundle, title="Amber", now=now)
            yield session, load_standing(session, assessment.id, exporter)

    return opened


def changed(
    session: FirmSession,
    standing: Standing,
    exporter: Actor,
    question: str,
    answer: Answer,
    now: datetime,
) -> Standing:
    assessment: Assessment = standing.assessment
    response = standing.responses.get(question)
    save_answer(
        session,
        exporter,
        assessment,
        question,
        answer,
        base_version=response.version if response else 0,
        now=now,
    )
    return load_standing(session, assessment.id, exporter)


@pytest.mark.parametrize(
    ("answer", "filling"),
    [
        (Answer(value=2), Filling.ANSWERED),
        (Answer(value="unknown"), Filling.UNKNOWN),
        (
            Answer(not_applicable=NotApplicable("We export goods only, no technology.")),
            Filling.NOT_APPLICABLE,
        ),
        (Answer(not_applicable=NotApplicable("too short")), Filling.REASON_MISSING),
        (Answer(comment="only a comment"), Filling.OPEN),
    ],
)
def test_each_state_of_an_answer_has_its_name(
    filled,
    exporter: Actor,
    now: datetime,
    answer: Answer,
    filling: Filling,  # type: ignore[no-untyped-def]
) -> None:
    with filled() as (session, standing):
        after = changed(session, standing, exporter, "LIC-20", answer, now)

        assert after.filling("LIC-20") is filling


def test_progress_counts_only_what_applies(filled) -> None:  # type: ignore[no-untyped-def]
    with filled() as (_session, standing):
        asked = {question.id for question in standing.asked}

        assert asked == set(standing.survey.shown)
        assert standing.total == len(asked)
        assert standing.done == sum(standing.is_done(i) for i in asked)
        assert standing.total == sum(section.total for section in standing.sections)


def test_the_next_open_question_goes_round(filled) -> None:  # type: ignore[no-untyped-def]
    with filled() as (_session, standing):
        open_ones = [q.id for q in standing.asked if not standing.is_done(q.id)]

        first = standing.next_open()
        assert first
        assert first.id == open_ones[0]
        again = standing.next_open(after=open_ones[-1])
        assert again
        assert again.id == open_ones[0]


def test_what_a_change_adds_and_removes_is_what_then_happens(
    filled,
    exporter: Actor,
    now: datetime,  # type: ignore[no-untyped-def]
) -> None:
    with filled() as (session, standing):
        answer = Answer(value=("end_user", "distributor"))
        told = consequence_of(standing, {"SCP-11": answer})

        after = changed(session, standing, exporter, "SCP-11", answer, now)

        before_ids, after_ids = set(standing.survey.shown), set(after.survey.shown)
        assert {q.id for q in told.added} == after_ids - before_ids
        assert {q.id for q in told.removed} == before_ids - after_ids
        assert told.removed
        assert after.answers["INT-22"] == standing.answers["INT-22"]  # kept


def test_only_steering_questions_change_what_is_asked(filled) -> None:  # type: ignore[no-untyped-def]
    with filled() as (_session, standing):
        steering = steering_questions(standing.edition)
        for question in standing.asked:
            if question.id not in steering:
                effect = consequence_of(standing, {question.id: Answer()})
                assert effect.is_empty, question.id


def test_a_claim_without_evidence_is_seen(filled) -> None:  # type: ignore[no-untyped-def]
    with filled() as (_session, standing):
        bare = [q for q in standing.asked if standing.lacks_evidence(q)]

        assert bare
        assert all(q.evidence_expected and not standing.evidence.get(q.id) for q in bare)


def test_an_empty_assessment_asks_the_scope_first(
    engine: Engine, exporter: Actor, now: datetime
) -> None:
    edition = load_edition("ecl-icp")
    with firm_session(engine, exporter.firm_id) as session:
        fresh = open_assessment(session, exporter, edition, title="New", as_of=now.date(), now=now)
        standing = load_standing(session, fresh.id, exporter)

        first = standing.next_open()
        assert first
        assert first.module_id == edition.modules[0].id
        assert standing.done == 0
