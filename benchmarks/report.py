"""What a report costs: `.venv/bin/python -m benchmarks.report [--both] [--many]`.

For a firm that sees about 106 and one that sees about 158 questions, in English and Chinese:
pages, seconds of processor and of wall, peak memory and size, cold (a process of its own, as the
jobs do it) and warm. Beside it the same HTML printed by headless Chromium, which makes untagged
pages without page numbers in the contents. A fixed loop of Python is timed along, because a busy
machine stretches all figures alike. `--both` adds both languages side by side, `--many` makes 20
reports on 2 workers; with PLAIN_RENDERER=1 the renderer is left as it is.
"""

import argparse
import gc
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf

from compliance.answers import Answer, Bundle, bundle_json
from compliance.reports import Extras, Order, ReportLanguage, compose, render_html, render_pdf
from tests.reports import samples

WARM_RUNS = 3
SIMPLER = {  # one listed product, sold to its users
    "SCP-04": ("sale",),
    "SCP-17": ("none",),
    "SCP-14": "no",
    "SCP-02": ("dual_use",),
    "SCP-11": ("end_user",),
}
PROGRAM = (
    "import sys, json; from benchmarks.report import once; "
    "print(json.dumps(once(json.load(sys.stdin), sys.argv[1])))"
)


def firm(questions: int) -> Bundle:
    """The demo firm, which is asked about 158 questions, or one of a simpler trade."""
    typical = samples.typical()
    if questions > 150:
        return typical
    answers: dict[str, Answer] = {}
    for key, answer in typical.answers.items():
        answers[key] = replace(answer, value=SIMPLER[key]) if key in SIMPLER else answer
    return replace(typical, answers=answers)


def once(bundle: dict[str, object], language: str) -> dict[str, float]:
    """One report in this process."""
    from compliance.answers import parse_bundle

    gc.disable()  # as the child process does
    read = parse_bundle(json.dumps(bundle).encode())
    pdf = made(read, language)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024,
        "size": len(pdf) / 1024,
        "pages": pages(pdf),
    }


def made(bundle: Bundle, language: str) -> bytes:
    order = Order(ReportLanguage(language))
    return render_pdf(samples.edition(), bundle, samples.result_of(bundle), order)


def pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Processor and wall seconds of this process, which cleans up before and not meanwhile."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def cold(bundle: Bundle, language: str) -> tuple[dict[str, float], float]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, language],
        input=json.dumps(bundle_json(bundle)),
        capture_output=True,
        text=True,
        check=True,
        cwd=samples.ROOT,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found, time.perf_counter() - start


def printed_by_browser(html: str) -> tuple[float, float] | None:
    """Processor seconds of all its processes, and wall seconds; None where there is no browser."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, "utf-8")
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                f"--user-data-dir={folder}/profile",
                f"--print-to-pdf={folder}/page.pdf",
                page.as_uri(),
            ],
            capture_output=True,
            check=True,
        )
        after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, end - start


def yardstick() -> float:
    """A fixed loop of Python, in processor seconds."""
    start = time.process_time()
    total = 0
    for number in range(5_000_000):
        total += number & 7
    return time.process_time() - start


def rows(languages: tuple[str, ...]) -> Iterator[str]:
    for questions in (106, 158):
        bundle = firm(questions)
        result = samples.result_of(bundle)
        report = compose(samples.edition(), bundle, result, Extras())
        asked = len(report.scorecard.survey.shown)
        for language in languages:
            found, wall = cold(bundle, language)
            made(bundle, language)
            warm = min(
                timed(lambda bundle=bundle, language=language: made(bundle, language))
                for _ in range(WARM_RUNS)
            )
            browser = printed_by_browser(render_html(report, ReportLanguage(language)))
            beside = f"{browser[0]:8.2f} {warm[0] / browser[0]:6.1f}" if browser else "    none"
            yield (
                f"{asked:9} {language:>4} {found['pages']:6.0f} {found['cpu']:9.2f} {wall:10.2f} "
                f"{warm[0]:9.2f} {warm[1]:10.2f} "
                f"{found['memory']:7.0f} {found['size']:6.0f} {beside}"
            )


def many() -> None:
    """Twenty reports on two workers, each in a process of its own."""
    bundle, start = firm(158), time.perf_counter()
    with ThreadPoolExecutor(2) as workers:
        found = list(workers.map(lambda n: cold(bundle, "zh" if n % 2 else "en")[1], range(20)))
    wall = time.perf_counter() - start
    print(f"20 reports on 2 workers: {wall:.1f} s, the slowest {max(found):.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--both", action="store_true")
    parser.add_argument("--many", action="store_true")
    wanted = parser.parse_args()
    print(f"yardstick: {yardstick():.2f} s of processor for five million steps of Python")
    gc.disable()  # as the child process does
    print(
        "questions lang  pages  cold cpu  cold wall  warm cpu  warm wall"
        "  MB mem     KB  browser  ratio"
    )
    for row in rows(("en", "zh", "both") if wanted.both else ("en", "zh")):
        print(row, flush=True)
    if wanted.many:
        many()


if __name__ == "__main__":
    main()
