"""A migration to the newest schema that dies at its n-th statement, as by a power cut.

    python -m tests.support.killed_migration DATABASE_URL N

Prints how many statements it made where it came to its end before.
"""

import os
import signal
import sys

from sqlalchemy import Engine, event

from compliance.database import make_engine, schema


def main() -> None:
    url, deadly = sys.argv[1], int(sys.argv[2])
    made = 0

    def count(*_: object) -> None:
        nonlocal made
        made += 1
        if made == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    schema.upgrade(make_engine(url))
    sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    main()
