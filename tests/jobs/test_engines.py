"""The engines outlive what goes wrong in one round, and clear away what killed programs left."""

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from compliance.children import SCRATCH
from compliance.clock import now as present
from compliance.database import firm_session
from compliance.evidence import EvidenceItem, Store
from compliance.jobs import claim_next, finish
from compliance.settings import Settings
from compliance.worker import embedded, housekeeping, leftovers
from compliance.worker.faults import told
from tests.jobs.test_claims import OFFICER, ask

MINUTE, HOUR_S = 60.0, 3600.0


def test_the_embedded_engine_goes_on_after_an_unexpected_fault(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []

    def faulty(_engine: Engine, _settings: Settings) -> bool:
        rounds.append(len(rounds))
        if len(rounds) < 3:
            raise RuntimeError("something nobody thought of")
        raise KeyboardInterrupt  # ends the endless loop for this test

    monkeypatch.setattr(embedded, "run_one", faulty)
    monkeypatch.setattr(embedded, "POLL_S", 0)

    with pytest.raises(KeyboardInterrupt):
        embedded._run(engine, settings)

    assert len(rounds) == 3


def test_a_duty_that_fails_does_not_hold_up_the_others(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def fails(*_: object, **__: object) -> int:
        raise ValueError("a mail that can't be encoded")

    def notes(*_: object, **__: object) -> int:
        done.append("swept")
        return 0

    monkeypatch.setattr(housekeeping.mail, "deliver", fails)
    monkeypatch.setattr(housekeeping, "sweep_leftovers", notes)

    housekeeping.keep_house(engine, settings, now=present())

    assert done == ["swept"]


def test_a_logged_fault_tells_its_place_and_no_text() -> None:
    try:
        raise ValueError("CANARY-91c")
    except ValueError as error:
        said = told(error)

    assert said["error"] == "ValueError"
    assert said["place"].startswith("test_engines.py:")
    assert "CANARY" not in str(said)


@pytest.fixture(autouse=True)
def fresh_memory() -> None:
    leftovers._seen.clear()
    leftovers._looked.clear()


def old(path: Path, content: bytes = b"x") -> Path:
    """A file that was written two hours ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    then = present().timestamp() - 2 * HOUR_S
    os.utime(path, (then, then))
    return path


def sweep_twice(engine: Engine, settings: Settings, *, ahead: timedelta = timedelta(0)) -> int:
    """As the first two rounds after a start do; the second finds what lay there at the first."""
    first = leftovers.sweep_leftovers(engine, settings, now=present() + ahead, clock=0.0)
    assert first == 0
    later = leftovers.EVERY_S + 1
    return leftovers.sweep_leftovers(engine, settings, now=present() + ahead, clock=later)


def test_what_killed_programs_left_is_swept_after_an_hour(
    engine: Engine, settings: Settings
) -> None:
    firm, data = str(OFFICER.firm_id), settings.data_dir
    half = [
        old(data / "evidence" / firm / "ab" / "tmpx.partial"),
        old(data / "reports" / firm / "report-1-1.partial"),
        old(data / "reports" / "portfolios" / "report-2-1.partial"),
    ]
    orphans = [
        old(data / "reports" / firm / "report-00000000-0000-0000-0000-000000000001-1"),
        old(data / "evidence" / firm / "ab" / ("ab" * 32)),
    ]

    swept = sweep_twice(engine, settings)

    assert swept == 5
    assert [path for path in (*half, *orphans) if path.exists()] == []


def test_temporary_folders_of_killed_children_are_swept_too(
    engine: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, young, other = (tmp_path / name for name in (f"{SCRATCH}1", f"{SCRATCH}2", "theirs"))
    for folder in (dead, young, other):
        old(folder / "typefaces" / "serif")
    for folder in (dead, other):
        os.utime(folder, (0, 0))

    assert sweep_twice(engine, settings) == 1
    assert [folder.exists() for folder in (dead, young, other)] == [False, True, True]


def test_what_has_a_row_or_is_no_leftover_stays(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    firm, data = str(OFFICER.firm_id), settings.data_dir
    store = Store.of_firm(data, OFFICER.firm_id)
    digest = store.keep(b"evidence with a row")
    old(store.path(digest), b"evidence with a row")
    with firm_session(engine, OFFICER.firm_id) as session:
        session.add(EvidenceItem(title="x", sha256=digest, created_at=now, created_by_name="x"))
    done, running = ask(engine, now, "done"), ask(engine, now, "running")
    for job_id, result in ((done, {"file": f"report-{done}-1"}), (running, None)):
        claim = claim_next(engine, now=now, job_id=job_id)
        assert claim is not None
        if result:
            finish(engine, claim, result, now=now)
    kept = [
        store.path(digest),
        old(data / "reports" / firm / f"report-{done}-1"),
        old(data / "reports" / firm / f"report-{running}-1"),
        old(data / "reports" / firm / "put here by hand"),
        old(data / "app.db.partial"),
    ]

    assert sweep_twice(engine, settings) == 0
    assert [path for path in kept if not path.exists()] == []


def test_a_fresh_file_stays_though_its_row_is_not_there_yet(
    engine: Engine, settings: Settings
) -> None:
    store = Store.of_firm(settings.data_dir, OFFICER.firm_id)
    digest = store.keep(b"just uploaded")

    assert sweep_twice(engine, settings) == 0
    assert store.path(digest).exists()


def test_a_clock_that_leapt_ahead_takes_no_upload_on_its_way(
    engine: Engine, settings: Settings
) -> None:
    store = Store.of_firm(settings.data_dir, OFFICER.firm_id)
    digest = store.keep(b"just uploaded")
    day_ahead = present() + timedelta(days=1)

    leftovers.sweep_leftovers(engine, settings, now=day_ahead, clock=0.0)

    assert store.path(digest).exists()


def test_an_orphan_that_is_uploaded_again_is_young_again(
    engine: Engine, settings: Settings
) -> None:
    store = Store.of_firm(settings.data_dir, OFFICER.firm_id)
    digest = store.keep(b"again")
    old(store.path(digest), b"again")
    leftovers.sweep_leftovers(engine, settings, now=present(), clock=0.0)

    store.keep(b"again")

    later = leftovers.EVERY_S + MINUTE
    assert leftovers.sweep_leftovers(engine, settings, now=present(), clock=later) == 0
    assert store.path(digest).exists()
