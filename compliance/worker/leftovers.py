"""Files that a killed program left behind: half-written ones, reports and evidence without a row.

A file goes once it is an hour old and was seen by this process a minute before: a clock that leaps
ahead makes every file look old, but the upload that it belongs to has its row by then.
"""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Engine, select

from compliance.children import scratch_folders
from compliance.database import all_firms_reading, firm_reading, shared_reading
from compliance.evidence import Store, evidence_of_firm
from compliance.identity import Firm
from compliance.jobs import LIVE_STATES, Job
from compliance.settings import Settings

log = structlog.get_logger()
AGE = timedelta(hours=1)
SEEN_S = 60.0
EVERY_S = 300.0
HALF_WRITTEN = "*.partial"
FOLDERS = ("evidence", "reports", "list-uploads")
_seen: dict[Path, float] = {}  # file -> when this process first found it without an owner
_looked: dict[Path, float] = {}  # data folder -> when this process last looked


def sweep_leftovers(
    engine: Engine, settings: Settings, *, now: datetime, clock: float | None = None
) -> int:
    """Look every five minutes, delete what has lain for an hour; returns how many things went.

    `clock` is a monotonic time in seconds.
    """
    clock = time.monotonic() if clock is None else clock
    last = _looked.get(settings.data_dir)
    if last is not None and clock - last < EVERY_S:
        return 0
    _looked[settings.data_dir] = clock
    found = set(_leftovers(engine, settings.data_dir))
    for gone in _seen.keys() - found:
        del _seen[gone]
    return sum(_delete(path, now, clock) for path in found)


def _delete(path: Path, now: datetime, clock: float) -> bool:
    if clock - _seen.setdefault(path, clock) < SEEN_S:
        return False
    try:
        if path.stat().st_mtime > (now - AGE).timestamp():
            return False
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    except FileNotFoundError:
        return False
    del _seen[path]
    log.info("leftover_deleted", path=str(path))
    return True


def _leftovers(engine: Engine, data_dir: Path) -> Iterator[Path]:
    """Files that belong to nobody at this moment. Rows are read after the folders were listed."""
    for name in FOLDERS:
        yield from (data_dir / name).rglob(HALF_WRITTEN)
    yield from _reports_without_job(engine, data_dir)
    yield from scratch_folders()
    with shared_reading(engine) as session:
        firms = session.scalars(select(Firm.id)).all()
    for firm_id in firms:
        store = Store.of_firm(data_dir, firm_id)
        files = list(store.files())
        if files:
            with firm_reading(engine, firm_id) as session:
                wanted = {item.sha256 for item in evidence_of_firm(session)}
            yield from (file for file in files if file.name not in wanted)


def _reports_without_job(engine: Engine, data_dir: Path) -> Iterator[Path]:
    """Reports that no job holds or is making: its worker died between the file and the row."""
    made = list((data_dir / "reports").glob("*/report-*"))
    if not made:
        return
    with all_firms_reading(engine, reason="look for reports without a job") as session:
        rows = session.execute(select(Job.id, Job.state, Job.attempts, Job.result)).all()
    wanted = {f"report-{row.id}-{row.attempts}" for row in rows if row.state in LIVE_STATES}
    wanted |= {str(row.result["file"]) for row in rows if row.result and "file" in row.result}
    yield from (path for path in made if path.name not in wanted)
