"""The commands that a newcomer meets first: they say what is wrong, and repeat without harm."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from compliance.settings import ROOT
from tests.support.serving import free_port

START_S = 60


def run(script: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "script" / script, *arguments],
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def without_rights(tmp_path: Path) -> str:
    """A PATH on which nobody is root, sudo refuses, and no system package is installed."""
    for name, body in {
        "id": "echo 1000",
        "sudo": "exit 1",
        "dpkg-query": "exit 1",
        "apt-get": "echo apt-get was called >&2; exit 1",
    }.items():
        stand_in = tmp_path / name
        stand_in.write_text(f"#!/bin/sh\n{body}\n")
        stand_in.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


@contextmanager
def started(folder: Path, port: int) -> Iterator[str]:
    """script/server in mid-service; yields what it printed so far."""
    output = folder / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [ROOT / "script" / "server"],
            env={**os.environ, "DATA_DIR": str(folder / "data"), "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        give_up = time.monotonic() + START_S
        while not answers(port):
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < give_up, output.read_text()
            time.sleep(0.1)
        yield output.read_text()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
            return response.read().replace(b" ", b"").strip() == b'{"status":"ok"}'
    except OSError:
        return False


def test_set_up_repeats_in_silence() -> None:
    done = run("setup", "server")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_set_up_knows_its_two_kinds() -> None:
    done = run("setup", "everything")

    assert done.returncode == 2
    assert "server|test" in done.stderr


def test_missing_packages_are_named_where_they_may_not_be_installed(without_rights: str) -> None:
    done = run("setup", "server", PATH=without_rights)

    assert done.returncode == 1
    assert "neither root nor sudo" in done.stderr
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"):
        assert package in done.stderr
    assert "apt-get was called" not in done.stderr


@pytest.mark.parametrize("port", [" ", "http", "0", "65536", "-1", "80 80"])
def test_a_port_must_be_a_port(port: str) -> None:
    done = run("server", PORT=port)

    assert done.returncode == 1
    assert "it must be a number from 1 to 65535" in done.stderr


def test_a_port_in_use_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("server", PORT=str(port))

    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 is already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_that_is_not_ours_is_said() -> None:
    done = run("server", HOST="192.0.2.1", PORT=str(free_port()))

    assert done.returncode == 1
    assert "can't listen on 192.0.2.1" in done.stderr


@pytest.mark.slow
def test_the_server_starts_and_starts_again_on_the_same_data(tmp_path: Path) -> None:
    port = free_port()

    with started(tmp_path, port) as first:
        pass
    secret = (tmp_path / "data" / "secret").read_bytes()
    with started(tmp_path, port) as second:
        pass

    assert f"http://127.0.0.1:{port}" in first
    assert "exporter@demo.example" in first
    assert "demo-password-1" in first
    assert "already there" in second
    assert (tmp_path / "data" / "secret").read_bytes() == secret
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_server_that_stops_leaves_the_port_free(tmp_path: Path) -> None:
    port = free_port()

    with started(tmp_path, port):
        taken = run("server", PORT=str(port))

    assert "already in use" in taken.stderr
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@pytest.mark.parametrize("script", ["script/setup", "script/server", "script/test", ".ci/run"])
def test_scripts_are_sound_bash(script: str) -> None:
    done = subprocess.run(
        ["bash", "-n", ROOT / script], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
