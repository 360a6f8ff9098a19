"""Programs of our own that run in a process apart: the only place that says what they inherit.

A child reads files of strangers or sets pages with their words in them, so it is handed none of the
server's secrets: neither SECRET_KEY nor the database's password.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

ROOT = Path(__file__).parents[1]
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
SCRATCH = "self-assessment-child-"


def bare_environment(*also: str) -> dict[str, str]:
    """What every program needs of this process's environment, and the variables named."""
    kept = {key: os.environ[key] for key in (*INHERITED, *also) if key in os.environ}
    return {**kept, "TZ": "UTC", "PYTHONHASHSEED": "0"}


@contextmanager
def child_environment(*also: str) -> Iterator[dict[str, str]]:
    """The same with a temporary folder of the child's own, which goes when the child has ended.

    A child that is killed can't clear up: the typesetter leaves nine megabytes of typefaces.
    """
    with TemporaryDirectory(prefix=SCRATCH, ignore_cleanup_errors=True) as folder:
        yield {**bare_environment(*also), "TMPDIR": folder}


def scratch_folders() -> Iterator[Path]:
    """Temporary folders of children: of those at work, and of those whose parents were killed."""
    return Path(gettempdir()).glob(f"{SCRATCH}*")


def run_child(
    module: str, content: bytes, *, timeout_s: float
) -> "subprocess.CompletedProcess[bytes]":
    """Run a module of ours with content on its standard input.

    Raises subprocess.TimeoutExpired once the child was killed for being late.
    """
    with child_environment() as environment:
        return subprocess.run(  # noqa: S603  # a module of our own
            [sys.executable, "-m", module],
            input=content,
            capture_output=True,
            cwd=ROOT,
            env=environment,
            timeout=timeout_s,
            check=False,
        )
