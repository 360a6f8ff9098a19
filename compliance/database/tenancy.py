"""Tenancy: statements read, objects write, and both only within one firm.

Limits, on purpose: one session per firm, never reused for another (identity map); statements
without the object mapper (`text`, tables, `exists`) are refused because the firm can't be added to
them. On PostgreSQL the firm is also set for row-level security.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from uuid import UUID
from weakref import WeakSet

import structlog
from sqlalchemy import (
    Alias,
    Column,
    Connection,
    CursorResult,
    Engine,
    Row,
    Select,
    Table,
    event,
    func,
    select,
)
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql import visitors

from compliance.database.base import FirmLinked, FirmOwned
from compliance.database.errors import ForeignFirmError, UnscopedStatementError
from compliance.database.statements import (
    COLUMN,
    FIRM,
    FirmStatement,
    SharedStatement,
    firms_tables,
    is_words_of_sql,
)

log = structlog.get_logger()
_found_shared: WeakSet[Any] = WeakSet()  # statements that are kept and were looked through once


class _ShutSession(Session):
    """A session without the side doors that walk past its rules."""

    def connection(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise UnscopedStatementError("this session gives no bare connection")

    def bulk_save_objects(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise UnscopedStatementError("bulk writes walk past the firm")

    def bulk_insert_mappings(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise UnscopedStatementError("bulk writes walk past the firm")

    def bulk_update_mappings(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise UnscopedStatementError("bulk writes walk past the firm")


class FirmSession(_ShutSession):
    """A session that reads and writes one firm's rows only; made by `firm_session`."""

    def __init__(self, bind: Engine, firm_id: UUID, *, read_only: bool) -> None:
        super().__init__(bind, expire_on_commit=False, autoflush=False)
        self.firm_id = firm_id
        self.read_only = read_only

    def run(self, statement: FirmStatement, **values: Any) -> CursorResult[Any]:
        """Run a reviewed statement on this firm's rows; what waits in the session is not flushed.

        Raises ForeignFirmError where it writes and the session only reads.
        """
        if statement.writes and self.read_only:
            raise ForeignFirmError("a reading session was about to write")
        if not values.keys().isdisjoint((COLUMN, FIRM)):
            raise ForeignFirmError("the firm of a statement is the session's")
        connection = Session.connection(self)
        return connection.execute(statement.statement, {**values, statement.firm_as: self.firm_id})


class FirmsSession(_ShutSession):
    """A session that only reads, and only the rows of the firms named; made by `firms_reading`."""

    def __init__(self, bind: Engine, firm_ids: frozenset[UUID]) -> None:
        super().__init__(bind, expire_on_commit=False, autoflush=False)
        self.firm_ids = firm_ids


@event.listens_for(FirmSession, "do_orm_execute")
def _read_within_the_firm(state: ORMExecuteState) -> None:
    _refuse_unscoped(state)
    session = state.session
    assert isinstance(session, FirmSession)  # noqa: S101  # narrows the type for the checker
    firm_id = session.firm_id
    state.statement = state.statement.options(
        with_loader_criteria(
            FirmOwned,
            lambda cls: cls.firm_id == firm_id,
            include_aliases=True,
            track_closure_variables=True,
        ),
        with_loader_criteria(
            FirmLinked,
            lambda cls: cls.firm_id == firm_id,
            include_aliases=True,
            track_closure_variables=True,
        ),
    )


@event.listens_for(FirmsSession, "do_orm_execute")
def _read_within_the_firms(state: ORMExecuteState) -> None:
    _refuse_unscoped(state)
    session = state.session
    assert isinstance(session, FirmsSession)  # noqa: S101  # narrows the type for the checker
    firm_ids = sorted(session.firm_ids)
    state.statement = state.statement.options(
        *(
            with_loader_criteria(
                owned,
                lambda cls: cls.firm_id.in_(firm_ids),
                include_aliases=True,
                track_closure_variables=True,
            )
            for owned in (FirmOwned, FirmLinked)
        )
    )


@event.listens_for(FirmsSession, "before_flush")
def _write_nothing(session: FirmsSession, _context: UOWTransaction, _instances: object) -> None:
    for row in [*session.new, *session.dirty, *session.deleted]:
        raise ForeignFirmError(f"a reading session was about to write {type(row).__name__}")


