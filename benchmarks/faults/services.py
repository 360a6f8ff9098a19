"""PostgreSQL and Redis of a benchmark's own, to be stopped and killed."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.support.serving import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Postgres:
    """A cluster in a folder; run by the user postgres where we are root, which it refuses."""

    def __init__(self, folder: Path) -> None:
        self.data, self.port = folder / "cluster", free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            owner = pwd.getpwnam(self._user)
            folder.chmod(0o755)
            self.data.mkdir()
            os.chown(self.data, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "--auth", "trust",
                  "--encoding", "UTF8")  # fmt: skip

    def start(self) -> None:
        """Start and wait until it answers, after its recovery where it was killed."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "-D", str(self.data), "-l", f"{self.data}/log", "-o", options,
                  "-w", "-t", "60", "start")  # fmt: skip

    def stop(self) -> None:
        """As an administrator stops it who doesn't wait for connections to end."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")

    def kill(self) -> None:
        """All its processes at once, with SIGKILL."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        found = subprocess.run(
            ["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False
        )
        for one in (pid, *map(int, found.stdout.split())):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.01)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [PROGRAMS[-1] / program, *arguments],
            user=self._user,
            cwd=self.data.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )


class Redis:
    """A Redis server that keeps nothing on disk, as in production."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server") or "redis-server"
        self.process = subprocess.Popen(
            [program, "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder),
             "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
