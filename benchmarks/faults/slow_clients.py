"""Hundreds of clients send a byte a second; what do the others wait? (reliability R12)

    .venv/bin/python -m benchmarks.faults.slow_clients [--slow 500] [--seconds 20]

Half of the slow ones send their headers slowly, half a body. Prints the waits of four people who
open pages and save, before and during.
"""

import argparse
import resource
import socket
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from benchmarks.load import SECTION, answers_in
from tests.support.saving import Browser
from tests.support.serving import serving

PEOPLE, PAUSE_S = 4, 0.2
HEAD = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    wish = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "slow", workers=2) as server,
    ):
        rows = answers_in(f"sqlite:///{server.folder / 'app.db'}")[:PEOPLE]
        people = [
            (Browser(server.url, "exporter@demo.example", "demo-password-1"), *row) for row in rows
        ]
        versions = [version for *_, version in rows]
        print("                p50     p95    errors")
        _told("alone", *_waits(people, versions, wish.seconds))
        over = threading.Event()
        crawling = threading.Thread(target=_crawl, args=(server.url, wish.slow, over))
        crawling.start()
        time.sleep(3)
        _told(f"{wish.slow} slow", *_waits(people, versions, wish.seconds))
        workers = psutil.Process(server.process.pid).children() if server.process else []
        print("memory of each worker", [f"{w.memory_info().rss / 1e6:.0f} MB" for w in workers])
        over.set()
        crawling.join()


def _crawl(url: str, number: int, over: threading.Event) -> None:
    """Open the connections and send one byte a second on each."""
    address = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
    slow = []
    for count in range(number):
        one = socket.create_connection(address)
        one.sendall(HEAD + (b"Content-Length: 4000\r\n\r\n{" if count % 2 else b"X-Slow: "))
        slow.append(one)
    while not over.wait(1):
        for one in list(slow):
            try:
                one.sendall(b"a")
            except OSError:  # the server gave up on it: another takes its place
                slow.remove(one)
                again = socket.create_connection(address)
                again.sendall(HEAD + b"X-Slow: ")
                slow.append(again)
    for one in slow:
        one.close()


def _waits(
    people: list[tuple[Browser, str, str, int]], versions: list[int], seconds: float
) -> tuple[list[float], int]:
    waits: list[float] = []
    errors = 0
    until = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < until:
        turn += 1
        for number, (browser, assessment, question, _) in enumerate(people):
            begun = time.perf_counter()
            if turn % 3:
                answer = {"value": turn % 5, "comment": f"turn {turn}"}
                status, told = browser.save(assessment, question, versions[number], answer)
                versions[number] = int(str(told.get("version", versions[number])))
            else:
                status, _, _ = browser.call("GET", SECTION.format(assessment))
            waits.append((time.perf_counter() - begun) * 1000)
            errors += status != 200
        time.sleep(PAUSE_S)
    return sorted(waits), errors


def _told(name: str, waits: list[float], errors: int) -> None:
    half, most = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    print(f"{name:12} {half:4.0f} ms {most:4.0f} ms  {errors:6}  ({len(waits)} requests)")


if __name__ == "__main__":
    main()
