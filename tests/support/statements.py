"""What a database is asked, to compare the work of two requests."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    """The statements that run meanwhile, without their values; savepoints are not among them."""
    found: list[str] = []

    def note(_c: object, _k: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN") and "SAVEPOINT" not in statement:
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
