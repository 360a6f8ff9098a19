"""A migration killed at any share of its statements leaves the old schema whole, and runs again."""

import signal
import subprocess
import sys

import pytest
from sqlalchemy import Engine

from compliance.database import schema
from compliance.settings import ROOT
from tests.architecture.test_migrations import counts

OLD = "0003"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def migrate(engine: Engine, deadly: int) -> "subprocess.CompletedProcess[str]":
    url = engine.url.render_as_string(hide_password=False)
    return subprocess.run(
        [sys.executable, "-m", "tests.support.killed_migration", url, str(deadly)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_killed_migration_changes_nothing_and_runs_again(each_engine: Engine) -> None:
    schema.downgrade(each_engine, OLD)
    before = counts(each_engine)
    each_engine.dispose()
    whole = migrate(each_engine, deadly=0)
    assert whole.returncode == 0, whole.stderr
    statements = int(whole.stdout.splitlines()[-1])
    schema.downgrade(each_engine, OLD)
    each_engine.dispose()

    for percent in (5, 25, 50, 75, 99):
        killed = migrate(each_engine, deadly=max(1, statements * percent // 100))

        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert schema.current_revision(each_engine) == OLD, percent
        assert counts(each_engine) == before
        each_engine.dispose()

    assert migrate(each_engine, deadly=0).returncode == 0
    assert schema.current_revision(each_engine) == schema.needed_revision()
    assert {name: counts(each_engine)[name] for name in before} == before
