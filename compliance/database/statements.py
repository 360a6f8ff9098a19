"""Statements of the hot path: few, reviewed, built once, and each of them carries the firm.

A firm's session refuses statements without the object mapper, because the firm can't be added to
them. A `FirmStatement` has it already, and proves so when it is made, that is when its module is
imported: every firm's table that it reads or changes is bound to the parameter `firm_id`, which
only the session fills in. Decision 0018 says why they exist.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    BooleanClauseList,
    Column,
    ColumnClause,
    ColumnElement,
    Delete,
    Insert,
    Join,
    Select,
    Table,
    TextClause,
    Update,
    Uuid,
    bindparam,
)
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression

from compliance.database.base import Base, FirmOwned
from compliance.database.errors import UnscopedStatementError

COLUMN = "firm_id"
FIRM = "own_firm"  # the parameter
HARMLESS_WORDS = frozenset({"*", "1"})  # what `exists` and `count` write themselves


def own_firm() -> BindParameter[Any]:
    """The parameter that the session fills with its firm."""
    return bindparam(FIRM, type_=Uuid())


class FirmStatement:
    """A statement on named tables, each held to the firm of the session that runs it.

    Takes SELECTs of tables and their joins, and INSERT and UPDATE of one table, whose values are
    given when it is run, by the names of the columns. Raises UnscopedStatementError for anything
    else: subqueries, aliases, OR between conditions, words of SQL, values inside, a firm's table
    without its `firm_id = :own_firm`.
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        for element in visitors.iterate(statement):
            if is_words_of_sql(element):
                raise UnscopedStatementError("words of SQL inside a statement")
            if isinstance(element, Select | Delete) and element is not statement:
                raise UnscopedStatementError("a statement within a reviewed statement")
            if isinstance(element, Table) and COLUMN not in element.c:
                raise UnscopedStatementError(f"{element.name} belongs to no firm")
        if isinstance(statement, Select):
            _prove(_tables_of(statement), _conditions_of(statement))
        elif isinstance(statement, Delete):
            raise UnscopedStatementError("nothing is deleted on the hot path")
        elif statement._values or statement._multi_values:
            raise UnscopedStatementError("values are given when the statement is run")
        elif isinstance(statement, Update):
            _prove(_named_tables(statement.table), _flat(statement.whereclause))
        elif statement.select is not None:
            raise UnscopedStatementError("an INSERT from a SELECT")
        self.firm_as = COLUMN if isinstance(statement, Insert) else FIRM
        self.writes = not isinstance(statement, Select)
        self.statement = statement


class SharedStatement:
    """A SELECT of tables that belong to no firm; run by `shared_row`.

    Raises UnscopedStatementError for a firm's table or words of SQL.
    """

    def __init__(self, statement: Select[Any]) -> None:
        for element in visitors.iterate(statement):
            if is_words_of_sql(element):
                raise UnscopedStatementError("words of SQL inside a statement")
            if isinstance(element, Table) and element.name in firms_tables():
                raise UnscopedStatementError(f"{element.name} belongs to firms; use firm_session")
        self.statement = statement


def _prove(tables: Iterator[Table], conditions: Iterator[ColumnElement[Any]]) -> None:
    held = {table for condition in conditions if (table := _holds(condition)) is not None}
    for table in tables:
        if table not in held:
            raise UnscopedStatementError(f"{table.name} is not held to the firm")


def _holds(condition: ColumnElement[Any]) -> Table | None:
    """The table that `table.firm_id = :firm_id` holds to the firm."""
    if not isinstance(condition, BinaryExpression) or condition.operator is not operators.eq:
        return None
    column, value = condition.left, condition.right
    if (
        not isinstance(column, Column)
        or column.name != COLUMN
        or not isinstance(column.table, Table)
    ):
        return None
    return column.table if isinstance(value, BindParameter) and value.key == FIRM else None


def _tables_of(statement: Select[Any]) -> Iterator[Table]:
    for source in statement.get_final_froms():
        yield from _named_tables(source)


def _named_tables(source: object) -> Iterator[Table]:
    if isinstance(source, Join):
        yield from _named_tables(source.left)
        yield from _named_tables(source.right)
    elif isinstance(source, Table):
        yield source
    else:
        raise UnscopedStatementError(f"{type(source).__name__} instead of a table")


def _conditions_of(statement: Select[Any]) -> Iterator[ColumnElement[Any]]:
    """Conditions that every row meets, and for an outer join every row of its right side."""
    yield from _flat(statement.whereclause)
    for source in statement.get_final_froms():
        yield from _conditions_of_joins(source)


def _conditions_of_joins(source: object) -> Iterator[ColumnElement[Any]]:
    if isinstance(source, Join):
        if source.full:
            raise UnscopedStatementError("a full join keeps rows that meet no condition")
        yield from _conditions_of_joins(source.left)
        yield from _conditions_of_joins(source.right)
        for condition in _flat(source.onclause):
            table = _holds(condition)
            if not source.isouter or (table is not None and table in _named_tables(source.right)):
                yield condition


def _flat(condition: ColumnElement[Any] | None) -> Iterator[ColumnElement[Any]]:
    if isinstance(condition, BooleanClauseList):
        if condition.operator is not operators.and_:
            raise UnscopedStatementError("OR between conditions")
        for part in condition.clauses:
            yield from _flat(part)
    elif condition is not None:
        yield condition


def is_words_of_sql(element: object) -> bool:
    """Whether a part of a statement is SQL written out, which can't be looked through."""
    if isinstance(element, ColumnClause) and element.is_literal:
        return element.name not in HARMLESS_WORDS
    return isinstance(element, TextClause) and element.text not in HARMLESS_WORDS


def firms_tables() -> frozenset[str]:
    """Names of the tables that belong to firms; asked anew when a room was imported since."""
    return _firms_tables_of(len(Base.registry.mappers))


@cache
def _firms_tables_of(_classes: int) -> frozenset[str]:
    return frozenset(
        str(mapper.local_table.name)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, FirmOwned) and isinstance(mapper.local_table, Table)
    )
