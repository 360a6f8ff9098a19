"""Tenancy: statements read, objects write, and both only within one firm.

Limits, on purpose: one session per firm, never reused for another (identity map); statements
without the object mapper (`text`, tables, `exists`) are refused because the firm can't be added to
them. On PostgreSQL the firm is also set for row-level security.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, Table, event, func, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql import visitors

from compliance.database.base import FirmOwned

log = structlog.get_logger()


class ForeignFirmError(RuntimeError):
    """A row of another firm was about to be written: a broken invariant, never a user's mistake."""


class UnscopedStatementError(RuntimeError):
    """A statement to which the firm can't be added."""


class FirmSession(Session):
    """A session that reads and writes one firm's rows only; made by `firm_session`."""

    def __init__(self, bind: Engine, firm_id: UUID, *, read_only: bool) -> None:
        super().__init__(bind, expire_on_commit=False, autoflush=False)
        self.firm_id = firm_id
        self.read_only = read_only

    def connection(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise UnscopedStatementError("a firm's session gives no bare connection")

    def bulk_save_objects(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise UnscopedStatementError("bulk writes walk past the firm")

    def bulk_insert_mappings(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise UnscopedStatementError("bulk writes walk past the firm")

    def bulk_update_mappings(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise UnscopedStatementError("bulk writes walk past the firm")


@event.listens_for(FirmSession, "do_orm_execute")
def _read_within_the_firm(state: ORMExecuteState) -> None:
    if not (state.is_select and state.is_orm_statement):
        raise UnscopedStatementError("only SELECTs of mapped classes; write by objects")
    if not (state.is_column_load or state.is_relationship_load):
        _refuse_bare_tables(state.statement)
    session = state.session
    assert isinstance(session, FirmSession)  # noqa: S101  # narrows the type for the checker
    firm_id = session.firm_id
    state.statement = state.statement.options(
        with_loader_criteria(
            FirmOwned,
            lambda cls: cls.firm_id == firm_id,
            include_aliases=True,
            track_closure_variables=True,
        )
    )


def _refuse_bare_tables(statement: Any) -> None:
    for element in visitors.iterate(statement):
        if (
            isinstance(element, Table)
            and "firm_id" in element.c
            and "parententity" not in element._annotations
        ):
            raise UnscopedStatementError(f"table {element.name} without its class")


@event.listens_for(FirmSession, "before_flush")
def _write_within_the_firm(
    session: FirmSession, _context: UOWTransaction, _instances: object
) -> None:
    changed = [*session.new, *session.dirty, *session.deleted]
    if session.read_only and changed:
        raise ForeignFirmError(f"a reading session was about to write {type(changed[0]).__name__}")
    for row in changed:
        if isinstance(row, FirmOwned):
            if row.firm_id is None and row in session.new:
                row.firm_id = session.firm_id
            if row.firm_id != session.firm_id:
                raise ForeignFirmError(f"{type(row).__name__} of another firm")


@event.listens_for(FirmSession, "after_begin")
def _tell_postgresql(session: FirmSession, _transaction: object, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config("app.firm_id", str(session.firm_id), True)))


@contextmanager
def firm_session(engine: Engine, firm_id: UUID) -> Iterator[FirmSession]:
    """A writing transaction within one firm: commits on leaving, rolls back on an error."""
    with (
        FirmSession(engine.execution_options(writes=True), firm_id, read_only=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def firm_reading(engine: Engine, firm_id: UUID) -> Iterator[FirmSession]:
    """A reading transaction within one firm; refuses to write."""
    with FirmSession(engine, firm_id, read_only=True) as session, session.begin():
        yield session


@contextmanager
def shared_session(engine: Engine) -> Iterator[Session]:
    """A writing transaction on tables that belong to no firm (people, firms, official lists)."""
    with (
        _SharedSession(engine.execution_options(writes=True), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def shared_reading(engine: Engine) -> Iterator[Session]:
    """A reading transaction on tables that belong to no firm."""
    with _SharedSession(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def all_firms_reading(engine: Engine, *, reason: str) -> Iterator[Session]:
    """An operator's reading transaction across firms, for the command line and the worker."""
    log.debug("all_firms_reading", reason=reason)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        _open_all_firms(session, engine)
        yield session


@contextmanager
def all_firms_session(engine: Engine, *, reason: str) -> Iterator[Session]:
    """An operator's transaction across firms, for the command line and the worker."""
    log.debug("all_firms_session", reason=reason)
    with (
        Session(engine.execution_options(writes=True), expire_on_commit=False) as session,
        session.begin(),
    ):
        _open_all_firms(session, engine)
        yield session


def _open_all_firms(session: Session, engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        session.execute(select(func.set_config("app.all_firms", "on", True)))


class _SharedSession(Session):
    """Refuses rows and classes that belong to a firm."""


@event.listens_for(_SharedSession, "do_orm_execute")
def _read_shared_only(state: ORMExecuteState) -> None:
    for mapper in state.all_mappers:
        if issubclass(mapper.class_, FirmOwned):
            raise UnscopedStatementError(
                f"{mapper.class_.__name__} belongs to firms; use firm_session"
            )


@event.listens_for(_SharedSession, "before_flush")
def _write_shared_only(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(row, FirmOwned):
            raise ForeignFirmError(f"{type(row).__name__} belongs to a firm; use firm_session")
