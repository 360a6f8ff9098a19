"""Nothing of another firm is read or written through a firm's session, by any door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import (
    Engine,
    ForeignKeyConstraint,
    Select,
    Table,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    union,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from compliance.assessments import Assessment, Response
from compliance.database import (
    Base,
    FirmOwned,
    FirmSession,
    ForeignFirmError,
    UnscopedStatementError,
    all_firms_session,
    firm_reading,
    firm_session,
    load_models,
    shared_reading,
    shared_session,
)
from compliance.identity import Firm, Membership, Person
from tests.support.cast import NOW, firm_id

AMBER, BOREALIS = firm_id("amber"), firm_id("borealis")


def an_assessment(title: str, **more: object) -> Assessment:
    return Assessment(
        title=title,
        questionnaire_id="ecl-icp",
        version="2026.1",
        as_of=date(2026, 11, 24),
        created_at=NOW,
        created_by_name="x",
        **more,
    )


def a_response(assessment_id: object, **more: object) -> Response:
    return Response(
        assessment_id=assessment_id,
        question_id="SCP-01",
        value="yes",
        comment="",
        updated_at=NOW,
        updated_by_name="x",
        **more,
    )


@pytest.fixture
def stage(each_engine: Engine) -> Engine:
    """One assessment with one response for each firm, titled by the firm."""
    for owner, title in ((AMBER, "amber"), (BOREALIS, "borealis")):
        with firm_session(each_engine, owner) as session:
            assessment = an_assessment(title)
            session.add(assessment)
            session.flush()
            session.add(a_response(assessment.id))
    return each_engine


def foreign(engine: Engine) -> Assessment:
    with firm_reading(engine, BOREALIS) as session:
        return session.scalars(select(Assessment)).one()


Other = aliased(Assessment)
A, R = Assessment, Response
titles = select(A.title)
READS: dict[str, Callable[[], Select]] = {
    "entity": lambda: titles,
    "alias": lambda: select(Other.title),
    "alias beside the class": lambda: select(Other.title).join(A, A.as_of == Other.as_of),
    "outer join": lambda: select(A.title).outerjoin(R, R.assessment_id == A.id),
    "joined from a child": lambda: select(A.title).select_from(R).join(A, R.assessment_id == A.id),
    "shared class joined": lambda: select(A.title).select_from(Firm).join(A, A.firm_id == Firm.id),
    "outer join from a shared class": lambda: (
        select(A.title)
        .select_from(Firm)
        .outerjoin(A, A.firm_id == Firm.id)
        .where(A.id.is_not(None))
    ),
    "subquery": lambda: select(titles.subquery().c.title),
    "scalar subquery": lambda: select(
        select(A.title).where(A.title != "amber").limit(1).scalar_subquery()
    ).select_from(A),
    "cte": lambda: select(titles.cte().c.title),
    "recursive cte": lambda: select(titles.cte(recursive=True).union(select(Other.title)).c.title),
    "union": lambda: select(union(titles, select(Other.title)).subquery().c.title),
    "union all": lambda: select(union_all(titles, titles).subquery().c.title),
    "in subquery": lambda: select(A.title).where(A.id.in_(select(R.assessment_id))),
    "correlated": lambda: select(
        select(Other.title).where(Other.title > A.title).limit(1).scalar_subquery()
    ).select_from(A),
    "table beside its class": lambda: select(A.__table__.c.title, A.id),
    "class named in the condition only": lambda: select(A.__table__.c.title).where(A.id == A.id),
    "grouped": lambda: select(A.title).group_by(A.title).having(func.count() > 0),
}


@pytest.mark.parametrize("shape", READS)
def test_a_read_sees_one_firm(stage: Engine, shape: str) -> None:
    with firm_reading(stage, AMBER) as session:
        seen = set(session.scalars(READS[shape]()))

    assert seen <= {"amber", None}
    assert "borealis" not in seen


def test_a_bare_union_sees_one_firm(stage: Engine) -> None:
    with firm_reading(stage, AMBER) as session:
        seen = set(session.scalars(union_all(titles, select(Other.title))))

    assert seen == {"amber"}


def test_counting_counts_one_firm(stage: Engine) -> None:
    with firm_reading(stage, AMBER) as session:
        assert session.scalar(select(func.count(A.id))) == 1
        assert session.scalar(select(func.count()).select_from(A)) == 1


def test_a_condition_on_another_firms_rows_is_false(stage: Engine) -> None:
    theirs = foreign(stage).id

    with firm_reading(stage, AMBER) as session:
        by_exists = session.scalars(
            select(A.title).where(exists().where(R.assessment_id == theirs))
        )
        by_any = session.scalars(
            select(A.title).where(select(Other.id).where(Other.id == theirs).exists())
        )

        assert by_exists.all() == by_any.all() == []


def test_get_and_refresh_find_nothing(stage: Engine) -> None:
    theirs = foreign(stage).id

    with firm_reading(stage, AMBER) as session:
        assert session.get(A, theirs) is None
        assert session.get(A, theirs, populate_existing=True) is None
        assert session.query(A).filter(A.id == theirs).one_or_none() is None


def test_memberships_of_other_firms_are_not_seen(stage: Engine) -> None:
    with firm_reading(stage, AMBER) as session:
        firms = set(session.scalars(select(Membership.firm_id)))
        people = session.scalars(
            select(Person.email).join(Membership, Membership.person_id == Person.id)
        ).all()

    assert firms == {AMBER}
    assert people
    assert all(email.endswith("@amber.example") for email in people)


table = Assessment.__table__
assert isinstance(table, Table)
REFUSED: dict[str, object] = {
    "text": text("SELECT title FROM assessments"),
    "entity from text": select(A).from_statement(text("SELECT * FROM assessments")),
    "table": select(table),
    "column of a table": select(table.c.title),
    "table in a union": select(A.title).union(select(table.c.title)),
    "alias of a table": select(table.alias().c.title),
    "alias of a table beside its class": select(A.title, table.alias().c.title),
    "alias of a table in a condition": select(A.title).where(A.id == table.alias().c.id),
    "alias of a table beside an alias": select(Other.title, table.alias().c.title),
    "alias of a table joined": select(A.title).join(table.alias("o"), A.id == A.id),
    "table beside an alias": select(Other.title, table.c.title),
    "table under exists": select(Firm.id).where(select(table.c.id).exists()),
    "counted table": select(func.count()).select_from(table),
    "table in a join": select(A.title).join(table.alias("o"), text("true")),
    "table in a subquery": select(A.title).where(A.id.in_(select(table.c.id))),
    "words as a column": select(A.id, literal_column("(SELECT count(*) FROM firms)")),
    "words in a condition": select(A.title).where(text("1=1 OR 1=1")),
    "insert": insert(A).values(title="x"),
    "update": update(A).values(firm_id=BOREALIS),
    "delete": delete(A),
    "insert into the table": insert(table).values(title="x"),
    "update of the table": update(table).values(title="x"),
}


@pytest.mark.parametrize("door", REFUSED)
def test_a_statement_without_the_firm_is_refused(stage: Engine, door: str) -> None:
    with (
        firm_session(stage, AMBER) as session,
        pytest.raises(UnscopedStatementError),
    ):
        session.execute(REFUSED[door])  # type: ignore[call-overload]


SIDE_DOORS: dict[str, Callable[[FirmSession], object]] = {
    "connection": lambda session: session.connection(),
    "bulk_save_objects": lambda session: session.bulk_save_objects([an_assessment("x")]),
    "bulk_insert_mappings": lambda session: session.bulk_insert_mappings(A, [{"title": "x"}]),
    "bulk_update_mappings": lambda session: session.bulk_update_mappings(A, [{"title": "x"}]),
    "query update": lambda session: session.query(A).update({"title": "x"}),
    "query delete": lambda session: session.query(A).delete(),
}


@pytest.mark.parametrize("door", SIDE_DOORS)
@pytest.mark.parametrize("opened", [lambda e: firm_session(e, AMBER), shared_session])
def test_side_doors_are_shut(stage: Engine, door: str, opened: Callable[..., object]) -> None:
    with opened(stage) as session, pytest.raises(UnscopedStatementError):  # type: ignore[attr-defined]
        SIDE_DOORS[door](session)


def test_a_row_of_another_firm_is_not_written(stage: Engine) -> None:
    theirs, theirs_again = foreign(stage), foreign(stage)
    their_id = theirs.id

    with pytest.raises(ForeignFirmError), firm_session(stage, AMBER) as session:
        session.add(an_assessment("x", firm_id=BOREALIS))
    theirs.title = "taken"
    with pytest.raises(ForeignFirmError), firm_session(stage, AMBER) as session:
        session.add(theirs)
    with pytest.raises(ForeignFirmError), firm_session(stage, AMBER) as session:
        session.delete(theirs_again)
    with pytest.raises(ForeignFirmError), firm_session(stage, AMBER) as session:
        session.scalars(select(A)).one().firm_id = BOREALIS
    with pytest.raises(ForeignFirmError), firm_session(stage, AMBER) as session:
        session.merge(an_assessment("x", id=their_id, firm_id=BOREALIS))

    assert foreign(stage).title == "borealis"


def test_a_membership_in_another_firm_is_not_written(stage: Engine) -> None:
    with shared_reading(stage) as session:
        person = session.scalars(select(Person.id).limit(1)).one()

    with pytest.raises(ForeignFirmError), firm_session(stage, AMBER) as session:
        session.add(Membership(person_id=person, firm_id=BOREALIS, role="officer", created_at=NOW))


def test_a_new_row_belongs_to_the_sessions_firm(stage: Engine) -> None:
    with firm_session(stage, AMBER) as session:
        session.add(fresh := an_assessment("fresh"))
        session.flush()

        assert fresh.firm_id == AMBER


def test_the_database_refuses_a_child_on_another_firms_parent(stage: Engine) -> None:
    theirs = foreign(stage).id

    with pytest.raises(IntegrityError), firm_session(stage, AMBER) as session:
        session.add(a_response(theirs))


def test_a_reading_session_refuses_to_write(stage: Engine) -> None:
    with pytest.raises(ForeignFirmError), firm_reading(stage, AMBER) as session:
        session.add(an_assessment("x"))
    with pytest.raises(ForeignFirmError), firm_reading(stage, AMBER) as session:
        session.scalars(select(A)).one().title = "x"


SHARED_REFUSED: dict[str, object] = {
    "class": select(A),
    "table": select(table),
    "subquery": select(Person.id).where(Person.id.in_(select(R.updated_by_id))),
    "alias": select(Other.title),
    "text": text("SELECT title FROM assessments"),
    "words": select(Person.id).where(text("1=1")),
    "insert": insert(A).values(title="x"),
    "update": update(A).values(title="x"),
    "delete": delete(table),
}


@pytest.mark.parametrize("door", SHARED_REFUSED)
def test_a_shared_session_has_no_firms_rows(stage: Engine, door: str) -> None:
    with shared_session(stage) as session, pytest.raises(UnscopedStatementError):
        session.execute(SHARED_REFUSED[door])  # type: ignore[call-overload]


def test_a_shared_session_writes_no_firms_rows(stage: Engine) -> None:
    with pytest.raises(ForeignFirmError), shared_session(stage) as session:
        session.add(an_assessment("x", firm_id=AMBER))


def test_an_operator_sees_all_firms(stage: Engine) -> None:
    with all_firms_session(stage, reason="test") as session:
        assert set(session.scalars(titles)) == {"amber", "borealis"}


def firms_tables() -> list[Table]:
    load_models()
    return [
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, FirmOwned) and isinstance(mapper.local_table, Table)
    ]


# The row points back in time and may outlive what it points to: SET NULL must not clear firm_id.
PLAIN_KEYS = {("assessments", "previous_id"), ("remediation_actions", "depends_on_id")}


def test_children_hang_on_parents_of_their_firm() -> None:
    owned = {table.name for table in firms_tables()}

    plain = {
        (table.name, constraint.column_keys[0])
        for table in firms_tables()
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
        and constraint.referred_table.name in owned
        and "firm_id" not in constraint.column_keys
    }

    assert plain - PLAIN_KEYS == set()
