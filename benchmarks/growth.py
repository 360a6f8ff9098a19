"""Does a worker grow with the requests it answers?

    .venv/bin/python -m benchmarks.growth [--requests 20000] [--warm 2000]

One worker, four people who save and open pages. Prints its resident memory after the warm-up, at
each quarter, and the growth between.
"""

import argparse
import tempfile
import threading
from pathlib import Path

import psutil

from benchmarks.load import SECTION, answers_in
from tests.support.saving import Browser
from tests.support.serving import serving

PEOPLE, PAGE_EVERY = 4, 5


class Client:
    """One person; goes on where it was."""

    def __init__(self, url: str, assessment: str, question: str, version: int) -> None:
        self.browser = Browser(url, "exporter@demo.example", "demo-password-1")
        self.assessment, self.question, self.version = assessment, question, version
        self.turn = 0

    def work(self, requests: int) -> None:
        for _ in range(requests):
            self.turn += 1
            if self.turn % PAGE_EVERY == 0:
                self.browser.call("GET", SECTION.format(self.assessment))
                continue
            answer = {"value": self.turn % 5, "comment": f"turn {self.turn}"}
            _, told = self.browser.save(self.assessment, self.question, self.version, answer)
            self.version = int(str(told["version"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--warm", type=int, default=2_000)
    wish = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "growth", workers=1) as server,
    ):
        rows = answers_in(f"sqlite:///{server.folder / 'app.db'}")[:PEOPLE]
        clients = [Client(server.url, *row) for row in rows]
        pid = server.process.pid if server.process else 0
        sizes = []
        for number in (wish.warm, *[wish.requests // 4] * 4):
            threads = [
                threading.Thread(target=client.work, args=(number // PEOPLE,)) for client in clients
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            children = psutil.Process(pid).children(recursive=True)
            sizes.append(max(child.memory_info().rss for child in children) / 1e6)
            print(f"after {sum(client.turn for client in clients)} requests: {sizes[-1]:.1f} MB")
        print(f"growth after the warm-up {100 * (sizes[-1] / sizes[0] - 1):+.1f} %")


if __name__ == "__main__":
    main()
