"""`flask lists`: bring in lists of parties and of controlled items, and show what is in use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import click
from flask import current_app
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from compliance.answers import Fault
from compliance.cli.files import refuse
from compliance.clock import now, today
from compliance.database import firm_session, shared_reading, shared_session
from compliance.identity import Firm
from compliance.screening import (
    KindError,
    ListFileError,
    ListKind,
    ShrinkError,
    Source,
    import_goods,
    import_parties,
    lists_in_use,
    read_control_entries,
    read_parties,
    search_goods,
)
from compliance.settings import ROOT
from compliance.worker import order_rescreening, reopen_everywhere

NO = 1
BY = "command line"

ILLUSTRATIVE = (
    ("illustrative_controlled_parties.csv", "ILL-CONTROLLED", ListKind.CONTROLLED),
    ("illustrative_watch_list.csv", "ILL-WATCH", ListKind.WATCH),
    ("illustrative_dual_use.csv", "ILL-DUAL-USE", ListKind.GOODS),
)

group = click.Group("lists", help="Lists of parties and of controlled items.")


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        if len(value) == len("2026-11-24"):
            with suppress(ValueError):
                return date.fromisoformat(value)
        return self.fail(f"found {value!r}; allowed a day that exists, as YYYY-MM-DD", param, ctx)


def import_options(command: Callable[..., None]) -> Callable[..., None]:
    """What both imports need."""
    for option in (
        click.option("--confirm-shrink", is_flag=True, help="Take a list that lost over 20 %."),
        click.option("--illustrative", is_flag=True, help="Mark the list as made up."),
        click.option("--as-of", type=Day(), required=True, help="The day the list speaks of."),
        click.option("--list", "code", required=True, help="The list's code."),
        click.argument("file", type=click.Path(dir_okay=False)),
    ):
        command = option(command)
    return command


@group.command("import")
@import_options
@click.option(
    "--kind",
    required=True,
    type=click.Choice([kind.value for kind in ListKind if kind is not ListKind.GOODS]),
)
@click.option("--firm", "reference", help="Make it a list of this firm alone (kind own).")
def import_(
    file: str,
    code: str,
    kind: str,
    as_of: date,
    illustrative: bool,
    confirm_shrink: bool,
    reference: str | None,
) -> None:
    """Replace the list of parties CODE by those in FILE; earlier versions stay."""
    if reference and kind != ListKind.OWN:
        refuse("--firm", [Fault("--kind", kind, ListKind.OWN)])
    content = read_list_file(file)
    source = Source(_code(code), ListKind(kind), as_of, content, BY, illustrative)
    rows = rows_of(file, read_parties, content)
    with _bringing_in(file, reference) as session:
        version, changed = import_parties(
            session, source, rows, now=now(), confirmed=confirm_shrink
        )
        line = f"lists: {version.code} version {version.number}, {version.entries} entries"
    if changed:
        order_rescreening(_engine(), firm_id_of(reference) if reference else None, now=now())
    click.echo(line if changed else f"{line}, unchanged")


@group.command("classify")
@import_options
def classify(file: str, code: str, as_of: date, illustrative: bool, confirm_shrink: bool) -> None:
    """Replace the list of controlled items CODE by those in FILE; earlier versions stay."""
    content = read_list_file(file)
    source = Source(_code(code), ListKind.GOODS, as_of, content, BY, illustrative)
    rows = rows_of(file, read_control_entries, content)
    with _bringing_in(file, None) as session:
        version, changed = import_goods(session, source, rows, now=now(), confirmed=confirm_shrink)
        line = f"lists: {version.code} version {version.number}, {version.entries} entries"
    if changed:
        reopen_everywhere(_engine(), source.code, now=now())
    click.echo(line if changed else f"{line}, unchanged")


@group.command("show")
def show() -> None:
    """Print the lists in use."""
    with shared_reading(_engine()) as session:
        for in_list in lists_in_use(session):
            made_up = ", illustrative" if in_list.illustrative else ""
            click.echo(
                f"{in_list.code}: {in_list.kind}, version {in_list.number}, "
                f"as of {in_list.as_of}, {in_list.entries} entries{made_up}"
            )


@group.command("search")
@click.argument("text")
def search(text: str) -> None:
    """Print control-list entries that hold every word of TEXT. Exit 1: none does."""
    with shared_reading(_engine()) as session:
        found = search_goods(session, text)
    for item in found:
        headings = " / ".join(filter(None, (item.heading, item.heading_zh)))
        click.echo(f"{item.code}\t{headings}\t{item.list_code}")
    if not found:
        raise SystemExit(NO)


def bring_in_illustrative(engine: Engine) -> None:
    """Bring in the made-up lists for demo and training."""
    for name, code, kind in ILLUSTRATIVE:
        content = (ROOT / "questionnaires" / "lists" / name).read_bytes()
        source = Source(code, kind, today(), content, BY, illustrative=True)
        with shared_session(engine) as session:
            if kind is ListKind.GOODS:
                import_goods(session, source, read_control_entries(content), now=now())
            else:
                import_parties(session, source, read_parties(content), now=now())


def _engine() -> Engine:
    engine: Engine = current_app.extensions["engine"]
    return engine


def read_list_file(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        refuse(file, [Fault("the file", error.strerror or "an error", "a file that can be read")])


def _code(code: str) -> str:
    if not (0 < len(code) <= 40 and code.isprintable() and code == code.strip()):
        refuse("--list", [Fault("the code", repr(code), "1 to 40 printable characters")])
    return code


def rows_of(file: str, read: Callable[[bytes], Any], content: bytes) -> Any:
    try:
        return read(content)
    except ListFileError as error:
        refuse(file, error.faults)


@contextmanager
def _bringing_in(file: str, reference: str | None) -> Iterator[Session]:
    """The transaction of an import; what the room refuses ends the command."""
    scope = (
        firm_session(_engine(), firm_id_of(reference)) if reference else shared_session(_engine())
    )
    try:
        with scope as session:
            yield session
    except ShrinkError as error:
        found = f"{error.after} entries where {error.before} are in use"
        refuse(file, [Fault("the list", found, "a loss of at most 20 %, or --confirm-shrink")])
    except KindError as error:
        refuse("--kind", [Fault("the kind", str(error), "the kind of the list in use")])


def firm_id_of(reference: str) -> UUID:
    with shared_reading(_engine()) as session:
        firm_id = session.scalars(select(Firm.id).where(Firm.reference == reference)).first()
    if firm_id is None:
        refuse_firm(reference)
    return firm_id


def refuse_firm(reference: str) -> NoReturn:
    """End the command: no such firm."""
    refuse("--firm", [Fault("the firm", repr(reference), "the reference of a firm here")])
