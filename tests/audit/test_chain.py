"""The audit trail shows every way of tampering with it (security.md §4)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from compliance.audit import (
    head_hash,
    note_heads,
    read_anchors,
    record,
    set_audit_key,
    trail,
    verify,
)
from compliance.database import firm_reading, firm_session
from compliance.database.protection import unprotect
from tests.support.cast import NOW, actor, firm_id

AMBER, BOREALIS = firm_id("amber"), firm_id("borealis")
OFFICER = actor("officer@amber.example")


@pytest.fixture(autouse=True)
def _key() -> None:
    set_audit_key("a secret for the tests alone, 32+ characters")


@pytest.fixture
def written(each_engine: Engine) -> Engine:
    """Ten entries of Amber, one of Borealis."""
    for number in range(10):
        with firm_session(each_engine, AMBER) as session:
            record(
                session,
                OFFICER,
                "answer_saved",
                f"question SCP-{number:02}",
                now=NOW + timedelta(minutes=number),
                details={"version": number, "名": "值"},
                address="192.0.2.7",
            )
    with firm_session(each_engine, BOREALIS) as session:
        record(session, None, "started", "firm", now=NOW)
    return each_engine


def faults(engine: Engine, **more: object) -> list[str]:
    with firm_reading(engine, AMBER) as session:
        return verify(session, **more)  # type: ignore[arg-type]


def tamper(engine: Engine, *statements: str) -> None:
    """As someone who holds the database file would, triggers taken off."""
    with engine.begin() as connection:
        unprotect(connection)
        for statement in statements:
            execute(connection, statement)


def execute(connection: Connection, statement: str) -> None:
    ours = f"firm_id = '{AMBER if connection.dialect.name == 'postgresql' else AMBER.hex}'"
    connection.exec_driver_sql(statement.replace("OURS", ours))


def test_an_untouched_chain_is_whole(written: Engine) -> None:
    assert faults(written) == []
    with firm_reading(written, AMBER) as session:
        assert head_hash(session)[0] == 10
        assert faults(written, anchor=head_hash(session)) == []


@pytest.mark.parametrize(
    "change",
    [
        "person_name = 'Amber office'",
        "action = 'answer_read'",
        "subject = 'question SCP-99'",
        "address = '192.0.2.8'",
        "at = '2026-11-24 08:03:00.000001+00:00'",
        "person_id = NULL",
        'details = \'{"version": 3, "名": "価"}\'',
        "hash = substr(hash, 1, 63) || (CASE substr(hash, 64) WHEN '0' THEN '1' ELSE '0' END)",
    ],
)
def test_a_changed_byte_names_its_entry(written: Engine, change: str) -> None:
    tamper(written, f"UPDATE audit_entries SET {change} WHERE OURS AND seq = 4")

    assert "entry 4: altered" in faults(written)


def test_a_deleted_entry_names_the_gap(written: Engine) -> None:
    tamper(written, "DELETE FROM audit_entries WHERE OURS AND seq = 6")

    assert any(fault.startswith("entry 6: missing") for fault in faults(written))


def test_a_deletion_closed_by_renumbering_is_found(written: Engine) -> None:
    tamper(
        written,
        "DELETE FROM audit_entries WHERE OURS AND seq = 10",
        "UPDATE audit_entries SET seq = 9 + 20 WHERE OURS AND seq = 9",
        "UPDATE audit_entries SET seq = 10 WHERE OURS AND seq = 29",
    )

    assert faults(written)


def test_a_chain_cut_at_its_end_is_found_by_its_head(written: Engine) -> None:
    tamper(written, "DELETE FROM audit_entries WHERE OURS AND seq > 5")

    assert faults(written) == ["entry 10: the chain ends at 5, its head says 10"]


def test_a_chain_cut_together_with_its_head_is_found_by_the_anchor(written: Engine) -> None:
    with firm_reading(written, AMBER) as session:
        anchor = head_hash(session)

    tamper(
        written,
        "DELETE FROM audit_entries WHERE OURS AND seq > 5",
        "UPDATE audit_heads SET seq = 5, hash = "
        "(SELECT hash FROM audit_entries WHERE OURS AND seq = 5) WHERE OURS",
    )

    assert faults(written) == []
    assert faults(written, anchor=anchor) == ["entry 10: not the one that was anchored outside"]


def test_a_trail_deleted_altogether_is_found_by_the_anchor(written: Engine) -> None:
    with firm_reading(written, AMBER) as session:
        anchor = head_hash(session)

    tamper(written, "DELETE FROM audit_entries WHERE OURS", "DELETE FROM audit_heads WHERE OURS")

    assert faults(written, anchor=anchor)


def test_swapped_entries_are_found(written: Engine) -> None:
    tamper(
        written,
        "UPDATE audit_entries SET seq = 33 WHERE OURS AND seq = 3",
        "UPDATE audit_entries SET seq = 3 WHERE OURS AND seq = 4",
        "UPDATE audit_entries SET seq = 4 WHERE OURS AND seq = 33",
    )

    found = faults(written)
    assert "entry 3: altered" in found
    assert "entry 4: altered" in found


def test_an_inserted_entry_is_found(written: Engine) -> None:
    tamper(
        written,
        "UPDATE audit_entries SET seq = seq + 100 WHERE OURS AND seq > 5",
        "INSERT INTO audit_entries (id, seq, at, person_name, action, subject, details, prev_hash,"
        " hash, firm_id) SELECT '0123456789abcdef0123456789abcdef', 6, at, person_name, action,"
        " subject, details, hash, prev_hash, firm_id FROM audit_entries WHERE OURS AND seq = 5",
        "UPDATE audit_entries SET seq = seq - 99 WHERE OURS AND seq > 100",
    )

    assert "entry 6: altered" in faults(written)


def test_an_entry_moved_from_another_firm_is_found(written: Engine) -> None:
    tamper(
        written,
        "UPDATE audit_entries SET seq = 11, firm_id = (SELECT firm_id FROM audit_entries WHERE "
        "OURS LIMIT 1) WHERE NOT (OURS)",
    )

    assert "entry 11: altered" in faults(written)


def test_another_key_verifies_nothing(written: Engine) -> None:
    set_audit_key("somebody else's")

    assert len(faults(written)) >= 10


def test_a_name_can_not_begin_a_second_line(each_engine: Engine) -> None:
    with firm_session(each_engine, AMBER) as session:
        record(
            session, None, "tried", "a\r\nb\x1b[31m\u2028c\u202ed", now=NOW, details={"a": "b\nc"}
        )
        (entry,) = trail(session)

        assert entry.subject.isprintable()
    assert faults(each_engine) == []


def test_parallel_writers_make_one_chain(each_engine: Engine) -> None:
    each, writers = 60, 4
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(each):
                with firm_session(each_engine, AMBER) as session:
                    record(session, OFFICER, "tried", "at once", now=NOW)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert faults(each_engine) == []
    with firm_reading(each_engine, AMBER) as session:
        assert head_hash(session)[0] == each * writers


def test_two_entries_of_one_transaction_follow_each_other(each_engine: Engine) -> None:
    with firm_session(each_engine, AMBER) as session:
        record(session, OFFICER, "first", "x", now=NOW)
        record(session, OFFICER, "second", "x", now=NOW)

    assert faults(each_engine) == []


def test_order_is_by_number_when_the_clock_leaps_back(each_engine: Engine) -> None:
    for shift in (0, -86400, 3600):
        with firm_session(each_engine, AMBER) as session:
            record(session, OFFICER, "tried", "x", now=NOW + timedelta(seconds=shift))

    assert faults(each_engine) == []


@pytest.fixture
def anchor_file(tmp_path) -> Callable[[], object]:  # type: ignore[no-untyped-def]
    path = tmp_path / "heads.jsonl"
    note_heads(path, [(AMBER, 3, "abc"), (BOREALIS, 1, "def")], now=NOW)
    note_heads(path, [(AMBER, 5, "fed")], now=NOW)
    return path  # type: ignore[return-value]


def test_anchors_are_read_back_and_half_a_line_is_passed_over(anchor_file) -> None:  # type: ignore[no-untyped-def]
    with anchor_file.open("a") as stream:
        stream.write('{"at": "2026-')

    assert read_anchors(anchor_file)[AMBER] == [(3, "abc"), (5, "fed")]
    assert anchor_file.stat().st_mode & 0o077 == 0
