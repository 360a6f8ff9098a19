"""What the database refuses by itself: changed history, and on PostgreSQL other firms' rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, create_engine, make_url, select
from sqlalchemy.exc import DBAPIError

from compliance.assessments import Assessment, ResponseHistory
from compliance.audit import AuditEntry, record
from compliance.database import (
    AppendOnly,
    Base,
    FirmOwned,
    all_firms_session,
    firm_reading,
    firm_session,
    load_models,
    make_engine,
    schema,
)
from compliance.identity import Firm
from tests.support.cast import NOW, firm_id

AMBER, BOREALIS = firm_id("amber"), firm_id("borealis")


def tables_of(kind: type) -> list[str]:
    load_models()
    return sorted(
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, kind)
    )


@pytest.fixture
def kept(each_engine: Engine) -> Engine:
    """One audit entry and one change of an answer for Amber."""
    with firm_session(each_engine, AMBER) as session:
        assessment = Assessment(
            title="kept",
            questionnaire_id="ecl-icp",
            version="2026.1",
            as_of=date(2026, 11, 24),
            created_at=NOW,
            created_by_name="x",
        )
        session.add(assessment)
        session.flush()
        session.add(
            ResponseHistory(
                assessment_id=assessment.id,
                question_id="SCP-01",
                version=1,
                at=NOW,
                person_name="x",
                cause="saved",
                after={"value": "yes"},
            )
        )
        record(session, None, "tried", "the trail", now=NOW)
    return each_engine


@pytest.mark.parametrize("table", ["audit_entries", "response_history"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET person_name = 'y'", "DELETE FROM {}"])
def test_history_is_only_added_to(kept: Engine, table: str, verb: str) -> None:
    with kept.connect() as connection, connection.begin():
        before = connection.exec_driver_sql(f"SELECT * FROM {table}").all()

    with pytest.raises(DBAPIError, match="only added"), kept.begin() as connection:
        connection.exec_driver_sql(verb.format(table))

    with kept.connect() as connection, connection.begin():
        assert connection.exec_driver_sql(f"SELECT * FROM {table}").all() == before
    assert len(before) == 1


def test_history_goes_with_its_firm(kept: Engine) -> None:
    with all_firms_session(kept, reason="test") as session:
        session.delete(session.get_one(Firm, AMBER))

    with all_firms_session(kept, reason="test") as session:
        assert session.scalars(select(AuditEntry)).all() == []
        assert session.scalars(select(ResponseHistory)).all() == []


def test_the_audit_trail_and_the_answers_history_are_append_only() -> None:
    assert {"audit_entries", "response_history"} <= set(tables_of(AppendOnly))


def test_protections_outlive_a_migration(kept: Engine) -> None:
    schema.upgrade(kept)
    schema.upgrade(kept)

    with pytest.raises(DBAPIError, match="only added"), kept.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit_entries")


on_postgresql = pytest.mark.parametrize(
    "each_database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def plain_role(kept: Engine) -> Iterator[Engine]:
    """The same database through a role that is neither superuser nor owner."""
    role = f"role_{kept.url.database}"
    with kept.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        connection.exec_driver_sql(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        )
    plain = create_engine(make_url(str(kept.url)).set(username=role))
    yield plain
    plain.dispose()
    with kept.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.postgres
def test_every_firms_table_has_its_policy(postgres_url: str) -> None:
    engine = make_engine(postgres_url)

    with engine.connect() as connection:
        held = connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        ).scalars()
        policies = connection.exec_driver_sql("SELECT tablename FROM pg_policies").scalars()

        assert set(held) == set(policies) == set(tables_of(FirmOwned))
    engine.dispose()


@on_postgresql
def test_without_a_firm_postgresql_shows_nothing(plain_role: Engine) -> None:
    with plain_role.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM assessments").all() == []


@on_postgresql
def test_postgresql_holds_a_transaction_to_its_firm(plain_role: Engine) -> None:
    with plain_role.begin() as connection:
        connection.exec_driver_sql(f"SELECT set_config('app.firm_id', '{BOREALIS}', true)")
        theirs = connection.exec_driver_sql("SELECT * FROM assessments").all()
        changed = connection.exec_driver_sql("UPDATE assessments SET title = 'taken'").rowcount

    assert theirs == []
    assert changed == 0


@on_postgresql
def test_the_program_works_under_row_level_security(plain_role: Engine) -> None:
    with firm_reading(plain_role, AMBER) as session:
        assert session.scalars(select(Assessment.title)).all() == ["kept"]
    with firm_reading(plain_role, BOREALIS) as session:
        assert session.scalars(select(Assessment.title)).all() == []
    with firm_session(plain_role, BOREALIS) as session:
        record(session, None, "tried", "the trail", now=NOW)
    with all_firms_session(plain_role, reason="test") as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 2


@on_postgresql
def test_postgresql_refuses_a_row_for_another_firm(plain_role: Engine) -> None:
    with pytest.raises(DBAPIError, match="row-level security"), plain_role.begin() as connection:
        connection.exec_driver_sql(
            f"SELECT set_config('app.firm_id', '{BOREALIS}', true); "
            "INSERT INTO audit_heads (id, seq, hash, firm_id) "
            f"VALUES ('{BOREALIS}', 0, '', '{AMBER}')"
        )
