"""Parsed sources kept between processes, below the project's own `instance/` folder only.

Keyed by the content of the sources and by the code that reads them, and holding plain JSON, so
a stale or foreign file is never used and never runs anything. Where the folder can't be written
the cache is simply not there.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "instance" / "cache" / "catalogue"
KEPT = 8  # files


@dataclass(frozen=True, slots=True)
class Cache:
    """One cache file."""

    path: Path

    @classmethod
    def of(cls, sources: Mapping[str, bytes], folder: Path = FOLDER) -> "Cache":
        """The cache of these sources."""
        key = hashlib.sha256(_code_digest())
        for name, content in sorted(sources.items()):
            key.update(f"{name}\0{len(content)}\0".encode())
            key.update(content)
        return cls(folder / f"{key.hexdigest()}.json")

    def read(self) -> dict[str, Any] | None:
        """The plain data, or None where there is none that this user wrote."""
        try:
            with self.path.open("rb") as stream:
                if os.fstat(stream.fileno()).st_uid != os.getuid():
                    return None
                content = json.load(stream)
        except (OSError, ValueError):
            return None
        return content if isinstance(content, dict) else None

    def write(self, plain: Mapping[str, Any]) -> None:
        """Keep the plain data, and only the newest few files."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, partial = tempfile.mkstemp(dir=self.path.parent, suffix=".partial")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(plain, stream, ensure_ascii=False, separators=(",", ":"))
            Path(partial).replace(self.path)
            self._drop_old()

    def _drop_old(self) -> None:
        files = sorted(self.path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[:-KEPT]:
            file.unlink(missing_ok=True)


@lru_cache
def _code_digest() -> bytes:
    """Digest of this package: a cache made by other checks is not trusted."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.digest()
