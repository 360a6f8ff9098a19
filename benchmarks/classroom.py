"""A class of two hundred: the board's delay, the phones' polls, errors, processor time a poll.

    .venv/bin/python -m benchmarks.classroom [--people 200] [--seconds 60] [--workers 1]

Starts the real server, opens a class, lets everyone join, and then for the given time: each phone
asks for its state once a second with its ETag and answers now and then; a board asks once a second.
Told at the end: waiting times of polls and answers, how long an answer takes to be seen on the
board (p50, p95, worst), and errors. `--limit-ms` makes it fail above that p95.
"""

import argparse
import http.client
import json
import random
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tests.support.serving import Server, serving

FLAGS = ("RF-E07", "RF-E09", "RF-L01", "RF-L03")
STAGE = 2  # red flags
POLL_S = 1.0
ANSWER_EVERY_S = 20.0  # each person changes their mind about three times a minute


class Browser:
    """One connection that is kept, one cookie jar, no scripts."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def call(
        self, verb: str, path: str, form: Mapping[str, object] | None = None, **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        body = None
        if form is not None:
            body = urlencode(dict(form), doseq=True)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        for attempt in (1, 2):
            try:
                self.connection.request(verb, path, body, sent)
                answer = self.connection.getresponse()
                content = answer.read()
                break
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
                if attempt == 2:
                    raise
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, content, answer.headers

    def post(self, path: str, form: Mapping[str, object], page: str) -> http.client.HTTPMessage:
        """Fill in the form that stands on a page."""
        _status, content, _headers = self.call("GET", page)
        token = re.search(rb'name="csrf_token" value="([^"]+)"', content)
        assert token, page
        status, content, headers = self.call(
            "POST", path, {**form, "csrf_token": token[1].decode()}
        )
        assert status == 302, (path, status, content[:300])
        return headers


class Phone(Browser):
    """A participant."""

    def __init__(self, server: Server, code: str, number: int, teams: int) -> None:
        super().__init__(server)
        self.code = code
        form = {"name": f"Person {number}", "team": str(1 + number % teams)}
        self.post(f"/join/{code}", form, f"/join/{code}")
        self.etag = ""
        self.polls_ms: list[float] = []
        self.answers_ms: list[float] = []
        self.not_modified = 0
        self.errors: list[str] = []
        self.token = ""

    def ready(self) -> None:
        _status, content, _headers = self.call("GET", f"/join/{self.code}/room")
        found = re.search(rb'name="csrf_token" value="([^"]+)"', content)
        assert found
        self.token = found[1].decode()

    def run(self, until: float, chance: random.Random, sent: list[float]) -> None:
        time.sleep(chance.random() * POLL_S)
        while time.monotonic() < until:
            begun = time.perf_counter()
            try:
                self._poll()
                if chance.random() < POLL_S / ANSWER_EVERY_S:
                    self._answer(chance, sent)
            except OSError as error:
                self.errors.append(type(error).__name__)
            time.sleep(max(0.0, POLL_S - (time.perf_counter() - begun)))

    def _poll(self) -> None:
        begun = time.perf_counter()
        headers = {"If-None-Match": self.etag} if self.etag else {}
        status, _content, told = self.call("GET", f"/join/{self.code}/state", **headers)
        self.polls_ms.append((time.perf_counter() - begun) * 1000)
        if status == 304:
            self.not_modified += 1
        elif status == 200:
            self.etag = told.get("ETag", "")
        else:
            self.errors.append(f"poll {status}")

    def _answer(self, chance: random.Random, sent: list[float]) -> None:
        form = {
            "csrf_token": self.token,
            "stage": str(STAGE),
            "flags": chance.sample(FLAGS, chance.randint(1, 4)),
        }
        begun = time.perf_counter()
        path = f"/join/{self.code}/answer"
        status, _content, _told = self.call("POST", path, form, **{"X-Requested-With": "fetch"})
        self.answers_ms.append((time.perf_counter() - begun) * 1000)
        if status == 204:
            sent.append(time.monotonic())
        else:
            self.errors.append(f"answer {status}")


def watch(trainer: Browser, path: str, until: float, sent: list[float], seen: list[float]) -> None:
    """The wall: asks once a second; an answer is seen at the first look that carries its version.

    Every answer raises the version by one, so the number of answers that a look shows is the rise
    since the beginning.
    """
    _status, content, _headers = trainer.call("GET", f"{path}/state")
    first = json.loads(content)["v"]
    shown = 0
    while time.monotonic() < until:
        _status, content, _headers = trainer.call("GET", f"{path}/state")
        now, count = time.monotonic(), json.loads(content)["v"] - first
        seen.extend((now - one) * 1000 for one in sorted(sent)[shown:count])
        shown = max(shown, min(count, len(sent)))
        time.sleep(POLL_S)


def processor_s(server: Server) -> float:
    assert server.process is not None
    root = psutil.Process(server.process.pid)
    times = [one.cpu_times() for one in (root, *root.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def p95(figures: list[float]) -> float:
    return statistics.quantiles(figures, n=20)[-1] if len(figures) > 1 else 0.0


def told(name: str, figures: list[float]) -> str:
    if not figures:
        return f"{name:28} none"
    middle, worst = statistics.median(figures), max(figures)
    return (
        f"{name:28} {len(figures):6} · p50 {middle:7.1f} · p95 {p95(figures):7.1f} "
        f"· worst {worst:7.1f} ms"
    )


def measure(server: Server, people: int, seconds: float) -> tuple[float, int]:
    """Run the class; returns the board's p95 in ms and the number of errors."""
    trainer = Browser(server)
    form = {"email": "trainer@demo.example", "password": "demo-password-1"}
    trainer.post("/login", form, "/login")
    teams = max(1, min(40, people // 5))
    made = trainer.post(
        "/classroom/new", {"scenario": "SC-01", "teams": str(teams)}, "/classroom/new"
    )
    path = made["Location"]
    _status, content, _headers = trainer.call("GET", path)
    found = re.search(rb'class="join-code">([A-Z]{6})<', content)
    assert found
    begun = time.perf_counter()
    phones = [Phone(server, found[1].decode(), number, teams) for number in range(people)]
    print(f"{people} people joined in {time.perf_counter() - begun:.1f} s")
    for base in range(STAGE):
        trainer.post(f"{path}/move", {"base": str(base), "to": str(base + 1)}, path)
    for phone in phones:
        phone.ready()
    sent: list[float] = []
    seen: list[float] = []
    until = time.monotonic() + seconds
    chance = random.Random(7)
    before = processor_s(server)
    threads = [
        threading.Thread(target=phone.run, args=(until, random.Random(chance.random()), sent))
        for phone in phones
    ]
    threads.append(threading.Thread(target=watch, args=(trainer, path, until, sent, seen)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = processor_s(server) - before
    polls = [one for phone in phones for one in phone.polls_ms]
    answers = [one for phone in phones for one in phone.answers_ms]
    errors = [one for phone in phones for one in phone.errors]
    asked = len(polls) + len(answers)
    print(told("poll of a phone", polls))
    print(told("answer", answers))
    print(told("answer seen on the board", seen))
    print(f"{'not modified':28} {sum(phone.not_modified for phone in phones):6} of {len(polls)}")
    print(
        f"{'processor time of the server':28} {used:6.1f} s, {used / asked * 1000:.2f} ms a request"
    )
    print(f"{'errors':28} {len(errors):6} {sorted(set(errors))}")
    return p95(seen), len(errors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--limit-ms", type=float, default=0)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "class", workers=options.workers) as server,
    ):
        delay, errors = measure(server, options.people, options.seconds)
    if errors or (options.limit_ms and delay > options.limit_ms):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
