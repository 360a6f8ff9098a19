"""CPU and SQL of the pages that are used most, beside a null endpoint in the same process.

    .venv/bin/python benchmarks/web.py

Seeds a demo installation in a temporary folder, signs in as the exporter and calls each page
through the application (no network): best and median CPU over the runs, SQL statements, size, and
the ratio to /healthz.
"""

import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

sys.path.insert(0, str(Path(__file__).parents[1]))
RUNS = 60


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATA_DIR=folder, APP_MODE="demo", SECRET_KEY="a benchmark's secret, 32+ chars"
        )
        os.environ.pop("DATABASE_URL", None)
        measure()


def measure() -> None:
    from compliance.database import schema
    from compliance.web import create_app

    app = create_app()
    engine: Engine = app.extensions["engine"]
    schema.upgrade(engine)
    with app.app_context():
        seeded = app.test_cli_runner().invoke(args=["demo", "seed"])
    assert seeded.exit_code == 0, seeded.exception
    client = app.test_client()
    token = _token(client.get("/login"))
    signed_in = client.post(
        "/login",
        data={"email": "exporter@demo.example", "password": "demo-password-1", "csrf_token": token},
    )
    assert signed_in.status_code == 302
    home = client.get("/")
    assessment = re.search(r"/assessments/([0-9a-f-]{36})", home.text)
    assert assessment
    base = f"/assessments/{assessment[1]}"
    section = f"{base}/sections/icp/organisation"
    headers = {"X-CSRFToken": _meta(home), "X-Requested-With": "benchmark"}
    version = _version(client.get(f"{base}/sections/licensing/licence-decision"), "LIC-01")

    def save() -> TestResponse:
        nonlocal version
        answer = client.put(
            f"{base}/answers/LIC-01",
            json={"value": 3, "comment": f"benchmark {version}"},
            headers={**headers, "If-Match": f'"{version}"'},
        )
        version = answer.get_json()["version"]
        return answer

    print(f"{'page':<28}{'best ms':>9}{'median ms':>11}{'SQL':>5}{'kB':>7}{'ratio':>8}")
    null = row(engine, "/healthz", lambda: client.get("/healthz"), None)
    row(engine, "home", lambda: client.get("/"), null)
    row(engine, "task list", lambda: client.get(base), null)
    row(engine, "section (7 questions)", lambda: client.get(section), null)
    row(engine, "save one answer", save, null)
    row(engine, "results", lambda: client.get(f"{base}/results"), null)


def row(engine: Engine, name: str, call: Callable[[], TestResponse], null: float | None) -> float:
    """Measure one page and print its line; returns the best CPU time in ms."""
    statements = count_statements(engine, call)
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        answer = call()
        times.append((time.process_time() - started) * 1000)
        assert answer.status_code == 200, answer.text
    best = min(times)
    ratio = "" if null is None else f"{best / null:8.1f}"
    size = len(answer.data) / 1024
    print(f"{name:<28}{best:9.2f}{statistics.median(times):11.2f}{statements:5}{size:7.1f}{ratio}")
    return best


def count_statements(engine: Engine, call: Callable[[], TestResponse]) -> int:
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    call()
    event.listen(engine, "before_cursor_execute", note)
    call()
    event.remove(engine, "before_cursor_execute", note)
    if os.environ.get("SHOW_SQL"):
        print(*found, sep="\n")
    return len(found)


def _token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


def _meta(page: TestResponse) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found
    return found[1]


def _version(page: TestResponse, question: str) -> int:
    found = re.search(rf'name="{question}-version" value="(\d+)"', page.text)
    assert found
    return int(found[1])


if __name__ == "__main__":
    main()
