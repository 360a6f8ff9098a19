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
from io import BytesIO
from typing import Any

import pikepdf
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compliance.catalogue import load_edition
from compliance.children import run_child
from compliance.language import Language
from compliance.reports.child import CPU_S, MEMORY_BYTES, WALL_S
from compliance.reports.citations import short
from compliance.reports.errors import RenderingFailedError
from compliance.reports.rendering import TEMPLATES, with_typefaces
from compliance.reports.typesetting import AttachedFile, typeset
from compliance.reports.wordings import Wording

MOST_PAGES = 2
SIZES = (8.6, 7.8, 7.0)  # points, tried one after another


def note_in_child(order: Mapping[str, Any]) -> bytes:
    """The note as PDF. Raises RenderingFailedError beyond the limits.

    An order names `language`, `firm`, `number`, `title`, `when`, `training`,
    `result` (as `flask determine` writes it), `path` (pairs of words), `missing`, `flags` and
    `programme` (lines), `close` (who saved it) and `words` (the interface's words by key).
    """
    try:
        done = run_child("compliance.reports.note", json.dumps(order).encode(), timeout_s=WALL_S)
    except subprocess.TimeoutExpired:
        raise RenderingFailedError("time-limit") from None
    if done.returncode != 0:
        raise RenderingFailedError(f"the note ended with code {done.returncode}")
    return done.stdout


def render_note(order: Mapping[str, Any]) -> bytes:
    """The note as PDF, with the result attached as data; set smaller where it needs more room."""
    when = datetime.fromisoformat(order["when"])
    result = json.dumps(order["result"], ensure_ascii=False, indent=2).encode()
    attached = AttachedFile("transaction.json", result, "Facts and result as data")
    pdf = b""
    for points in SIZES:
        pdf = typeset(note_html(order, points), [attached], when)
        with pikepdf.open(BytesIO(pdf)) as opened:
            if len(opened.pages) <= MOST_PAGES:
                break
    return pdf


def note_html(order: Mapping[str, Any], points: float = SIZES[0]) -> str:
    """The note as HTML, ready to be set in a size of type."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True
    )
    language = Language(order["language"])
    wording = Wording(language)
    page = environment.get_template("reports/note.html")
    provisions = load_edition().provisions
    html = page.render(
        o=order,
        r=order["result"],
        w=wording,
        language=language.value,
        words=order["words"],
        points=points,
        cite=lambda id_: short(provisions[id_])[language],
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
