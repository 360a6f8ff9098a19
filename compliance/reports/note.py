"""The note of a transaction: outcome, reasons, papers and clocks on two pages.

Set in a process of its own, as every file that leaves the house. As a program: the order as JSON on
standard input, the PDF on standard output.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compliance.language import Language
from compliance.reports.child import CPU_S, MEMORY_BYTES, WALL_S
from compliance.reports.errors import RenderingFailedError
from compliance.reports.rendering import TEMPLATES, with_typefaces
from compliance.reports.typesetting import AttachedFile, typeset
from compliance.reports.wordings import Wording

_ROOT = Path(__file__).parents[2]


def note_in_child(order: Mapping[str, Any]) -> bytes:
    """The note as PDF. Raises RenderingFailedError beyond the limits.

    An order names `language`, `firm`, `number`, `title`, `by`, `when`, `saved`, `training`,
    `result` (as `flask determine` writes it), `path` (pairs of words), `flags`, `cited` (provision
    id -> its short name) and `words` (the interface's words by key).
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "compliance.reports.note"],
            input=json.dumps(order).encode(),
            capture_output=True,
            cwd=_ROOT,
            timeout=WALL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RenderingFailedError("time-limit") from None
    if done.returncode != 0:
        raise RenderingFailedError(f"the note ended with code {done.returncode}")
    return done.stdout


def render_note(order: Mapping[str, Any]) -> bytes:
    """The note as PDF, with the result attached as data."""
    when = datetime.fromisoformat(order["when"])
    result = json.dumps(order["result"], ensure_ascii=False, indent=2).encode()
    attached = AttachedFile("transaction.json", result, "Facts and result as data")
    return typeset(note_html(order), [attached], when)


def note_html(order: Mapping[str, Any]) -> str:
    """The note as HTML, ready to be set."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True
    )
    language = Language(order["language"])
    wording = Wording(language)
    page = environment.get_template("reports/note.html")
    html = page.render(
        o=order, r=order["result"], w=wording, language=language.value, words=order["words"]
    )
    return with_typefaces(html, (wording,))


def main() -> int:
    """Read, set, write."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.stdout.buffer.write(render_note(json.loads(sys.stdin.buffer.read())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
