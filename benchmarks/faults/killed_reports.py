"""Reports made while the server is killed at random: what is left on the disk? (reliability R11)

    .venv/bin/python -m benchmarks.faults.killed_reports [--reports 40] [--kills 8]

The server has a temporary folder of its own. Prints how the reports ended, what lay about after the
last kill, and what was left once the sweep of the next hour had passed.
"""

import argparse
import itertools
import random
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, select

from benchmarks.load import answers_in
from compliance.clock import now
from compliance.database import all_firms_reading, make_engine, shared_reading
from compliance.identity import Actor, Membership, Person, find_actor
from compliance.jobs import LIVE_STATES, Job
from compliance.settings import Settings
from compliance.web.request_log import configure
from compliance.worker import Wish, leftovers, order_report
from tests.support.serving import Server, serving

FORMS = ("pdf", "xlsx", "docx", "csv", "json")
LANGUAGES = ("en", "zh", "both")
PATIENCE_S = 240.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=40)
    parser.add_argument("--kills", type=int, default=8)
    wish = parser.parse_args()
    configure(production=False)
    chance = random.Random(11)
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name) / "tmp"
        temporary.mkdir()
        with serving(Path(name) / "data", workers=2, TMPDIR=str(temporary)) as server:
            engine = make_engine(f"sqlite:///{server.folder / 'app.db'}")
            settings = _settings(server)
            _order(engine, wish.reports)
            for _ in range(wish.kills):
                time.sleep(chance.uniform(1, 6))
                server.kill()
                server.start()
            print("after the last kill:", _lying_about(engine, server.folder, temporary))
            print("jobs ended:", dict(_wait(engine)))
            later = now() + leftovers.AGE + timedelta(minutes=1)
            tempfile.tempdir = str(temporary)  # where the server's children had theirs
            for clock in (0.0, leftovers.EVERY_S + 1):  # two rounds of the hour to come
                swept = leftovers.sweep_leftovers(engine, settings, now=later, clock=clock)
            print(f"swept {swept} files; left:", _lying_about(engine, server.folder, temporary))
            engine.dispose()


def _settings(server: Server) -> Settings:
    return Settings(
        "demo", f"sqlite:///{server.folder / 'app.db'}", "x" * 32, server.folder, "http://x"
    )


def _order(engine: Engine, number: int) -> None:
    with shared_reading(engine) as session:
        person, firm = session.execute(
            select(Membership.person_id, Membership.firm_id)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.email == "exporter@demo.example")
        ).one()
    actor = find_actor(engine, person, firm)
    assessment = UUID(answers_in(str(engine.url))[0][0])
    if not isinstance(actor, Actor):
        raise TypeError("the demo's exporter is not there")
    kinds = itertools.product(FORMS, LANGUAGES, ("full", "executive", "plan"))
    for form, language, variant in itertools.islice(kinds, number):
        order_report(engine, actor, Wish(assessment, variant, language, form))


def _wait(engine: Engine) -> Counter[str]:
    give_up = time.monotonic() + PATIENCE_S
    while True:
        with all_firms_reading(engine, reason="count") as session:
            states = Counter(session.scalars(select(Job.state)))
        if not any(states[state] for state in LIVE_STATES) or time.monotonic() > give_up:
            return states
        time.sleep(0.5)


def _lying_about(engine: Engine, data: Path, temporary: Path) -> str:
    """Files that no job names: their number and size."""
    with all_firms_reading(engine, reason="look") as session:
        named = {str(found["file"]) for found in session.scalars(select(Job.result)) if found}
    lying = [p for p in (data / "reports").rglob("*") if p.is_file() and p.name not in named]
    lying += [p for p in temporary.rglob("*") if p.is_file()]
    kinds = sorted({p.parent.name if p.is_relative_to(temporary) else "reports" for p in lying})
    return f"{len(lying)} files, {sum(p.stat().st_size for p in lying) / 1e6:.1f} MB {kinds}"


if __name__ == "__main__":
    main()
