"""The child process: an order as JSON on standard input, a file at the path given.

Speaks to its parent in lines of JSON: `{"page": 3, "pages": 60}` as it goes, `{"made": {…}}` last.
"""

import gc
import json
import resource
import sys
from pathlib import Path

from compliance.reports.child import CPU_S, MEMORY_BYTES, OUT_OF_MEMORY, REFUSED
from compliance.reports.errors import ReportError


def main(target: str) -> int:
    """Make the file; the exit code says what became of it."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # one file, and the process ends: nothing is worth looking for
    from compliance.reports.forms import make

    order = json.loads(sys.stdin.buffer.read())
    try:
        made = make(order, lambda page, pages: _say({"page": page, "pages": pages}))
    except ReportError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except (MemoryError, RecursionError):
        return OUT_OF_MEMORY
    Path(target).write_bytes(made.content)
    _say({"made": made.as_json()})
    gc.freeze()  # nor on the way out
    return 0


def _say(news: object) -> None:
    sys.stdout.write(f"{json.dumps(news)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
