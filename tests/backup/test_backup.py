"""A backup made under load comes back whole, or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.engine import make_url

from compliance.audit import AuditEntry, head_hash, record, set_audit_key, verify
from compliance.backup import (
    BrokenArchiveError,
    NotEmptyError,
    create,
    delete_firm,
    export_firm,
    read_archive,
    restore,
    sealed_since,
)
from compliance.backup.ending import ENDING_BYTES, ending
from compliance.backup.occupancy import LOCK_FILE
from compliance.database import (
    SchemaError,
    all_firms_session,
    firm_reading,
    firm_session,
    make_engine,
    schema,
    shared_reading,
)
from compliance.identity import Firm, Person
from tests.support.cast import NOW, actor, firm_id
from tests.support.services import postgres_database

AMBER, BOREALIS = firm_id("amber"), firm_id("borealis")
OFFICER = actor("officer@amber.example")
CANARY = "CANARY-AMBER-91c"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with one file of evidence for each firm."""
    set_audit_key("a secret for the tests alone, 32+ characters")
    folder = tmp_path / "data"
    for owner, content in ((AMBER, CANARY), (BOREALIS, "other")):
        (folder / "evidence" / str(owner)).mkdir(parents=True)
        (folder / "evidence" / str(owner) / "ab12").write_text(content)
    (folder / "outbox").mkdir()
    (folder / "outbox" / "left.eml").write_text("not kept")
    return folder


@pytest.fixture
def empty(each_engine: Engine, tmp_path: Path) -> Iterator[Engine]:
    """A clean machine's database of the same kind."""
    if each_engine.dialect.name == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'clean' / 'app.db'}")
        yield engine
        engine.dispose()
    else:
        with postgres_database() as url:
            engine = make_engine(url)
            yield engine
            engine.dispose()


def files_in(folder: Path) -> list[Path]:
    """All files but the one that only carries a lock."""
    return [path for path in folder.rglob("*") if path.is_file() and path.name != LOCK_FILE]


def written(engine: Engine, number: int = 5) -> None:
    for count in range(number):
        with firm_session(engine, AMBER) as session:
            record(session, OFFICER, "tried", f"entry {count} 出口管制", now=NOW)


def contents(engine: Engine) -> dict[str, int]:
    with all_firms_session(engine, reason="test") as session:
        return {
            str(mapper): session.scalar(select(func.count()).select_from(mapper)) or 0
            for mapper in (Firm, Person, AuditEntry)
        }


@pytest.mark.parametrize("passphrase", [None, "三条大河 and one bell"])
def test_everything_comes_back_on_a_clean_machine(
    each_engine: Engine, empty: Engine, data_dir: Path, tmp_path: Path, passphrase: str | None
) -> None:
    written(each_engine)
    with firm_reading(each_engine, AMBER) as session:
        anchor = head_hash(session)

    archive = tmp_path / "backup.ecl"
    create(each_engine, data_dir, archive, passphrase=passphrase, now=NOW)
    restore(empty, tmp_path / "new", archive, passphrase=passphrase, replace=False)

    assert contents(empty) == contents(each_engine)
    with firm_reading(empty, AMBER) as session:
        assert verify(session, anchor) == []
    found = {path.relative_to(tmp_path / "new") for path in files_in(tmp_path / "new")}
    assert found == {Path("evidence", str(owner), "ab12") for owner in (AMBER, BOREALIS)}
    assert archive.stat().st_mode & 0o077 == 0
    assert (CANARY.encode() in archive.read_bytes()) is False


def test_a_backup_under_load_is_consistent(
    each_engine: Engine, empty: Engine, data_dir: Path, tmp_path: Path
) -> None:
    written(each_engine)
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            written(each_engine, 1)

    writer = threading.Thread(target=load)
    writer.start()
    try:
        create(each_engine, data_dir, tmp_path / "backup.ecl", passphrase=None, now=NOW)
    finally:
        stop.set()
        writer.join()
    restore(empty, tmp_path / "new", tmp_path / "backup.ecl", passphrase=None, replace=False)

    with firm_reading(empty, AMBER) as session:
        assert verify(session) == []
        assert head_hash(session)[0] >= 5


