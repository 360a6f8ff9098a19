"""Uploads that break off, over raw sockets: no row without file, no file without row, no harm."""

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

import pytest

from tests.support.saving import Browser
from tests.support.serving import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
BOUNDARY = "----half"
FILE = b"A contract, as plain text.\n" * 3000


def body(browser: Browser) -> bytes:
    parts = [("csrf_token", "", browser.token.encode()), ("title", "", b"Half a file"),
             ("files", '; filename="half.txt"', FILE)]  # fmt: skip
    return (
        b"".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
            + content
            + b"\r\n"
            for name, more, content in parts
        )
        + f"--{BOUNDARY}--\r\n".encode()
    )


def send(server: Server, browser: Browser, path: str, length: int, sent: bytes) -> bytes:
    """What the server says to a client that sends this much and then no more."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookies}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {length}\r\nConnection: close\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head + sent)
        if len(sent) < length:
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def status_of(answer: bytes) -> int:
    """0 where the server hung up on who had hung up."""
    return int(answer.split(b" ", 2)[1]) if answer else 0


def kept(server: Server) -> tuple[int, int]:
    """Rows of files, and files."""
    with closing(sqlite3.connect(server.folder / "app.db")) as connection:
        (rows,) = connection.execute(
            "SELECT count(*) FROM evidence_items WHERE sha256 IS NOT NULL"
        ).fetchone()
    files = [path for path in (server.folder / "evidence").rglob("*") if path.is_file()]
    return rows, len(files)


@pytest.fixture
def upload(own_server: Server) -> Callable[[float, int], int]:
    """`upload(share, more)`: send a share of the body and say that it is longer by some bytes."""
    browser = Browser(own_server.url, "exporter@demo.example", "demo-password-1")
    browser.close()
    with closing(sqlite3.connect(own_server.folder / "app.db")) as connection:
        (assessment,) = connection.execute(
            "SELECT id FROM assessments WHERE state = 'draft' ORDER BY as_of DESC LIMIT 1"
        ).fetchone()
    path = f"/assessments/{UUID(assessment)}/questions/LIC-01/evidence"
    whole = body(browser)

    def sent(share: float, more: int) -> int:
        part = whole[: int(len(whole) * share)]
        return status_of(send(own_server, browser, path, len(whole) + more, part))

    return sent


def test_an_upload_that_breaks_off_leaves_nothing(
    own_server: Server, upload: Callable[[float, int], int]
) -> None:
    before = kept(own_server)

    said = [upload(share, 0) for share in (0.0, 0.01, 0.5, 0.999)]
    longer_than_sent = upload(1.0, 100)
    shorter_than_sent = upload(1.0, -5000)

    assert {*said, longer_than_sent} <= {0, 400}
    assert 400 <= shorter_than_sent < 500
    assert kept(own_server) == before
    assert upload(1.0, 0) == 302
    rows, files = kept(own_server)
    assert (rows, files) == (before[0] + 1, before[1] + 1)


def test_a_restore_is_refused_while_the_server_runs_and_works_after_its_end(
    own_server: Server,
) -> None:
    archive = own_server.folder.parent / "whole.ecl"
    assert own_server.flask("backup", "create", str(archive)).returncode == 0

    refused = own_server.flask("backup", "restore", "--replace", str(archive))

    assert refused.returncode == 2
    assert "stop it before restoring" in refused.stderr
    assert own_server.answers()
    own_server.kill()
    done = own_server.flask("backup", "restore", "--replace", str(archive))
    assert (done.returncode, done.stderr) == (0, "")
    own_server.start()
    assert own_server.answers()
