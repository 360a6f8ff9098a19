"""`flask screen`: a file of names against the lists."""

import csv
import io
from datetime import date

import click
from flask import current_app

from compliance.answers import Fault
from compliance.cli.files import refuse, write_out
from compliance.cli.lists import Day, firm_id_of, read_list_file, rows_of
from compliance.clock import today
from compliance.database import firm_reading, shared_reading
from compliance.screening import Screened, Stock, read_queries, stock_on

COLUMNS = ("query", "best_name", "list", "score", "verdict")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command("screen")
@click.option("--names", "file", required=True, help="CSV or XLSX with the column query.")
@click.option("--as-of", type=Day(), help="The day whose lists count; today by default.")
@click.option("--firm", "reference", help="Count this firm's own lists too.")
@click.option("-o", "output", help="Write the result to this file.")
def command(file: str, as_of: date | None, reference: str | None, output: str | None) -> None:
    """Screen every name of a file and write query, best_name, list, score, verdict."""
    names = rows_of(file, read_queries, read_list_file(file))
    engine = current_app.extensions["engine"]
    firm_id = firm_id_of(reference) if reference else None
    with firm_reading(engine, firm_id) if firm_id else shared_reading(engine) as session:
        stock = stock_on(session, as_of or today(), past=as_of is not None)
    if not stock.lists:
        refuse("the database", [Fault("lists", "none in use", "one at least: flask lists import")])
    write_out(_table(stock, names), output)


def _table(stock: Stock, names: tuple[str, ...]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name in names:
        writer.writerow([_plain(cell) for cell in _line(name, stock.screen((name,)))])
    return text.getvalue().encode()


def _line(name: str, screened: Screened) -> tuple[str, ...]:
    if not screened.found:
        return name, "", "", "0.00", screened.verdict
    best = screened.found[0]
    shown = best.entry.name or best.entry.name_zh
    return name, shown, best.in_list.code, f"{best.score:.2f}", screened.verdict


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