@pytest.fixture
def archive(sqlite_url: str, data_dir: Path, tmp_path: Path) -> Path:
    engine = make_engine(sqlite_url)
    written(engine)
    create(engine, data_dir, tmp_path / "whole.ecl", passphrase=None, now=NOW)
    create(engine, data_dir, tmp_path / "sealed.ecl", passphrase="right", now=NOW)
    engine.dispose()
    return tmp_path / "whole.ecl"


def refused(archive: Path, tmp_path: Path, passphrase: str | None = None) -> str:
    """The reason; nothing may have been written."""
    engine = make_engine(f"sqlite:///{tmp_path / 'target.db'}")
    with pytest.raises(BrokenArchiveError) as caught:
        restore(engine, tmp_path / "target", archive, passphrase=passphrase, replace=False)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    assert tables == []
    assert files_in(tmp_path / "target") == []
    return str(caught.value)


def offsets(size: int) -> list[int]:
    """Start, header, middle, what comes before the ending (padding), and the whole ending."""
    return sorted({*range(24), *range(64, size, max(1, size // 16)), *range(size - 120, size)})


KINDS = [("whole.ecl", None), ("sealed.ecl", "right")]


@pytest.mark.parametrize(("name", "passphrase"), KINDS)
def test_any_changed_bit_is_found_before_unpacking(
    archive: Path, tmp_path: Path, name: str, passphrase: str | None
) -> None:
    content = (tmp_path / name).read_bytes()
    for place in offsets(len(content)) if passphrase is None else offsets(len(content))[::8]:
        for bit in (0x01, 0x80) if passphrase is None else (0x01,):
            changed = bytearray(content)
            changed[place] ^= bit
            (tmp_path / "changed").write_bytes(changed)
            folder = tmp_path / "unpacked"
            folder.mkdir(exist_ok=True)

            with pytest.raises(BrokenArchiveError):
                read_archive(tmp_path / "changed", folder, passphrase)

            assert list(folder.iterdir()) == [], place


@pytest.mark.parametrize(("name", "passphrase"), KINDS)
def test_a_cut_or_lengthened_archive_is_refused_whole(
    archive: Path, tmp_path: Path, name: str, passphrase: str | None
) -> None:
    content = (tmp_path / name).read_bytes()
    half = len(content) // 2
    lengths = [0, 1, 11, 100, half, *(len(content) - cut for cut in (1, 32, 61, 62, 63, 1000))]
    others = [content[:length] for length in lengths]
    others += [content + more for more in (b"\0", b"\0" * 512, b"x", content[-62:], content)]
    others += [b"\0" + content, content[1:], content[:half] + content[half + 1 :]]

    for other in others:
        (tmp_path / "other").write_bytes(other)
        assert refused(tmp_path / "other", tmp_path, passphrase)


def test_an_archive_without_its_ending_is_refused_with_the_reason(
    archive: Path, tmp_path: Path
) -> None:
    """So were archives before endings: whole as tar and gzip, but nobody can tell."""
    (tmp_path / "older").write_bytes(archive.read_bytes()[:-ENDING_BYTES])

    assert "made by a version before endings" in refused(tmp_path / "older", tmp_path)


def test_other_programs_unpack_an_archive(archive: Path) -> None:
    done = subprocess.run(
        ["tar", "--list", "--gzip", "--file", archive], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "database.sqlite" in done.stdout.splitlines()


def test_a_wrong_or_missing_passphrase_is_refused(archive: Path, tmp_path: Path) -> None:
    assert "passphrase is wrong" in refused(tmp_path / "sealed.ecl", tmp_path, "wrong")
    assert "give its passphrase" in refused(tmp_path / "sealed.ecl", tmp_path)


def rebuilt(archive: Path, target: Path, **changes: bytes | None) -> Path:
    """The archive with members replaced and a right ending; its manifest is not adjusted."""
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            stream = old.extractfile(member)
            content = changes.pop(member.name, stream.read() if stream else b"")
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
        for name, content in changes.items():
            info = tarfile.TarInfo(name)
            info.size = len(content or b"")
            new.addfile(info, io.BytesIO(content or b""))
    content = target.read_bytes()
    target.write_bytes(content + ending(hashlib.sha256(content).digest()))
    return target


def test_a_file_that_was_exchanged_added_or_left_out_is_refused(
    archive: Path, tmp_path: Path
) -> None:
    evidence = f"data/evidence/{AMBER}/ab12"

    for changes in ({evidence: b"forged"}, {evidence: None}, {"data/evidence/x": b"y"},
                    {"data/../../x": b"y"}, {"manifest.json": None}, {"database.sqlite": b"x"},
                    {"manifest.json": b'{"format": "else", "format_version": 1}'}):  # fmt: skip
        assert refused(rebuilt(archive, tmp_path / "forged", **changes), tmp_path)


def test_a_broken_database_with_right_digests_is_refused(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    manifest["files"]["database.sqlite"] = hashlib.sha256(b"no database").hexdigest()

    forged = rebuilt(
        archive,
        tmp_path / "forged",
        **{"database.sqlite": b"no database", "manifest.json": json.dumps(manifest).encode()},
    )

    assert "database" in refused(forged, tmp_path)


def test_a_full_target_is_kept_unless_told_otherwise(
    archive: Path, sqlite_url: str, data_dir: Path
) -> None:
    engine = make_engine(sqlite_url)
    written(engine, 3)
    before = contents(engine)

    with pytest.raises(NotEmptyError):
        restore(engine, data_dir, archive, passphrase=None, replace=False)

    assert contents(engine) == before
    restore(engine, data_dir, archive, passphrase=None, replace=True)
    assert contents(engine) != before
    engine.dispose()


def test_an_older_archive_is_migrated_and_a_newer_one_refused(
    sqlite_url: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(sqlite_url)
    older = schema.known_revisions()[-2]
    schema.downgrade(engine, older)
    create(engine, data_dir, tmp_path / "older.ecl", passphrase=None, now=NOW)
    target = make_engine(f"sqlite:///{tmp_path / 'target.db'}")

    restore(target, tmp_path / "target", tmp_path / "older.ecl", passphrase=None, replace=False)

    assert schema.current_revision(target) == schema.needed_revision()
    monkeypatch.setattr(schema, "known_revisions", lambda: ["0001"])
    with pytest.raises(SchemaError, match="newer"):
        restore(target, tmp_path / "x", tmp_path / "older.ecl", passphrase=None, replace=True)
    engine.dispose()
    target.dispose()


def test_a_firms_archive_holds_its_own_and_nothing_of_others(
    each_engine: Engine, data_dir: Path, tmp_path: Path
) -> None:
    written(each_engine)

    export_firm(each_engine, AMBER, data_dir, tmp_path / "firm.ecl", passphrase=None, now=NOW)

    with tarfile.open(tmp_path / "firm.ecl") as tar:
        files = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
    assert len(files["tables/audit_entries.jsonl"].splitlines()) == 5
    assert len(files["tables/memberships.jsonl"].splitlines()) == 5
    assert files["files/evidence/ab12"].decode() == CANARY
    everything = b"".join(files.values()).lower()
    assert b"borealis" not in everything
    assert str(BOREALIS).encode() not in everything
    assert b"argon2" not in everything


def test_a_deleted_firm_leaves_nothing_behind(
    each_engine: Engine, data_dir: Path, tmp_path: Path
) -> None:
    written(each_engine)

    gone = delete_firm(each_engine, AMBER, data_dir)

    assert len(gone) == 5
    with shared_reading(each_engine) as session:
        assert session.scalars(select(Firm.reference)).all() == ["BOREALIS"]
        assert all("borealis" in email for email in session.scalars(select(Person.email)))
    create(each_engine, data_dir, tmp_path / "after.ecl", passphrase=None, now=NOW)
    with tarfile.open(tmp_path / "after.ecl") as tar:
        names = tar.getnames()
    assert not any(str(AMBER) in name for name in names)
    if each_engine.dialect.name == "sqlite":
        each_engine.dispose()
        raw = Path(str(make_url(str(each_engine.url)).database)).read_bytes()
        assert b"entry 4" not in raw


def test_young_sealed_assessments_are_counted(each_engine: Engine) -> None:
    assert sealed_since(each_engine, AMBER, NOW.date()) == 0
