"""Fifty people fill in at once: requests a second, waiting times, errors, memory.

    .venv/bin/python -m benchmarks.load [--people 50] [--seconds 60] [--database URL]

Each person saves an answer about once a second and now and then opens a section page. Without
`--database` the server runs on SQLite as it does by default; with the URL of an empty PostgreSQL
database it runs on that.
"""

import argparse
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path
from uuid import UUID

import psutil
from sqlalchemy import create_engine, text

from tests.support.saving import Browser
from tests.support.serving import serving

SECTION = "/assessments/{}/sections/licensing/licence-decision"
PAUSE_S = 1.0


class Person:
    """Saves their own question, and opens a page every tenth time."""

    def __init__(self, browser: Browser, assessment: str, question: str, version: int) -> None:
        self.browser, self.assessment = browser, assessment
        self.question, self.version = question, version
        self.waits_ms: list[float] = []
        self.errors: list[str] = []

    def work(self, until: float, chance: random.Random) -> None:
        turn = 0
        while time.monotonic() < until:
            time.sleep(chance.uniform(0.5, 1.5) * PAUSE_S)
            turn += 1
            begun = time.perf_counter()
            try:
                self._read() if turn % 10 == 0 else self._save(turn)
            except OSError as error:
                self.errors.append(type(error).__name__)
            self.waits_ms.append((time.perf_counter() - begun) * 1000)

    def _read(self) -> None:
        status, _, _ = self.browser.call("GET", SECTION.format(self.assessment))
        if status != 200:
            self.errors.append(f"page {status}")

    def _save(self, turn: int) -> None:
        answer = {"value": turn % 5, "comment": f"turn {turn}"}
        status, told = self.browser.save(self.assessment, self.question, self.version, answer)
        if status == 200:
            self.version = int(str(told["version"]))
        else:
            self.errors.append(f"save {status}")


def answers_in(url: str) -> list[tuple[str, str, int]]:
    """Assessment, question and version of the demo firm's answers on a scale."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT r.assessment_id, r.question_id, r.version, r.value FROM responses r "
                "JOIN assessments a ON a.id = r.assessment_id WHERE a.as_of = "
                "(SELECT max(as_of) FROM assessments WHERE state = 'draft') ORDER BY r.question_id"
            )
        ).all()
    engine.dispose()
    return [
        (str(UUID(str(assessment))), question, version)
        for assessment, question, version, value in rows
        if str(value) in {"0", "1", "2", "3", "4"}
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "load"
        environ = {"DATABASE_URL": wish.database} if wish.database else {}
        with serving(data, workers=2, **environ) as server:
            url = wish.database or f"sqlite:///{data / 'app.db'}"
            rows = answers_in(url.replace("postgresql://", "postgresql+psycopg://"))
            people = [
                Person(Browser(server.url, "exporter@demo.example", "demo-password-1"), *row)
                for row in rows[: wish.people]
            ]
            until = time.monotonic() + wish.seconds
            threads = [
                threading.Thread(target=person.work, args=(until, random.Random(number)))
                for number, person in enumerate(people)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            memory = _memory_mb(server.process.pid) if server.process else []
    waits = sorted(wait for person in people for wait in person.waits_ms)
    errors = [error for person in people for error in person.errors]
    print(f"people {len(people)}, requests {len(waits)}, {len(waits) / wish.seconds:.0f}/s")
    print(f"p50 {statistics.median(waits):.0f} ms, p95 {waits[int(len(waits) * 0.95)]:.0f} ms")
    print(f"errors {len(errors)} {sorted(set(errors))}")
    print(f"memory of each worker {', '.join(f'{mb:.0f} MB' for mb in memory)}")


def _memory_mb(pid: int) -> list[float]:
    """Resident memory of the server's workers."""
    children = psutil.Process(pid).children(recursive=True)
    sizes = [child.memory_info().rss / 1e6 for child in children if child.is_running()]
    return sorted((size for size in sizes if size > 50), reverse=True)


if __name__ == "__main__":
    main()
