"""The trail's page, its exports, and the command."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.audit import ANCHOR_FILE, record
from compliance.database import firm_session
from compliance.database.protection import unprotect
from compliance.settings import Settings
from compliance.worker.housekeeping import keep_house
from tests.support.cast import NOW, actor, firm_id

OFFICER, EXPORTER = actor("officer@amber.example"), actor("exporter@amber.example")
AMBER = firm_id("amber")


@pytest.fixture
def reader(client: FlaskClient, engine: Engine, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """The administrator, with sixty entries to look at, one of which is hostile."""
    for number in range(60):
        who = OFFICER if number % 2 else EXPORTER
        with firm_session(engine, AMBER) as session:
            record(
                session,
                who,
                "answer_saved" if number % 3 else "evidence_added",
                "=cmd|'/c calc'!A0" if number == 7 else f"question SCP-{number:02}",
                now=NOW - timedelta(days=number),
                details={"version": number},
            )
    return sign_in(client, "administrator@amber.example")


def rows(page: str) -> int:
    return page.split("<tbody>")[1].count("<tr>")


def test_the_page_shows_the_newest_first_and_turns(reader: FlaskClient) -> None:
    first, second = reader.get("/audit").text, reader.get("/audit?page=2").text

    assert rows(first) == 50
    assert rows(second) == 11
    assert "sign_in" in first
    assert reader.get("/audit?page=99").status_code == 200


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "EXPORTER"}, 30),
        ({"action": "evidence_added"}, 20),
        ({"subject": "scp-1"}, 10),
        ({"person": "officer", "action": "evidence_added"}, 10),
        ({"since": "2026-11-20", "until": "2026-11-22"}, 3),
        ({"subject": "100%"}, 0),
    ],
)
def test_filters_choose(reader: FlaskClient, asked: dict[str, str], found: int) -> None:
    document = reader.get("/audit/export.json", query_string=asked).get_json()

    assert len(document["entries"]) == found
    assert reader.get("/audit", query_string=asked).status_code == 200


def test_a_day_that_does_not_exist_is_refused(reader: FlaskClient) -> None:
    assert reader.get("/audit?since=2026-02-30").status_code == 422


def test_no_cell_of_the_export_runs(reader: FlaskClient) -> None:
    answer = reader.get("/audit/export.csv")
    cells = [cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row]

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]
    assert "'=cmd|'/c calc'!A0" in cells


def test_the_page_tells_a_whole_trail_from_an_altered_one(
    reader: FlaskClient, engine: Engine
) -> None:
    assert "The trail is whole" in reader.get("/audit/verification").text

    with engine.begin() as connection:
        unprotect(connection)
        connection.exec_driver_sql("UPDATE audit_entries SET subject = 'x' WHERE seq = 5")
        connection.exec_driver_sql("DELETE FROM audit_entries WHERE seq = 9")

    page = reader.get("/audit/verification").text
    assert "Entry 5 was altered." in page
    assert "Entry 9 is missing." in page
    assert "第5条记录被改动。" in reader.get("/audit/verification?lang=zh").text


@pytest.fixture
def flask(app: Flask) -> Iterator[Callable[..., Result]]:
    with app.app_context():
        yield lambda *arguments: app.test_cli_runner().invoke(args=["audit", *arguments])


def test_the_command_says_whole_or_names_the_entry(
    reader: FlaskClient, engine: Engine, flask: Callable[..., Result]
) -> None:
    assert flask("verify").exit_code == 0
    assert flask("anchor").exit_code == 0

    with engine.begin() as connection:  # cut the end together with its head
        unprotect(connection)
        connection.exec_driver_sql("DELETE FROM audit_entries WHERE seq > 40")
        connection.exec_driver_sql(
            "UPDATE audit_heads SET seq = 40, hash = "
            "(SELECT hash FROM audit_entries WHERE seq = 40)"
        )

    done = flask("verify")
    assert done.exit_code == 1
    assert "AMBER: entry 61: not the one that was anchored outside" in done.output
    assert flask("verify", "--firm", "BOREALIS").exit_code == 0


@pytest.mark.parametrize(
    "wrong",
    [("--firm", "NONE"), ("--anchor", "5:abc"), ("--firm", "AMBER", "--anchor", "five")],
)
def test_what_the_command_can_not_use_is_one_line(
    reader: FlaskClient, flask: Callable[..., Result], wrong: tuple[str, ...]
) -> None:
    done = flask("verify", *wrong)

    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1


def test_heads_are_noted_once_a_day(
    reader: FlaskClient, engine: Engine, settings: Settings
) -> None:
    path = settings.data_dir / ANCHOR_FILE

    for hours in (0, 1, 2, 24, 25):
        keep_house(engine, settings, now=NOW + timedelta(hours=hours))

    assert len(path.read_text().splitlines()) == 2
