"""The ending of an archive: a digest of every byte before it.

A checksum inside gzip and digests of the members leave bytes that nobody looks at (padding, header
fields, what follows the end); with the ending any byte that differs, lacks or is added is found
before anything is unpacked. It is an empty gzip member whose extra field holds the digest (RFC
1952, 2.3.1.1), so that any program still unpacks the archive.
"""

import hashlib
import io
import struct
import zlib
from typing import IO

from compliance.backup.errors import BrokenArchiveError

BLOCK = 1024 * 1024
DIGEST_BYTES = hashlib.sha256().digest_size
FIELD = b"EC" + struct.pack("<H", DIGEST_BYTES)
# Magic, deflate, "has an extra field", no time, no level, system unknown; then the field's length.
HEAD = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", len(FIELD) + DIGEST_BYTES) + FIELD
EMPTY = zlib.compressobj(wbits=-zlib.MAX_WBITS).flush()
TAIL = EMPTY + struct.pack("<II", 0, 0)  # checksum and length of nothing
ENDING_BYTES = len(HEAD) + DIGEST_BYTES + len(TAIL)


def ending(digest: bytes) -> bytes:
    """What stands at the end of an archive whose other bytes have this SHA-256."""
    return HEAD + digest + TAIL


class EndedWriter(io.RawIOBase):
    """Passes everything on and digests it; `finish` writes the ending."""

    def __init__(self, target: IO[bytes] | io.RawIOBase) -> None:
        super().__init__()
        self._target, self._digest = target, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._digest.update(piece)
        self._target.write(piece)
        return len(piece)

    def finish(self) -> None:
        """Nothing may be written after this."""
        self._target.write(ending(self._digest.digest()))


def check_ending(source: IO[bytes]) -> None:
    """Raises BrokenArchiveError unless every byte is as it was written; leaves it at the start."""
    left = source.seek(0, io.SEEK_END) - ENDING_BYTES
    source.seek(0)
    digest = hashlib.sha256()
    while left > 0:
        piece = source.read(min(BLOCK, left))
        if not piece:
            break
        digest.update(piece)
        left -= len(piece)
    found = source.read(ENDING_BYTES + 1)
    source.seek(0)
    if not (found.startswith(HEAD) and found.endswith(TAIL)):
        raise BrokenArchiveError(
            "the archive has no ending: it is cut off, has something added, is damaged, or was "
            "made by a version before endings"
        )
    if found != ending(digest.digest()):
        raise BrokenArchiveError("the archive is not as it was written: its digest differs")
