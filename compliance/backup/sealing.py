"""A file encrypted by a passphrase, written and read in chunks (scrypt, AES-256-GCM).

Layout: magic, salt, nonce prefix, then chunks of one MiB and their tags. The nonce counts the
chunks and the last one is marked in what is authenticated, so that no chunk can be moved, dropped
or cut off unnoticed.
"""

import io
import secrets
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from compliance.backup.errors import BrokenArchiveError

MAGIC = b"ECLBACKUP1\n"
SALT_BYTES, PREFIX_BYTES, COUNTER_BYTES, TAG_BYTES = 16, 8, 4, 16
CHUNK = 1024 * 1024
COST = 2**15  # scrypt's n: 32 MiB and about a tenth of a second


class SealedWriter(io.RawIOBase):
    """A stream to write to; `close` writes the last chunk."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        super().__init__()
        salt, self._prefix = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(PREFIX_BYTES)
        target.write(MAGIC + salt + self._prefix)
        self._target, self._cipher = target, AESGCM(_key(passphrase, salt))
        self._waiting, self._count = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._waiting += piece
        while len(self._waiting) > CHUNK:
            self._emit(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._emit(bytes(self._waiting), last=True)
            super().close()

    def _emit(self, chunk: bytes, *, last: bool) -> None:
        nonce = self._prefix + self._count.to_bytes(COUNTER_BYTES, "big")
        self._target.write(self._cipher.encrypt(nonce, chunk, b"last" if last else b"more"))
        self._count += 1


def is_sealed(start: bytes) -> bool:
    """Whether a file that begins like this was sealed by a passphrase."""
    return start.startswith(MAGIC)


def unsealed(source: IO[bytes], passphrase: str) -> Iterator[bytes]:
    """The plain chunks; raises BrokenArchiveError at the first that is not as it was written."""
    header = source.read(len(MAGIC) + SALT_BYTES + PREFIX_BYTES)
    if not is_sealed(header) or len(header) < len(MAGIC) + SALT_BYTES + PREFIX_BYTES:
        raise BrokenArchiveError("the archive is not one of ours, or its beginning is damaged")
    salt, prefix = header[len(MAGIC) : -PREFIX_BYTES], header[-PREFIX_BYTES:]
    cipher, count = AESGCM(_key(passphrase, salt)), 0
    chunk = source.read(CHUNK + TAG_BYTES)
    while chunk:
        following = source.read(CHUNK + TAG_BYTES)
        nonce = prefix + count.to_bytes(COUNTER_BYTES, "big")
        try:
            yield cipher.decrypt(nonce, chunk, b"more" if following else b"last")
        except InvalidTag:
            raise BrokenArchiveError(
                "the passphrase is wrong, or the archive is damaged or cut off"
            ) from None
        chunk, count = following, count + 1
    if count == 0:
        raise BrokenArchiveError("the archive is cut off")


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode())
