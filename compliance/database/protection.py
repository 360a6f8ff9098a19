"""What the database itself refuses, whatever the program asks: the third belt.

Rows of `AppendOnly` tables can't be changed, nor deleted while their parents live. On PostgreSQL,
row-level security also holds every firm's table to the firm that the transaction named; this binds
the owner of the tables too, but neither a superuser nor a role with BYPASSRLS.

Taken off before a migration and put on after it: a data migration may have to touch such rows, and
SQLite loses the triggers of a table that is rebuilt.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Table, func, inspect, select

from compliance.database.base import AppendOnly, Base, FirmOwned

POLICY = "one_firm"
ONE_FIRM = (
    "current_setting('app.all_firms', true) = 'on' "
    "OR firm_id = nullif(current_setting('app.firm_id', true), '')::uuid"
)
NAMED_FIRMS = "firm_id::text = ANY(string_to_array(current_setting('app.firm_ids', true), ','))"


def protect(connection: Connection) -> None:
    """Put the protections on all tables that exist."""
    existing = set(inspect(connection).get_table_names())
    unprotect(connection)
    for statement in _protections(connection.dialect.name, existing):
        connection.exec_driver_sql(statement)


def unprotect(connection: Connection) -> None:
    """Take the protections off, and let a migration see every firm's rows."""
    if connection.dialect.name != "postgresql":
        for table, _ in _append_only():
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        return
    connection.execute(select(func.set_config("app.all_firms", "on", True)))
    existing = set(inspect(connection).get_table_names())
    for table, _ in _append_only():
        if table in existing:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
    for table in sorted(existing & _firms_tables()):
        connection.exec_driver_sql(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
        connection.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def _protections(dialect: str, existing: set[str]) -> Iterator[str]:
    for table, alive in _append_only():
        if table in existing:
            postgresql = dialect == "postgresql"
            yield from (_trigger_postgresql if postgresql else _triggers_sqlite)(table, alive)
    if dialect == "postgresql":
        for table in sorted(existing & _firms_tables()):
            yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
            yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
            seen = f"{ONE_FIRM} OR {NAMED_FIRMS}"  # named by a transaction that only reads
            yield f"CREATE POLICY {POLICY} ON {table} USING ({seen}) WITH CHECK ({ONE_FIRM})"


def _append_only() -> Iterator[tuple[str, str]]:
    """Each append-only table, and the condition that all parents of a row are alive."""
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        if issubclass(mapper.class_, AppendOnly) and isinstance(mapper.local_table, Table):
            alive = " AND ".join(
                f"EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = OLD.{column})"  # noqa: S608
                for column, parent in mapper.class_.goes_with.items()
            )
            yield mapper.local_table.name, alive


def _firms_tables() -> set[str]:
    return {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, FirmOwned) and isinstance(mapper.local_table, Table)
    }


def _triggers_sqlite(table: str, alive: str) -> Iterator[str]:
    for verb, condition in (("update", ""), ("delete", f"WHEN {alive} ")):
        yield (
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only added'); END"
        )


def _trigger_postgresql(table: str, alive: str) -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_only_added() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF TG_OP = 'DELETE' AND NOT ({alive}) THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{table}: rows are only added'; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_only_added()"
    )
