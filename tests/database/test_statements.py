"""Reviewed statements: each carries the firm, or is refused when it is made."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, insert, literal_column, or_, select, text, update

from compliance.answers import Answer
from compliance.assessments import Assessment, Response, find_for_saving, saving
from compliance.assessments.errors import NoSuchAssessmentError
from compliance.audit import operations as trail
from compliance.database import (
    FirmStatement,
    ForeignFirmError,
    SharedStatement,
    UnscopedStatementError,
    firm_reading,
    firm_session,
    own_firm,
    shared_row,
)
from compliance.identity import Person
from tests.database.test_tenancy import AMBER, BOREALIS, a_response, an_assessment
from tests.support.cast import NOW, actor

A, R = Assessment.__table__, Response.__table__
PEOPLE = Person.__table__
OURS = A.c.firm_id == own_firm()


@pytest.mark.parametrize(
    "statement",
    [
        select(A.c.title),
        select(A.c.title).where(A.c.firm_id == AMBER),
        select(A.c.title).where(A.c.firm_id != own_firm()),
        select(A.c.title).where(or_(OURS, A.c.title == "x")),
        select(A.c.title).where(~OURS),
        select(A.c.title).where(text("firm_id = :own_firm")),
        select(A.c.title, literal_column("now()")).where(OURS),
        select(A.c.title, R.c.value).where(OURS),
        select(A.c.title, R.c.value).where(OURS, R.c.firm_id == A.c.firm_id),
        select(A.c.title).select_from(A.join(R, R.c.assessment_id == A.c.id)).where(OURS),
        select(A.c.title).select_from(A.outerjoin(R, OURS)).where(R.c.firm_id == own_firm()),
        select(A.c.title)
        .select_from(A.outerjoin(R, R.c.firm_id == own_firm(), full=True))
        .where(OURS),
        select(A.alias().c.title),
        select(select(A.c.title).where(OURS).subquery().c.title),
        select(A.c.title).where(OURS, A.c.id.in_(select(R.c.assessment_id))),
        select(PEOPLE.c.email),
        update(A),
        update(A).where(A.c.id == uuid4()),
        update(A).where(OURS).values(title="x"),
        update(A).where(OURS, A.c.title.in_(select(R.c.question_id))),
        insert(A).values(title="x"),
        insert(A).from_select(["title"], select(R.c.question_id)),
        delete(A).where(OURS),
    ],
)
def test_a_statement_that_may_reach_another_firm_can_not_be_made(statement: object) -> None:
    with pytest.raises(UnscopedStatementError):
        FirmStatement(statement)  # type: ignore[arg-type]


@pytest.fixture
def stage(each_engine: Engine) -> Engine:
    for owner, title in ((AMBER, "amber"), (BOREALIS, "borealis")):
        with firm_session(each_engine, owner) as session:
            assessment = an_assessment(title)
            session.add(assessment)
            session.flush()
            session.add(a_response(assessment.id))
    return each_engine


def test_it_reads_and_changes_rows_of_one_firm(stage: Engine) -> None:
    titles = FirmStatement(
        select(A.c.title, R.c.question_id)
        .select_from(A.outerjoin(R, (R.c.firm_id == own_firm()) & (R.c.assessment_id == A.c.id)))
        .where(OURS)
    )
    rename = FirmStatement(update(A).where(OURS))

    with firm_session(stage, AMBER) as session:
        assert session.run(titles).all() == [("amber", "SCP-01")]
        assert session.run(rename, title="renamed").rowcount == 1
    with firm_reading(stage, BOREALIS) as session:
        assert session.run(titles).all() == [("borealis", "SCP-01")]


def test_what_it_adds_belongs_to_the_firm_of_the_session(stage: Engine) -> None:
    add = FirmStatement(insert(trail._HEADS).inline())
    with firm_session(stage, AMBER) as session:
        session.run(add, id=uuid4(), seq=0, hash="0")
    with firm_reading(stage, BOREALIS) as session:
        assert session.run(trail._HEAD).all() == []


@pytest.mark.parametrize("name", ["firm_id", "own_firm"])
def test_nobody_else_names_the_firm(stage: Engine, name: str) -> None:
    rename = FirmStatement(update(A).where(OURS))
    with firm_session(stage, AMBER) as session, pytest.raises(ForeignFirmError):
        session.run(rename, title="x", **{name: BOREALIS})


def test_a_reading_session_writes_nothing(stage: Engine) -> None:
    rename = FirmStatement(update(A).where(OURS))
    with firm_reading(stage, AMBER) as session, pytest.raises(ForeignFirmError):
        session.run(rename, title="x")


def test_the_save_of_another_firms_answer_finds_nothing(stage: Engine) -> None:
    """Each statement of the hot path, with ids of the other firm in hand."""
    with firm_reading(stage, BOREALIS) as session:
        theirs = session.scalars(select(Assessment)).one()
        answer = session.scalars(select(Response)).one()
    with firm_session(stage, AMBER) as session:
        with pytest.raises(NoSuchAssessmentError):
            find_for_saving(session, theirs.id, "SCP-01")
        moved = session.run(
            saving._CHANGE, response_id=answer.id, seen=answer.version, version=9, comment="mine"
        )
        assert moved.rowcount == 0
        assert session.run(trail._MOVE_HEAD, seq_before=1, seq=9, hash="x").rowcount == 0
    with firm_reading(stage, BOREALIS) as session:
        assert session.scalars(select(Response.comment)).one() == ""


def test_a_save_on_a_firms_first_day_begins_its_chain(stage: Engine) -> None:
    with firm_session(stage, AMBER) as session:
        ours = session.scalars(select(Assessment)).one()
        found = find_for_saving(session, ours.id, "SCP-02")
        kept = saving.keep_answer(
            session,
            actor("exporter@amber.example"),
            found,
            Answer(comment="first"),
            base_version=0,
            now=NOW,
        )
    assert kept.version == 1
    with firm_reading(stage, AMBER) as session:
        assert session.scalars(select(Response.comment).order_by(Response.question_id)).all() == [
            "",
            "first",
        ]
        assert session.run(trail._HEAD).one().seq == 1


def test_statements_outside_firms_read_no_table_of_theirs() -> None:
    for statement in (
        select(A.c.title),
        select(text("now()")),
        select(R.c.id).where(R.c.id.is_(None)),
    ):
        with pytest.raises(UnscopedStatementError):
            SharedStatement(statement)


def test_one_statement_reads_what_belongs_to_no_firm(stage: Engine) -> None:
    found = SharedStatement(
        select(PEOPLE.c.email).where(PEOPLE.c.email == "exporter@amber.example")
    )
    row = shared_row(stage, found)
    assert row is not None
    assert row.email == "exporter@amber.example"
    assert (
        shared_row(stage, SharedStatement(select(PEOPLE.c.email).where(PEOPLE.c.email == "")))
        is None
    )
