"""The server killed while people save: nothing acknowledged is lost, nothing is half-written."""

import random
import sqlite3
import threading
import time
from contextlib import closing
from uuid import UUID

import pytest

from tests.support.saving import Browser, Writer, losses, run_together
from tests.support.serving import Server

QUESTIONS = ("LIC-01", "LIC-19", "EU-02", "CL-10")
KILLS = 3

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def writers_on(server: Server, questions: tuple[str, ...] = QUESTIONS) -> list[Writer]:
    """One writer for each question of the demo firm's current assessment."""
    with closing(sqlite3.connect(server.folder / "app.db")) as connection:
        rows = connection.execute(
            "SELECT a.id, r.question_id, r.version FROM assessments a "
            "JOIN responses r ON r.assessment_id = a.id WHERE a.state = 'draft' "
            "AND a.as_of = (SELECT max(as_of) FROM assessments WHERE state = 'draft')"
        ).fetchall()
    versions = {question: version for _, question, version in rows}
    assessment_id = str(UUID(rows[0][0]))
    return [
        Writer(
            Browser(server.url, "exporter@demo.example", "demo-password-1"),
            assessment_id,
            question,
            versions[question],
        )
        for question in questions
    ]


def test_nothing_acknowledged_is_lost(own_server: Server) -> None:
    writers = writers_on(own_server)
    over = threading.Event()
    chance = random.Random(7)

    def kill_now_and_then() -> None:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.3, 1.5))
            own_server.kill()
            own_server.start()
        time.sleep(1)
        over.set()

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    run_together(writers, over.is_set)
    killer.join()

    assert sum(writer.saves for writer in writers) > 50
    assert losses(own_server.folder / "app.db", writers) == []


def test_two_people_on_one_question_overwrite_nothing(own_server: Server) -> None:
    """Of two saves on the same version exactly one wins; the other is told what stands."""
    first, second = (writers_on(own_server, QUESTIONS[:1])[0] for _ in range(2))
    rounds = 30

    for number in range(rounds):
        version = first.version
        outcomes: list[int] = []
        start = threading.Barrier(2)

        def save(
            writer: Writer,
            name: str,
            version: int = version,
            number: int = number,
            outcomes: list[int] = outcomes,
            start: threading.Barrier = start,
        ) -> None:
            start.wait()
            answer = {"value": 1, "comment": f"round {number} by {name}"}
            status, told = writer.browser.save(
                writer.assessment_id, writer.question_id, version, answer
            )
            outcomes.append(status)
            current = told.get("current")
            stands = current if isinstance(current, dict) else told
            first.version = max(first.version, int(str(stands["version"])))

        threads = [
            threading.Thread(target=save, args=(writer, name))
            for writer, name in ((first, "the first"), (second, "the second"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == [200, 412]
        assert first.version == version + 1
    for writer in (first, second):
        writer.browser.close()
