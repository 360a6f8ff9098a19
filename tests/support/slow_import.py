"""A program that brings in a list and stops at a share of its rows, to be killed there.

    python -m tests.support.slow_import DATABASE_URL PERCENT

Says `here` on standard output once it stands there, and goes on when it may read a line.
"""

import sys
from datetime import date

from sqlalchemy import event
from sqlalchemy.orm import Session

from compliance.clock import now
from compliance.database import make_engine, shared_session
from compliance.screening import ListKind, Source, import_parties, lists, read_parties

HEADER = "name,name_zh,aliases,country,reference,listed_on,delisted_on\n"
ROWS, BATCHES = 200, 10


def content(word: str) -> bytes:
    """A list whose every name begins with a word."""
    return (HEADER + "".join(f"{word} {n} Trading,,,XX,,,\n" for n in range(ROWS))).encode()


def main() -> None:
    url, percent = sys.argv[1], int(sys.argv[2])
    lists.BATCH = ROWS // BATCHES
    flushes = 0

    def stand_still(session: Session, *_: object) -> None:
        nonlocal flushes
        if flushes == 1 + round(
            percent * BATCHES / 100
        ):  # the first one writes the version's own row
            sys.stdout.write("here\n")
            sys.stdout.flush()
            sys.stdin.readline()
        flushes += 1

    event.listen(Session, "before_flush", stand_still)
    event.listen(Session, "before_commit", stand_still)
    new = content("Newname")
    source = Source("W", ListKind.WATCH, date(2026, 11, 2), new, "tester")
    with shared_session(make_engine(url)) as session:
        import_parties(session, source, read_parties(new), now=now())


if __name__ == "__main__":
    main()
