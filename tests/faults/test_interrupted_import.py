"""The import of a list killed at any share of its rows: the old version stays in use, alone."""

import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from compliance.database import shared_reading, shared_session
from compliance.screening import (
    ListKind,
    Source,
    import_parties,
    read_parties,
    stock_on,
)
from compliance.screening.models import ListEntry, ListVersion
from compliance.settings import ROOT
from tests.support.cast import NOW
from tests.support.slow_import import ROWS, content

OLD, NEW = "Oldname", "Newname"


def bring_in(engine: Engine, word: str, day: date) -> None:
    source = Source("W", ListKind.WATCH, day, content(word), "tester")
    with shared_session(engine) as session:
        import_parties(session, source, read_parties(source.content), now=NOW)


def names_in_use(engine: Engine) -> set[str]:
    """The words with which the names begin that are found by screening now."""
    with shared_reading(engine) as session:
        (in_use,) = session.scalars(
            select(ListVersion.id).where(ListVersion.code == "W", ListVersion.active)
        )  # exactly one version at any moment
        entries = session.scalars(
            select(ListEntry.name).where(ListEntry.version_id == in_use)
        ).all()
    assert len(entries) == ROWS
    return {name.split()[0] for name in entries}


def hits(engine: Engine) -> list[str]:
    """Which of an old and a new name screening finds."""
    with shared_reading(engine) as session:
        stock = stock_on(session, date(2026, 11, 24))
        return [
            word for word in (OLD, NEW) if stock.screen((f"{word} 7 Trading",)).verdict == "hit"
        ]


@pytest.mark.parametrize("percent", [0, 10, 50, 90, 99])
def test_a_killed_import_changes_nothing_and_can_be_done_again(
    each_engine: Engine, percent: int
) -> None:
    bring_in(each_engine, OLD, date(2026, 11, 1))
    url = each_engine.url.render_as_string(hide_password=False)

    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.slow_import", url, str(percent)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as importing:
        assert importing.stdout is not None
        assert importing.stdout.readline() == b"here\n"
        while_importing = (names_in_use(each_engine), hits(each_engine))
        importing.kill()

    assert while_importing == ({OLD}, [OLD])
    assert (names_in_use(each_engine), hits(each_engine)) == ({OLD}, [OLD])
    bring_in(each_engine, NEW, date(2026, 11, 2))
    assert (names_in_use(each_engine), hits(each_engine)) == ({NEW}, [NEW])
    with shared_reading(each_engine) as session:
        versions = session.scalar(select(func.count(ListVersion.id)).where(ListVersion.code == "W"))
        orphans = session.scalar(
            select(func.count(ListEntry.id)).where(
                ListEntry.version_id.not_in(select(ListVersion.id))
            )
        )
    assert (versions, orphans) == (2, 0)
