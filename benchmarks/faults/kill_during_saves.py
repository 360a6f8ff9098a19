"""Kill the whole server at random while eight people save (reliability R1).

    .venv/bin/python -m benchmarks.faults.kill_during_saves [--saves 10000]

Prints saves, kills, the longest time out of service, and everything lost or half-written.
"""

import argparse
import random
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from uuid import UUID

from tests.support.saving import Browser, Writer, losses, run_together
from tests.support.serving import Server, serving

PEOPLE = 8


def writers_on(server: Server) -> list[Writer]:
    with closing(sqlite3.connect(server.folder / "app.db")) as connection:
        rows = connection.execute(
            "SELECT a.id, r.question_id, r.version FROM assessments a "
            "JOIN responses r ON r.assessment_id = a.id WHERE a.state = 'draft' "
            "AND a.as_of = (SELECT max(as_of) FROM assessments WHERE state = 'draft') "
            "AND json_type(r.value) = 'integer' ORDER BY r.question_id"
        ).fetchall()
    return [
        Writer(
            Browser(server.url, "exporter@demo.example", "demo-password-1"),
            str(UUID(assessment_id)),
            question,
            version,
        )
        for assessment_id, question, version in rows[:PEOPLE]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=10_000)
    wanted = parser.parse_args().saves
    chance, outages = random.Random(1), []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "faults") as server:
        writers = writers_on(server)
        over = threading.Event()

        def acknowledged() -> int:
            return sum(writer.saves - len(writer.unknown) for writer in writers)

        def kill_now_and_then() -> None:
            while acknowledged() < wanted:
                time.sleep(chance.uniform(0.3, 1.5))
                server.kill()
                begun = time.monotonic()
                server.start()
                outages.append(time.monotonic() - begun)
            over.set()

        killer = threading.Thread(target=kill_now_and_then)
        killer.start()
        run_together(writers, over.is_set)
        killer.join()
        found = losses(server.folder / "app.db", writers)
    print(
        f"saves {acknowledged()}, kills {len(outages)}, out of service at most {max(outages):.1f} s"
    )
    print(*(found or ["lost or half-written: nothing"]), sep="\n")


if __name__ == "__main__":
    main()
