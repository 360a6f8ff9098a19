"""Verify a report in a process of its own: the file may come from anywhere.

As a program: the file on standard input, the verdict as JSON on standard output.
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


def verify_in_child(file: bytes) -> dict[str, Any]:
    """The verdict on a report, or on an inspection pack (that has `pack`), as plain values.

    Raises NotAReportError where the file is neither, RenderingFailedError beyond the limits.
    """
    try:
        timeout_s = WALL_S * 3 if file.startswith(b"PK") else WALL_S  # a pack holds two reports
        done = run_child("compliance.reports.verifying", file, timeout_s=timeout_s)
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
    from compliance.reports.pack_verification import verify_pack
    from compliance.reports.verification import verify

    file = sys.stdin.buffer.read()
    try:
        is_pack = file.startswith(b"PK")
        verdict = verify_pack(file).as_json() if is_pack else verify(file).as_json()
    except NotAReportError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    sys.stdout.write(json.dumps(verdict))
    return 0


if __name__ == "__main__":
    sys.exit(main())
