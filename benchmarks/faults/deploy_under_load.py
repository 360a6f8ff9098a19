"""The server is ended by SIGTERM and started again while eight people save (reliability R13).

    .venv/bin/python -m benchmarks.faults.deploy_under_load [--times 5]

Each time one request is half-way when the signal comes: the rest of its body follows a second
later, and it must be answered. Prints how long the ends took, how many saves had to be sent again,
and everything lost or half-written.
"""

import argparse
import json
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.faults.kill_during_saves import writers_on
from tests.support.saving import losses, run_together
from tests.support.serving import Server, serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    ends: list[float] = []
    answered: list[bool] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "deploys", workers=2) as server,
    ):
        writers = writers_on(server)
        over = threading.Event()

        def deploy_now_and_then() -> None:
            try:
                for _ in range(times):
                    time.sleep(2)
                    _deploy(server, ends, answered)
                time.sleep(2)
            finally:
                over.set()

        deployer = threading.Thread(target=deploy_now_and_then)
        deployer.start()
        run_together(writers, over.is_set)
        deployer.join()
        found = losses(server.folder / "app.db", writers)
    saved = sum(writer.saves for writer in writers)
    broken_off = sum(writer.broken_off for writer in writers)
    print(f"saves sent {saved}, without an answer and sent again {broken_off}, failed 0")
    print(f"SIGTERM to end at most {max(ends):.1f} s; half-way requests answered {answered}")
    print(*(found or ["lost or half-written: nothing"]), sep="\n")


def _deploy(server: Server, ends: list[float], answered: list[bool]) -> None:
    body = json.dumps({"email": "nobody@demo.example"}).encode()
    head = (
        f"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as half_way:
        half_way.sendall(head + body[:5])
        time.sleep(0.2)
        begun = time.monotonic()
        process = server.process
        if process is None:
            raise RuntimeError("the server does not run")
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        try:
            half_way.sendall(body[5:])
            answered.append(half_way.recv(100).startswith(b"HTTP/1.1 4"))
        except OSError:
            answered.append(False)
    process.wait(timeout=60)
    ends.append(time.monotonic() - begun)
    server.start()


if __name__ == "__main__":
    main()
