"""Several firms are read at once by who may, and nothing beside them."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from compliance.assessments import Assessment
from compliance.database import (
    FirmsSession,
    ForeignFirmError,
    UnscopedStatementError,
    firm_session,
    firms_reading,
)
from tests.support.cast import NOW, firm_id

AMBER, BOREALIS = firm_id("amber"), firm_id("borealis")


def an_assessment(title: str) -> Assessment:
    return Assessment(
        title=title,
        questionnaire_id="ecl-icp",
        version="2026.1",
        as_of=date(2026, 11, 24),
        created_at=NOW,
        created_by_name="x",
    )


@pytest.fixture
def stage(each_engine: Engine) -> Engine:
    for owner, title in ((AMBER, "amber"), (BOREALIS, "borealis")):
        with firm_session(each_engine, owner) as session:
            session.add(an_assessment(title))
    return each_engine


def titles(session: FirmsSession) -> set[str]:
    return set(session.scalars(select(Assessment.title)))


def test_only_the_named_firms_are_seen(stage: Engine) -> None:
    """One after the other, so that a cached statement can't carry the firms of an earlier one."""
    for named, seen in (
        ({AMBER}, {"amber"}),
        ({BOREALIS}, {"borealis"}),
        ({AMBER, BOREALIS}, {"amber", "borealis"}),
        ({uuid4()}, set()),
        (set(), set()),
    ):
        with firms_reading(stage, frozenset(named)) as session:
            assert titles(session) == seen
            assert session.scalar(select(func.count(Assessment.id))) == len(seen)


def test_it_writes_nothing(stage: Engine) -> None:
    with firms_reading(stage, frozenset({AMBER})) as session:
        session.add(an_assessment("new"))
        with pytest.raises(ForeignFirmError):
            session.flush()
        session.expunge_all()

    with firms_reading(stage, frozenset({AMBER})) as session:
        found = session.scalars(select(Assessment)).one()
        found.title = "changed"
        with pytest.raises(ForeignFirmError):
            session.flush()
        session.expunge_all()


@pytest.mark.parametrize(
    "statement",
    [
        lambda: text("SELECT title FROM assessments"),
        lambda: select(Assessment.__table__.c.title),
        lambda: insert(Assessment).values(title="x"),
    ],
    ids=["text", "table", "insert"],
)
def test_side_doors_are_shut(stage: Engine, statement: Callable[[], object]) -> None:
    with (
        firms_reading(stage, frozenset({AMBER})) as session,
        pytest.raises(UnscopedStatementError),
    ):
        session.execute(statement())  # type: ignore[call-overload]


def test_there_is_no_bare_connection(stage: Engine) -> None:
    with (
        firms_reading(stage, frozenset({AMBER})) as session,
        pytest.raises((UnscopedStatementError, DBAPIError)),
    ):
        session.connection()
