"""Two editors post on one version of one answer, again and again (reliability R2).

    .venv/bin/python -m benchmarks.faults.races [--rounds 1000] [--database URL]

In each round both have seen the same version and post at the same moment, to two workers. Exactly
one must win; the other must be told what stands now (412). Now and then the winner sends the same
save again, as after a lost reply: that is a success and no new version. At the end the version must
have grown by the number of wins, and the history must name both authors. Without `--database` on
SQLite; with the URL of an empty PostgreSQL database on that.
"""

import argparse
import tempfile
import threading
from collections import Counter
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.load import answers_in
from tests.support.saving import Browser
from tests.support.serving import serving

EDITORS = ("exporter@demo.example", "officer@demo.example")
AGAIN_EVERY = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--database")
    wish = parser.parse_args()
    environ = {"DATABASE_URL": wish.database} if wish.database else {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "races"
        with serving(data, workers=2, **environ) as server:
            url = wish.database or f"sqlite:///{data / 'app.db'}"
            url = url.replace("postgresql://", "postgresql+psycopg://")
            assessment, question, first = answers_in(url)[0]
            editors = [Browser(server.url, email, "demo-password-1") for email in EDITORS]
            outcomes, last, faults = _race(editors, assessment, question, first, wish.rounds)
            faults += _history(url, question, first, last)
    print(f"rounds {wish.rounds}; " + ", ".join(f"{k}: {n}" for k, n in sorted(outcomes.items())))
    print(*(faults or ["silent overwrites: none"]), sep="\n")


def _race(
    editors: list[Browser], assessment: str, question: str, version: int, rounds: int
) -> tuple[Counter[str], int, list[str]]:
    """What the server answered, the version at the end, and what went wrong."""
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    for turn in range(rounds):
        answers = [{"value": turn % 5, "comment": f"round {turn} by {n}"} for n in range(2)]
        told = _both(editors, assessment, question, version, answers)
        statuses = [status for status, _ in told]
        outcomes[" and ".join(str(s) for s in sorted(statuses))] += 1
        if sorted(statuses) != [200, 412]:
            faults.append(f"round {turn}: {statuses}")
            break
        winner = statuses.index(200)
        current = told[1 - winner][1].get("current")
        if not isinstance(current, dict) or current["comment"] != answers[winner]["comment"]:
            faults.append(f"round {turn}: the other was not told what stands")
        version += 1
        if turn % AGAIN_EVERY == 0:  # the reply was lost: the same save on the version seen before
            status, again = editors[winner].save(assessment, question, version - 1, answers[winner])
            outcomes[f"sent again: {status}"] += 1
            if status != 200 or again.get("version") != version:
                faults.append(f"round {turn}: sent again: {status} {again}")
    return outcomes, version, faults


def _both(
    editors: list[Browser],
    assessment: str,
    question: str,
    version: int,
    answers: list[dict[str, object]],
) -> list[tuple[int, dict[str, object]]]:
    together = threading.Barrier(2)
    told: list[tuple[int, dict[str, object]]] = [(0, {}), (0, {})]

    def post(number: int) -> None:
        together.wait()
        told[number] = editors[number].save(assessment, question, version, answers[number])

    threads = [threading.Thread(target=post, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _history(url: str, question: str, first: int, last: int) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT h.version, h.person_name FROM response_history h JOIN assessments a "
                "ON a.id = h.assessment_id WHERE h.question_id = :question AND h.cause = 'edit' "
                "AND h.version > :first AND a.as_of = "
                "(SELECT max(as_of) FROM assessments WHERE state = 'draft') ORDER BY h.version"
            ),
            {"question": question, "first": first},
        ).all()
    engine.dispose()
    faults = []
    if [row.version for row in rows] != list(range(first + 1, last + 1)):
        faults.append(f"history: {len(rows)} changes from {first} to {last}")
    if len({row.person_name for row in rows}) != len(EDITORS):
        faults.append("history: names one author only")
    return faults


if __name__ == "__main__":
    main()
