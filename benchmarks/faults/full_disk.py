"""A disk that is really full (reliability R4). As root: it mounts a small file system of its own.

    .venv/bin/python -m benchmarks.faults.full_disk [--megabytes 80] [--saves 100]

Fills the disk to the last byte, saves, reads, uploads, asks for a report; frees it and saves again.
Prints how each was answered and what SQLite says of the file.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.faults.kill_during_saves import writers_on
from benchmarks.load import SECTION
from tests.support.saving import Browser, Writer, losses
from tests.support.serving import Server, serving


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", name], check=True
        )
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all that is left."""
    filler = folder / "filler"
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for size in (1024 * 1024, 4096, 1):
            while True:
                try:
                    os.write(descriptor, b"x" * size)
                except OSError:
                    break
    finally:
        os.close(descriptor)
    return filler


def save_often(writer: Writer, times: int) -> Counter[str]:
    """How saves were answered; what was refused must not have changed anything."""
    said: Counter[str] = Counter()
    for _ in range(times):
        answer = {"value": writer.saves % 5, "comment": f"save {writer.saves} " + "x" * 2000}
        writer.saves += 1
        status, told = writer.browser.save(
            writer.assessment_id, writer.question_id, writer.version, answer
        )
        said[f"{status} {told.get('error', '')}"] += 1
        if status == 200:
            writer.version = int(str(told["version"]))
            writer.acknowledged = str(answer["comment"])
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=80)
    parser.add_argument("--saves", type=int, default=100)
    wish = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("full_disk: only root may mount a file system")
    with small_disk(wish.megabytes) as disk, serving(disk / "data", workers=2) as server:
        writer = writers_on(server)[0]
        print("before:", dict(save_often(writer, 5)))
        filler = fill(disk)
        print("full, saves:", dict(save_often(writer, wish.saves)))
        writer.browser.close()
        print("full, pages:", dict(_read(writer)))
        print("full, another minute later:", dict(_read_later(writer)))
        print("full, sign-in:", _sign_in(server))
        filler.unlink()
        print("free again, saves:", dict(save_often(writer, wish.saves)))
        with closing(sqlite3.connect(server.folder / "app.db")) as connection:
            print("integrity_check:", connection.execute("PRAGMA integrity_check").fetchone()[0])
        print(*(losses(server.folder / "app.db", [writer]) or ["lost: nothing"]), sep="\n")


def _read(writer: Writer) -> Counter[int]:
    pages = ("/", "/assessments", SECTION.format(writer.assessment_id), "/evidence", "/healthz")
    return Counter(writer.browser.call("GET", page)[0] for page in pages)


def _read_later(writer: Writer) -> Counter[int]:
    """By then the login wants to note that it is in use."""
    writer.browser.close()  # the server hangs up on who is idle
    time.sleep(61)
    return Counter(writer.browser.call("GET", "/assessments")[0] for _ in range(3))


def _sign_in(server: Server) -> str:
    try:
        Browser(server.url, "officer@demo.example", "demo-password-1")
    except RuntimeError as refused:
        return str(refused)
    return "worked"


if __name__ == "__main__":
    main()
