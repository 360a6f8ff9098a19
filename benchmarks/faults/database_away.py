"""PostgreSQL and Redis go away while eight people save (reliability R1, R10).

    .venv/bin/python -m benchmarks.faults.database_away [--away 10] [--kills 5]

First both are stopped and started again after `--away` seconds, then PostgreSQL is killed with
SIGKILL and started again `--kills` times. Prints how people were answered meanwhile and everything
lost or half-written. Anything but 200, 412 and a 503 with Retry-After ends it with an error.
"""

import argparse
import random
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.faults.services import Postgres, Redis
from benchmarks.load import answers_in
from tests.support.saving import Browser, Writer, losses, run_together
from tests.support.serving import Server, serving

PEOPLE = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--away", type=float, default=10)
    parser.add_argument("--kills", type=int, default=5)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        postgres, redis = Postgres(folder), Redis(folder)
        postgres.start()
        redis.start()
        try:
            with serving(
                folder / "away",
                workers=2,
                DATABASE_URL=postgres.url,
                REDIS_URL=redis.url,
                EMBEDDED_JOBS="0",
            ) as server:
                _break_it(server, postgres, redis, wish.away, wish.kills)
        finally:
            redis.stop()
            postgres.kill()


def _break_it(server: Server, postgres: Postgres, redis: Redis, away: float, kills: int) -> None:
    rows = answers_in(postgres.url.replace("postgresql://", "postgresql+psycopg://"))[:PEOPLE]
    writers = [
        Writer(Browser(server.url, "exporter@demo.example", "demo-password-1"), *row)
        for row in rows
    ]
    over, chance = threading.Event(), random.Random(3)

    def go_away() -> None:
        try:
            time.sleep(3)
            redis.stop()
            postgres.stop()
            time.sleep(away)
            postgres.start()
            redis.start()
            print(
                f"after {away:.0f} s away: in service again after {_until_it_answers(server):.1f} s"
            )
            for _ in range(kills):
                time.sleep(chance.uniform(1, 3))
                postgres.kill()
                postgres.start()
                print(f"after kill -9: in service again after {_until_it_answers(server):.1f} s")
            time.sleep(2)
        finally:
            over.set()

    breaker = threading.Thread(target=go_away)
    breaker.start()
    run_together(writers, over.is_set)
    breaker.join()
    saved = sum(writer.saves for writer in writers)
    told = sum(writer.told_to_wait for writer in writers)
    print(f"saves sent {saved}, told to come back {told}, other errors 0")
    print(*(losses(postgres.url, writers) or ["lost or half-written: nothing"]), sep="\n")


def _until_it_answers(server: Server) -> float:
    """Seconds from the start of the database to the first good answer."""
    begun = time.monotonic()
    while not server.answers():
        time.sleep(0.05)
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