@event.listens_for(FirmsSession, "after_begin")
def _tell_postgresql_firms(
    session: FirmsSession, _transaction: object, connection: Connection
) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        named = ",".join(map(str, sorted(session.firm_ids)))
        connection.execute(select(func.set_config("app.firm_ids", named, True)))


def _refuse_unscoped(state: ORMExecuteState) -> None:
    if not (state.is_select and state.is_orm_statement) or state.is_from_statement:
        raise UnscopedStatementError("only SELECTs of mapped classes; write by objects")
    if not (state.is_column_load or state.is_relationship_load):
        _refuse_bare_tables(state.statement)


def _refuse_bare_tables(statement: Any) -> None:
    """Each SELECT within the statement must name the classes of the firms' tables it uses.

    The firm is added to every class that a SELECT mentions; a table of the same SELECT is then held
    too, but one that stands there without its class, or under an alias of its own, is not.
    """
    for element in visitors.iterate(statement):
        if is_words_of_sql(element):
            raise UnscopedStatementError("words of SQL (text, literal_column) inside a statement")
        if isinstance(element, Select):
            _refuse_bare_tables_of_one(element)


def _refuse_bare_tables_of_one(select_: Select[Any]) -> None:
    elements = list(_without_nested(select_))
    held = {e._annotations["parententity"].selectable for e in elements if _is_of_a_class(e)}
    inner = {alias.element for alias in held if isinstance(alias, Alias)}
    for element in elements:
        if _is_of_a_class(element):
            continue
        source = element.table if isinstance(element, Column) else element
        table = source.element if isinstance(source, Alias) else source
        if not isinstance(table, Table) or "firm_id" not in table.c:
            continue
        if source not in held and not (source is element and source in inner):
            raise UnscopedStatementError(f"table {table.name} without its class")


def _without_nested(select_: Select[Any]) -> Iterator[Any]:
    waiting: list[Any] = list(select_.get_children())
    while waiting:
        element = waiting.pop()
        if not isinstance(element, Select):
            yield element
            waiting.extend(element.get_children())


def _is_of_a_class(element: Any) -> bool:
    return "parententity" in element._annotations


@event.listens_for(FirmSession, "before_flush")
def _write_within_the_firm(
    session: FirmSession, _context: UOWTransaction, _instances: object
) -> None:
    changed = [*session.new, *session.dirty, *session.deleted]
    if session.read_only and changed:
        raise ForeignFirmError(f"a reading session was about to write {type(changed[0]).__name__}")
    for row in changed:
        if isinstance(row, FirmOwned | FirmLinked):
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
def firms_reading(engine: Engine, firm_ids: frozenset[UUID]) -> Iterator[FirmsSession]:
    """A reading transaction on the rows of several firms, for who holds a role in each of them.

    The caller proves the roles; nothing here grants one.
    """
    with FirmsSession(engine, firm_ids) as session, session.begin():
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


def shared_row(engine: Engine, statement: SharedStatement, **values: Any) -> Row[Any] | None:
    """The only row, or None, that a reviewed statement finds in tables that belong to no firm.

    One statement needs no transaction around it, which spares a server two round trips.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        return connection.execute(statement.statement, values).one_or_none()


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


class _SharedSession(_ShutSession):
    """Refuses rows and classes that belong to a firm."""


@event.listens_for(_SharedSession, "do_orm_execute")
def _read_shared_only(state: ORMExecuteState) -> None:
    statement: Any = state.statement
    if statement in _found_shared:
        return
    for element in visitors.iterate(statement):
        if is_words_of_sql(element):
            raise UnscopedStatementError("words of SQL (text, literal_column) inside a statement")
        if isinstance(element, Table) and element.name in firms_tables():
            raise UnscopedStatementError(f"{element.name} belongs to firms; use firm_session")
    _found_shared.add(statement)


@event.listens_for(_SharedSession, "before_flush")
def _write_shared_only(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(row, FirmOwned):
            raise ForeignFirmError(f"{type(row).__name__} belongs to a firm; use firm_session")
