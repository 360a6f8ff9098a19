"""Files of evidence on disk: one folder a firm, named by digest, outside the web root."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from compliance.evidence.errors import NoSuchEvidenceError


@dataclass(frozen=True, slots=True)
class Store:
    """The files of one firm."""

    folder: Path

    @classmethod
    def of_firm(cls, data_dir: Path, firm_id: UUID) -> "Store":
        return cls(data_dir / "evidence" / str(firm_id))

    def keep(self, content: bytes) -> str:
        """Write the bytes once, on disk before this returns; the digest is their name."""
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        try:
            os.utime(target)  # it is there: young again, so that no sweep takes it from the new row
        except FileNotFoundError:
            self._write(target, content)
        return digest

    def _write(self, target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, partial = tempfile.mkstemp(dir=target.parent, suffix=".partial")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(partial).replace(target)
            _on_disk(target.parent)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise

    def read(self, digest: str) -> bytes:
        """The bytes, checked against their digest; raises NoSuchEvidenceError."""
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise NoSuchEvidenceError(digest) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise NoSuchEvidenceError(digest)
        return content

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def files(self) -> Iterator[Path]:
        """Every file of the firm, half-written ones too."""
        return self.folder.glob("*/*")

    def sweep(self, wanted: AbstractSet[str], before: datetime) -> int:
        """Delete files that no row names and that are older than a moment; returns how many."""
        swept = 0
        for file in self.files():
            if file.name not in wanted and file.stat().st_mtime < before.timestamp():
                file.unlink(missing_ok=True)
                swept += 1
        return swept


def _on_disk(folder: Path) -> None:
    """The new name too must outlast a power cut, since a row will name it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
