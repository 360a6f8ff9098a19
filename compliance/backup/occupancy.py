"""Who is at work in a data folder: programs that serve share it, restoring needs it alone.

A lock of the operating system on a file in the folder: it ends with its process, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from compliance.backup.errors import InUseError

LOCK_FILE = "in-use.lock"
_held: dict[Path, int] = {}  # data folder -> descriptor, open as long as this process lives


def occupy(data_dir: Path) -> None:
    """Say until this process ends that it serves from the folder.

    Raises InUseError while something is being restored into it.
    """
    if data_dir in _held:
        return
    descriptor = _opened(data_dir)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InUseError(f"a backup is being restored into {data_dir}; wait until it is") from None
    _held[data_dir] = descriptor


@contextmanager
def alone(engine: Engine, data_dir: Path) -> Iterator[None]:
    """Have folder and database for ourselves; raises InUseError where something serves from them.

    On PostgreSQL a server on another machine shows by its connections.
    """
    descriptor = _opened(data_dir)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError(
                f"a server or worker is running on {data_dir}; stop it before restoring"
            ) from None
        _refuse_other_connections(engine)
        yield
    finally:
        os.close(descriptor)


def _opened(data_dir: Path) -> int:
    data_dir.mkdir(parents=True, exist_ok=True)
    return os.open(data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _refuse_other_connections(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    engine.dispose()  # our own connections don't count
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        number = connection.scalar(others)
    if number:
        raise InUseError(
            f"{number} other connections use the database; stop servers and workers before "
            "restoring, on every machine"
        )
