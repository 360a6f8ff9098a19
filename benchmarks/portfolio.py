"""Cost of the officer's pages: a portfolio of 200 firms, and one firm's pages among 10 000.

Run: `.venv/bin/python benchmarks/portfolio.py [--firms 10000]`. Prints CPU milliseconds and
statements for each page; exits 1 where a bound is broken: 100 ms and 15 statements for the
portfolio, and a ratio of 1.2 between one firm's pages in a database of 100 and of many firms.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from compliance.database import make_engine, schema  # noqa: E402
from compliance.settings import Settings  # noqa: E402
from compliance.web import create_app  # noqa: E402
from tests.support import cast  # noqa: E402
from tests.support.portfolios import FirmToMake, make_firms  # noqa: E402

PORTFOLIO = 200
FEW = 100
PAGES = ("/", "/assessments", "/review", "/remediation", "/group")
ROUNDS = 15
CPU_MS, STATEMENTS, RATIO = 100.0, 15, 1.2
NOISE_MS = 1.0  # below this a ratio says nothing


def main() -> int:
    """Measure, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=10_000)
    wanted = parser.parse_args()
    broken = []
    with tempfile.TemporaryDirectory() as folder:
        few = _pages(Path(folder) / "few", FEW)
        many = _pages(Path(folder) / "many", wanted.firms)
    for page, (before, _) in few.items():
        after, statements = many[page]
        ratio = after / before
        print(f"{page:14} {before:7.2f} ms  {after:7.2f} ms  x{ratio:.2f}  {statements} statements")
        if page == "/portfolio":
            if after > CPU_MS or statements >= STATEMENTS:
                broken.append(page)
        elif ratio > RATIO and after - before > NOISE_MS:
            broken.append(page)
    if broken:
        print(f"out of bounds: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


def _pages(folder: Path, firms: int) -> dict[str, tuple[float, int]]:
    """Page -> median CPU milliseconds and statements, in a database of so many firms."""
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / 'app.db'}"
    engine = make_engine(url)
    schema.upgrade(engine)
    cast.take_the_stage(engine)
    officer = cast.actor("officer@amber.example")
    mine = [FirmToMake(f"Mine {n:04}", (55.0, 60.0 + n % 30)) for n in range(PORTFOLIO)]
    make_firms(engine, mine, person_id=officer.person_id)
    make_firms(engine, [FirmToMake(f"Other {n:05}", (50.0 + n % 40,)) for n in range(firms)])
    engine.dispose()
    app = create_app(
        Settings(
            mode="demo",
            database_url=url,
            secret_key="a secret for the benchmark alone, 32+ letters",
            data_dir=folder,
            base_url="http://localhost",
            embedded_jobs=False,
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"email": "officer@amber.example", "password": cast.PASSWORD})
    found = {
        page: _measured(client, app.extensions["engine"], page) for page in ("/portfolio", *PAGES)
    }
    app.extensions["engine"].dispose()
    return found


def _measured(client: FlaskClient, engine: Engine, page: str) -> tuple[float, int]:
    statements: list[object] = []

    def note(*_arguments: object) -> None:
        statements.append(None)

    assert client.get(page).status_code == 200, page
    event.listen(engine, "before_cursor_execute", note)
    client.get(page)
    event.remove(engine, "before_cursor_execute", note)
    times = [_cpu_ms(lambda: client.get(page)) for _ in range(ROUNDS)]
    return statistics.median(times), len(statements)


def _cpu_ms(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return (time.process_time() - begun) * 1000


if __name__ == "__main__":
    sys.exit(main())
