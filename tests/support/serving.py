"""The real server, started as script/server starts it, on a data folder of its own."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from compliance.settings import ROOT

BIN = ROOT / ".venv" / "bin"
START_S = 30


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One installation: its database and data folder outlive its stops and starts."""

    def __init__(self, folder: Path, *, workers: int = 1, **environ: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.workers = workers
        self.environ: Mapping[str, str] = {
            **os.environ,
            "APP_MODE": "demo",
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "SECRET_KEY": "a secret for the tests alone, 32+ characters",
            "MALLOC_ARENA_MAX": "2",
            "MALLOC_MMAP_THRESHOLD_": "524288",
            "MALLOC_TRIM_THRESHOLD_": "524288",
            **environ,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours on this installation."""
        return subprocess.run(
            [BIN / "flask", *arguments],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def prepare(self) -> None:
        """Migrate the database and seed the demo, as script/server does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for arguments in (("database", "upgrade"), ("demo", "seed")):
            done = self.flask(*arguments)
            assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start and wait until it answers; the log says why when it does not."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(str(BIN / "granian"), "--interface", "wsgi", "--no-ws"),
                    *("--host", "127.0.0.1", "--port", str(self.port)),
                    *(
                        "--workers",
                        str(self.workers),
                        "--backlog",
                        "2048",
                        "--blocking-threads",
                        "512",
                    ),
                    *(
                        "--workers-kill-timeout",
                        "3",
                        "--log-level",
                        "error",
                        "compliance.web.serving:app",
                    ),
                ],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        give_up = time.monotonic() + START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > give_up:
                self.kill()
                raise AssertionError(f"the server did not start:\n{self.log}")
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End it as a deployment would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would: all its processes at once."""
        self._end(signal.SIGKILL)

    def _end(self, sign: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            except ProcessLookupError:
                self.process.wait()
        self.process = None


@contextmanager
def serving(folder: Path, *, workers: int = 1, **environ: str) -> Iterator[Server]:
    """A prepared and running server, stopped at the end."""
    server = Server(folder, workers=workers, **environ)
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        server.stop()
