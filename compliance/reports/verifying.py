"""Verify a report in a process of its own: the file may come from anywhere.

As a program: the PDF on standard input, the verdict as JSON on standard output.
"""

import json
import resource
import subprocess
import sys
from typing import Any

from compliance.children import run_child
from compliance.reports.child import CPU_S, MEMORY_BYTES, WALL_S
from compliance.reports.errors import NotAReportError, RenderingFailedError

REFUSED = 3


def verify_in_child(pdf: bytes) -> dict[str, Any]:
    """The verdict as plain values: genuine, findings, details, pages_compared, firm and so on.

    Raises NotAReportError where the file is none, RenderingFailedError beyond the limits.
    """
    try:
        done = run_child("compliance.reports.verifying", pdf, timeout_s=WALL_S)
    except subprocess.TimeoutExpired:
        raise RenderingFailedError("time-limit") from None
    if done.returncode == REFUSED:
        raise NotAReportError(done.stderr.decode(errors="replace").strip()[-400:])
    if done.returncode != 0:
        raise RenderingFailedError(f"the verifier ended with code {done.returncode}")
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict


def main() -> int:
    """Read, verify, print."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    from compliance.reports.verification import verify

    try:
        found = verify(sys.stdin.buffer.read())
    except NotAReportError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    verdict = {
        "genuine": found.genuine,
        "findings": [finding.value for finding in found.findings],
        "details": list(found.details),
        "pages_compared": found.pages_compared,
        "firm": found.firm,
        "as_of": found.as_of.isoformat(),
        "digest": found.digest,
        "score": found.score,
        "grade": found.grade,
        "made_by": found.made_by,
        "signature": found.signature.state.value,
    }
    sys.stdout.write(json.dumps(verdict))
    return 0


if __name__ == "__main__":
    sys.exit(main())
