"""Migrate a thousand firms with 150 answers each; kill it on the way; start on an empty database.

    .venv/bin/python -m benchmarks.migration [--firms 1000] [--answers 150] [--database URL]

The rows are written at the oldest schema that has them, then the schema goes up to the newest one:
first killed with SIGKILL at three moments, then to its end. Without `--database` on SQLite.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, MetaData, func, insert, select

from compliance.database import make_engine, schema
from compliance.settings import ROOT
from tests.architecture.test_migrations import counts

OLDEST = "0001"
BATCH = 50  # firms written at once
KILLED_AFTER_S = (4.0, 6.0, 9.0)  # the first seconds are the program's start
FLASK = Path(sys.executable).parent / "flask"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1000)
    parser.add_argument("--answers", type=int, default=150)
    parser.add_argument("--database", default="")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = wish.database or f"sqlite:///{Path(folder) / 'app.db'}"
        environ = {**os.environ, "DATABASE_URL": url, "DATA_DIR": folder}
        began = time.monotonic()
        _flask(environ, "database", "upgrade")
        print(f"empty database to the newest schema, with the program's start: {_since(began)}")
        _flask(environ, "demo", "seed")
        engine = make_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        schema.downgrade(engine, OLDEST)
        _populate(engine, wish.firms, wish.answers)
        before = counts(engine)
        print("rows", before)
        engine.dispose()
        for after_s in KILLED_AFTER_S:
            _killed(environ, after_s)
            at = schema.current_revision(engine)
            same = {name: counts(engine).get(name) for name in before} == before
            print(f"killed after {after_s:.0f} s: schema at {at}, rows equal: {same}")
            if at != OLDEST:
                schema.downgrade(engine, OLDEST)
            engine.dispose()
        began = time.monotonic()
        _flask(environ, "database", "upgrade")
        print(f"migrated to {schema.current_revision(engine)}: {_since(began)}")
        print("rows equal:", {name: counts(engine).get(name) for name in before} == before)
        began = time.monotonic()
        schema.downgrade(engine, schema.known_revisions()[-2])
        schema.upgrade(engine)
        print(f"back one and up again: {_since(began)}")
        engine.dispose()


def _since(began: float) -> str:
    """Time since then, and processor time of the programs that ended: the machine may be busy."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return f"{time.monotonic() - began:.1f} s (programs so far {spent.ru_utime:.1f} s of CPU)"


def _flask(environ: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [FLASK, *arguments], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, check=True
    )


def _killed(environ: dict[str, str], after_s: float) -> None:
    process = subprocess.Popen(
        [FLASK, "database", "upgrade"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL
    )
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _populate(engine: Engine, firms: int, answers: int) -> None:
    """Copies of the demo firm: an assessment, its answers, one entry of history for each."""
    tables = MetaData()
    tables.reflect(engine, only=["firms", "assessments", "responses", "response_history"])
    postgres = engine.dialect.name == "postgresql"
    with engine.execution_options(writes=True).begin() as connection:
        if postgres:
            connection.execute(select(func.set_config("app.all_firms", "on", True)))
        copies = Copies(connection, tables, answers, lambda: uuid4() if postgres else uuid4().hex)
        for start in range(0, firms, BATCH):
            copies.write(range(start, min(firms, start + BATCH)))


class Copies:
    """Writes firms that hold what the demo firm holds."""

    def __init__(
        self, connection: Connection, tables: MetaData, answers: int, new_id: Callable[[], object]
    ) -> None:
        self._connection, self._tables, self._new_id = connection, tables, new_id
        responses = tables.tables["responses"]
        history = tables.tables["response_history"]
        most = select(responses.c.assessment_id, responses.c.firm_id).group_by(
            responses.c.assessment_id, responses.c.firm_id
        )
        assessment, firm = connection.execute(most.order_by(func.count().desc()).limit(1)).one()
        self._firm = self._one("firms", "id", firm)
        self._assessment = self._one("assessments", "id", assessment)
        first = [dict(row) for row in connection.execute(
            select(responses).where(responses.c.assessment_id == assessment)
        ).mappings()]  # fmt: skip
        told = [dict(row) for row in connection.execute(
            select(history).where(history.c.assessment_id == assessment)
        ).mappings()]  # fmt: skip
        self._answers = [(first[n % len(first)], told[n % len(told)], f"Q-{n:03}")
                         for n in range(answers)]  # fmt: skip

    def write(self, numbers: Iterable[int]) -> None:
        made: dict[str, list[dict[str, Any]]] = {name: [] for name in self._tables.tables}
        for number in numbers:
            firm, assessment = self._new_id(), self._new_id()
            made["firms"].append({**self._firm, "id": firm, "reference": f"COPY-{number}"})
            made["assessments"].append(
                {**self._assessment, "id": assessment, "firm_id": firm, "previous_id": None}
            )
            for answer, told, question in self._answers:
                of = {"firm_id": firm, "assessment_id": assessment, "question_id": question}
                made["responses"].append({**answer, **of, "id": self._new_id(), "version": 1})
                made["response_history"].append({**told, **of, "id": self._new_id(), "version": 1})
        for name in ("firms", "assessments", "responses", "response_history"):
            self._connection.execute(insert(self._tables.tables[name]), made[name])

    def _one(self, name: str, column: str, value: object) -> dict[str, Any]:
        table = self._tables.tables[name]
        row = self._connection.execute(select(table).where(table.c[column] == value)).mappings()
        return dict(row.one())


if __name__ == "__main__":
    main()
