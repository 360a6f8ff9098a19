"""Handouts of trainings: debrief, certificates of attendance, the quick check's two pages.

Set in a process of its own, as every file that leaves the house. As a program: the order as JSON on
standard input, the PDF on standard output.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compliance.children import run_child
from compliance.language import Language
from compliance.reports.child import CPU_S, MEMORY_BYTES, WALL_S
from compliance.reports.errors import RenderingFailedError
from compliance.reports.rendering import TEMPLATES, with_typefaces
from compliance.reports.typesetting import typeset
from compliance.reports.wordings import Wording

KINDS = ("debrief", "certificates", "quick_check")


def handout_in_child(order: Mapping[str, Any]) -> bytes:
    """A handout as PDF. Raises RenderingFailedError beyond the limits.

    An order names `kind` (one of KINDS), `language`, `when` and `content`: plain values, each text
    with both languages.
    """
    try:
        done = run_child("compliance.reports.handout", json.dumps(order).encode(), timeout_s=WALL_S)
    except subprocess.TimeoutExpired:
        raise RenderingFailedError("time-limit") from None
    if done.returncode != 0:
        raise RenderingFailedError(f"the handout ended with code {done.returncode}")
    return done.stdout


def render_handout(order: Mapping[str, Any]) -> bytes:
    """A handout as PDF."""
    return typeset(handout_html(order), [], datetime.fromisoformat(order["when"]))


def handout_html(order: Mapping[str, Any]) -> str:
    """A handout as HTML, ready to be set."""
    if order["kind"] not in KINDS:
        raise RenderingFailedError("bad-order")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language = Language(order["language"])
    wording = Wording(language)
    page = environment.get_template(f"reports/handout_{order['kind']}.html")
    html = page.render(
        c=order["content"], when=order["when"], w=wording, language=language.value, _=wording._
    )
    return with_typefaces(html, (wording,))


def main() -> int:
    """Read, set, write."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.stdout.buffer.write(render_handout(json.loads(sys.stdin.buffer.read())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
