"""Can time tell who has an account? Known and unknown addresses, asked in turn (security.md S13).

    .venv/bin/python -m benchmarks.enumeration [--each 50] [--database URL]

Signs in with wrong passwords, and asks for reset links, as the same number of known and unknown
addresses in turn. Prints both medians, their difference, and the p value of a Mann-Whitney test:
above 0.01 nothing can be told. `--database` names an empty PostgreSQL database; SQLite is the
default.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from compliance.database import schema, shared_session
from compliance.identity import Firm, Membership, Person, Role
from compliance.settings import Settings
from compliance.web import create_app
from tests.support import cast


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> float:
    """The two-sided p value by the normal approximation, ties and continuity corrected."""
    everything = sorted(first) + sorted(second)
    ranks, ties = _ranks(sorted(everything))
    n, m = len(first), len(second)
    u = sum(ranks[value] for value in first) - n * (n + 1) / 2
    total = n + m
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance == 0:
        return 1.0
    z = max(abs(u - n * m / 2) - 0.5, 0) / variance**0.5
    return 2 * (1 - statistics.NormalDist().cdf(z))


def _ranks(ordered: Sequence[float]) -> tuple[dict[float, float], float]:
    """Value -> its mean rank, and the sum of t³ - t over the ties."""
    ranks: dict[float, float] = {}
    ties, at = 0.0, 0
    while at < len(ordered):
        count = ordered.count(ordered[at])
        ranks[ordered[at]] = at + (count + 1) / 2
        ties += count**3 - count
        at += count
    return ranks, ties


def seat(app: Flask, people: int) -> None:
    """A firm with so many people."""
    with shared_session(app.extensions["engine"]) as session:
        firm = Firm(reference="AMBER", name="Amber", created_at=cast.NOW)
        session.add(firm)
        session.flush()
        for number in range(people):
            person = Person(
                email=f"known{number:03}@amber.example",
                name=f"Known {number}",
                password=cast.HASHED,
                created_at=cast.NOW,
            )
            session.add(person)
            session.flush()
            seated = {"person_id": person.id, "firm_id": firm.id, "created_at": cast.NOW}
            session.add(Membership(role=Role.READER, **seated))


def measure(app: Flask, path: str, each: int) -> dict[bool, list[float]]:
    """Known or not -> milliseconds; every address and every machine asks once."""
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(-2, each):
        for known in (True, False) if number % 2 else (False, True):
            name = "known" if known else "other"
            email = f"{name}{max(number, 0):03}@amber.example"
            client = app.test_client()
            machine = {"REMOTE_ADDR": f"10.{known:d}.{(number + 2) // 250}.{(number + 2) % 250}"}
            began = time.perf_counter()
            client.post(path, data={"email": email, "password": "x"}, environ_base=machine)
            if number >= 0:  # the first ones warm up
                took[known].append((time.perf_counter() - began) * 1000)
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--database")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            mode="demo",
            database_url=wish.database or f"sqlite:///{folder}/app.db",
            secret_key="a secret for the benchmark alone, 32+ characters",
            data_dir=Path(folder),
            base_url="http://localhost",
            embedded_jobs=False,
        )
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        schema.upgrade(app.extensions["engine"])
        seat(app, wish.each)
        print("                   known ms  unknown ms  difference       p")
        for path in ("/login", "/forgot-password"):
            took = measure(app, path, wish.each)
            known, unknown = (statistics.median(took[kind]) for kind in (True, False))
            p = mann_whitney(took[True], took[False])
            print(f"{path:17} {known:9.2f} {unknown:11.2f} {known - unknown:11.2f} {p:7.3f}")
        app.extensions["engine"].dispose()


if __name__ == "__main__":
    main()
