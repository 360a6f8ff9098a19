"""Make a report in a process of its own, so that no report can take the server down.

The child has limits of processor time and memory, the parent one of wall time. Whatever happens to
the child, the parent gets a file or a RenderingFailedError in words.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from compliance.children import ROOT, child_environment
from compliance.reports.errors import RenderingFailedError
from compliance.reports.hastening import SWITCH

CPU_S = 60
MEMORY_BYTES = 3_000_000_000
WALL_S = 90.0
REFUSED = 3  # exit code of a child that says in words why it cannot
OUT_OF_MEMORY = 4

Tell = Callable[[int, int], None]  # pages laid out, pages expected


def render_in_child(
    order: Mapping[str, Any], target: Path, tell: Tell | None = None, *, wall_s: float = WALL_S
) -> dict[str, Any]:
    """Make the file that an order asks for, at `target`.

    An order names `bundle`, `language`, `variant`, `format`, and may name `result`, `module`,
    `training`, `extras`. Returns `extension`, `media_type`, `sha256`, `size` and `pages` (None
    where the file has none). Raises RenderingFailedError: its text is `time-limit`,
    `memory-limit`, or words. What `tell` raises ends the child and is passed on.
    """
    with child_environment("SIGNING_PKCS12", "SIGNING_PASSPHRASE", SWITCH) as environment:
        return _rendered(order, target, tell, wall_s, environment)


def _rendered(
    order: Mapping[str, Any],
    target: Path,
    tell: Tell | None,
    wall_s: float,
    environment: Mapping[str, str],
) -> dict[str, Any]:
    partial = target.with_name(f"{target.name}.partial")
    child = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "compliance.reports.render", str(partial)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(wall_s, stop)
    timer.start()
    try:
        made = _followed(child, json.dumps(order).encode(), tell)
        if late.is_set():
            raise RenderingFailedError("time-limit")
        partial.replace(target)
    finally:
        timer.cancel()
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()
        partial.unlink(missing_ok=True)
    return made


def _followed(child: "subprocess.Popen[bytes]", order: bytes, tell: Tell | None) -> dict[str, Any]:
    to_child, news_of, words_of = child.stdin, child.stdout, child.stderr
    if to_child is None or news_of is None or words_of is None:
        raise RenderingFailedError("the renderer has no pipes")
    words: list[bytes] = []
    listener = threading.Thread(target=lambda: words.append(words_of.read()), daemon=True)
    listener.start()
    made: dict[str, Any] | None = None
    with news_of:
        try:
            to_child.write(order)
            to_child.close()
        except BrokenPipeError:  # it ended before it had read: its words say why
            pass
        for line in news_of:
            news = json.loads(line)
            if "page" in news and tell:
                tell(news["page"], news["pages"])
            elif "made" in news:
                made = news["made"]
    code = child.wait()
    listener.join()
    words_of.close()
    if code == 0 and made is not None:
        return made
    raise RenderingFailedError(_why(code, b"".join(words)))


def _why(code: int, words: bytes) -> str:
    import signal

    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "time-limit"
    if code == OUT_OF_MEMORY:
        return "memory-limit"
    if code == REFUSED:
        return words.decode(errors="replace").strip().splitlines()[-1][:400]
    return f"the renderer ended with code {code}"
