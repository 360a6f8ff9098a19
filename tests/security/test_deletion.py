"""After a firm is deleted, its words are nowhere: rows, files, reports, jobs, log (S33)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, table, text
from sqlalchemy import select as sql_select

from compliance.backup import delete_firm
from compliance.database import firm_session, make_engine
from compliance.evidence import Particulars, Store, add_evidence, check_file
from compliance.identity import Role
from compliance.mail import post
from tests.security.stage import CANARY, Stage
from tests.support.cast import FIRMS, NOW, Seat


def rows_with(engine: Engine, words: str) -> Iterator[str]:
    """Table and row of everything in the database that holds these words."""
    with engine.connect() as connection:
        for name in inspect(engine).get_table_names():
            for row in connection.execute(sql_select(text("*")).select_from(table(name))):
                if words.lower() in repr(row).lower():
                    yield f"{name}: {row}"


def files_with(folder: Path, words: str) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and words.lower().encode() in path.read_bytes().lower()
    ]


@pytest.fixture
def data_dir(each_engine: Engine, tmp_path: Path) -> Path:
    """Both firms with one object of each kind, an evidence file, a report and mail."""
    Stage(each_engine)
    folder = tmp_path / "data"
    for firm in FIRMS:
        actor = Seat(firm, Role.OFFICER).actor()
        store = Store.of_firm(folder, actor.firm_id)
        with firm_session(each_engine, actor.firm_id) as session:
            file = check_file(f"{CANARY[firm]}.txt", CANARY[firm].encode())
            add_evidence(session, actor, Particulars(CANARY[firm]), now=NOW, store=store, file=file)
            post(
                session,
                f"officer@{firm}.example",
                CANARY[firm],
                CANARY[firm],
                now=NOW,
                firm_id=actor.firm_id,
            )
        report = folder / "reports" / str(actor.firm_id) / "report.json"
        report.parent.mkdir(parents=True)
        report.write_text(CANARY[firm])
    return folder


def test_a_deleted_firms_words_are_nowhere(
    each_engine: Engine, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone, stays = CANARY["borealis"], CANARY["amber"]
    before = {line.partition(":")[0] for line in rows_with(each_engine, gone)}
    assert len(before) > 12  # they were in many tables
    assert len(files_with(data_dir, gone)) == 2
    said = io.StringIO()

    with caplog.at_level(logging.DEBUG), redirect_stderr(said), redirect_stdout(said):
        delete_firm(each_engine, Seat("borealis", Role.OFFICER).firm_id, data_dir)

    assert list(rows_with(each_engine, gone)) == []
    assert files_with(data_dir, gone) == []
    assert gone.lower() not in (said.getvalue() + caplog.text).lower()
    assert "borealis.example" not in said.getvalue() + caplog.text
    kept = {line.partition(":")[0] for line in rows_with(each_engine, stays)}
    assert kept == before  # nothing of the other firm went with it
    assert len(files_with(data_dir, stays)) == 2


def test_in_sqlite_not_even_free_pages_hold_them(sqlite_url: str, tmp_path: Path) -> None:
    engine = make_engine(sqlite_url)
    Stage(engine)
    delete_firm(engine, Seat("borealis", Role.OFFICER).firm_id, tmp_path / "data")
    engine.dispose()

    assert files_with(tmp_path, CANARY["borealis"]) == []
    assert files_with(tmp_path, CANARY["amber"]) != []
