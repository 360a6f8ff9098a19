"""Programs of our own that run apart are handed none of the server's secrets."""

import ast
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from compliance.children import ROOT, bare_environment, child_environment, run_child

SECRETS = ("SECRET_KEY", "DATABASE_URL", "SMTP_URL", "OIDC_CLIENT_SECRET", "METRICS_TOKEN",
           "REDIS_URL", "BACKUP_PASSPHRASE", "SIGNING_PASSPHRASE")  # fmt: skip
STARTERS = {"run", "Popen", "call", "check_call", "check_output"}


def test_a_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "CANARY-91c")

    done = run_child("tests.support.tell_environment", b"", timeout_s=60)

    assert done.returncode == 0, done.stderr
    assert b"PATH=" in done.stdout
    assert b"CANARY-91c" not in done.stdout


def test_only_what_is_named_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNING_PASSPHRASE", "CANARY-91c")

    assert "SIGNING_PASSPHRASE" not in bare_environment()
    assert bare_environment("SIGNING_PASSPHRASE")["SIGNING_PASSPHRASE"] == "CANARY-91c"


def test_a_childs_temporary_folder_goes_with_it_however_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with child_environment() as environment:
        litter = "import os, tempfile; tempfile.mkdtemp(); os.kill(os.getpid(), 9)"
        done = subprocess.run([sys.executable, "-c", litter], env=environment, check=False)
        left = [*Path(environment["TMPDIR"]).iterdir()]

    assert done.returncode == -signal.SIGKILL
    assert len(left) == 1
    assert list(tmp_path.iterdir()) == []


def test_every_program_is_started_with_an_environment_of_its_own() -> None:
    """Without `env` a program inherits everything."""
    bare = []
    for path in sorted((ROOT / "compliance").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            starts = isinstance(owner, ast.Name) and owner.id == "subprocess"
            named = {keyword.arg for keyword in node.keywords}
            if starts and node.func.attr in STARTERS and "env" not in named:
                bare.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert bare == []
