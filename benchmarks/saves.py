"""Saves a second beside a null endpoint, at 1, 8 and 32 clients, on one server in one run.

    .venv/bin/python -m benchmarks.saves [--seconds 5] [--workers 2] [--database URL]

Each client saves its own answer as fast as it is acknowledged; then the same clients ask for
/healthz. Prints requests a second, the 95th percentile of waiting, server CPU a request, and the
ratio of the two rates. `--database` names an empty PostgreSQL database; SQLite is the default.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from benchmarks.load import answers_in
from tests.support.saving import Browser
from tests.support.serving import Server, serving

CLIENTS = (1, 8, 32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database")
    wish = parser.parse_args()
    environ = {"DATABASE_URL": wish.database} if wish.database else {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "saves"
        with serving(data, workers=wish.workers, **environ) as server:
            url = wish.database or f"sqlite:///{data / 'app.db'}"
            rows = answers_in(url.replace("postgresql://", "postgresql+psycopg://"))
            browsers = [
                Browser(server.url, "exporter@demo.example", "demo-password-1")
                for _ in range(max(CLIENTS))
            ]
            print("clients  saves/s  p95 ms  CPU ms   null/s  p95 ms  CPU ms   ratio")
            versions = [version for *_, version in rows]
            for clients in CLIENTS:
                saved = _run(server, clients, wish.seconds, _saver(browsers, rows, versions))
                null = _run(server, clients, wish.seconds, _asker(browsers))
                print(f"{clients:7}  {_row(saved)}   {_row(null)}   {saved[0] / null[0]:5.2f}")


def _saver(
    browsers: list[Browser], rows: list[tuple[str, str, int]], versions: list[int]
) -> Callable[[int, int], None]:
    def save(client: int, turn: int) -> None:
        assessment, question, _ = rows[client]
        answer = {"value": turn % 5, "comment": f"{'x' * 120} {turn} {time.monotonic_ns()}"}
        status, told = browsers[client].save(assessment, question, versions[client], answer)
        if status != 200:
            raise RuntimeError(f"{question}: {status} {told}")
        versions[client] = int(str(told["version"]))

    return save


def _asker(browsers: list[Browser]) -> Callable[[int, int], None]:
    def ask(client: int, _turn: int) -> None:
        status, _, _ = browsers[client].call("GET", "/healthz")
        if status != 200:
            raise RuntimeError(f"/healthz: {status}")

    return ask


def _run(
    server: Server, clients: int, seconds: float, once: Callable[[int, int], None]
) -> tuple[float, float, float]:
    """Requests a second, 95th percentile in ms, server CPU a request in ms."""
    waits: list[float] = []
    until = time.monotonic() + seconds

    def work(client: int) -> None:
        turn = 0
        while time.monotonic() < until:
            begun = time.perf_counter()
            once(client, turn)
            waits.append((time.perf_counter() - begun) * 1000)
            turn += 1

    before = _cpu_s(server)
    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits.sort()
    cpu_ms = (_cpu_s(server) - before) / len(waits) * 1000
    return len(waits) / seconds, waits[int(len(waits) * 0.95)], cpu_ms


def _cpu_s(server: Server) -> float:
    if server.process is None:
        return 0.0
    times = [p.cpu_times() for p in psutil.Process(server.process.pid).children(recursive=True)]
    return sum(t.user + t.system for t in times)


def _row(figures: tuple[float, float, float]) -> str:
    rate, p95, cpu = figures
    return f"{rate:7.0f} {p95:7.0f} {cpu:7.2f}"


if __name__ == "__main__":
    main()
