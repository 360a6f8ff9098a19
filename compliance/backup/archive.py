"""An archive: a compressed tar whose last member is a manifest with a digest for each file.

After it stands a digest of the whole (see `ending`); a passphrase encrypts all of it.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from compliance.backup.ending import EndedWriter, check_ending
from compliance.backup.errors import BrokenArchiveError
from compliance.backup.sealing import MAGIC, SealedWriter, is_sealed, unsealed

MANIFEST = "manifest.json"
FORMAT, FORMAT_VERSION = "ecl-self-assessment/archive", 1
BLOCK = 1024 * 1024
FAULTS = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. `files`: name -> SHA-256."""

    kind: str  # installation or firm
    created_at: str
    facts: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> bytes:
        document = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "kind": self.kind,
            "created_at": self.created_at,
            "facts": dict(self.facts),
            "files": dict(self.files),
        }
        return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True).encode()


def write_archive(
    target: Path, manifest: Manifest, files: Iterable[tuple[str, Path]], passphrase: str | None
) -> Manifest:
    """Write all files (name in the archive, path) and the manifest; returns it with the digests.

    The archive appears under its name only when it is whole. A file that vanishes meanwhile (a
    report that was replaced) is left out.
    """
    part = target.with_name(target.name + ".part")
    digests: dict[str, str] = {}
    try:
        part.touch(mode=0o600)
        with part.open("wb") as raw:
            sealed = SealedWriter(raw, passphrase) if passphrase else None
            ended = EndedWriter(sealed or raw)
            with (
                gzip.GzipFile(fileobj=ended, mode="wb", compresslevel=6) as squeezed,
                tarfile.open(fileobj=squeezed, mode="w|") as tar,
            ):
                for name, path in files:
                    digest = _add(tar, name, path)
                    if digest is not None:
                        digests[name] = digest
                whole = Manifest(manifest.kind, manifest.created_at, manifest.facts, digests)
                content = whole.as_json()
                info = tarfile.TarInfo(MANIFEST)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            ended.finish()
            if sealed is not None:
                sealed.close()
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return whole


def read_archive(source: Path, folder: Path, passphrase: str | None) -> Manifest:
    """Unpack into an empty folder; raises BrokenArchiveError unless every byte is as it was.

    Nothing is unpacked before the whole archive was found to be as it was written.
    """
    try:
        with source.open("rb") as raw:
            sealed = is_sealed(raw.read(len(MAGIC)))
            raw.seek(0)
            if not sealed:
                return _unpack(raw, folder)
            if passphrase is None:
                raise BrokenArchiveError("the archive is encrypted; give its passphrase")
            with tempfile.TemporaryFile(dir=folder.parent) as plain:
                for chunk in unsealed(raw, passphrase):
                    plain.write(chunk)
                plain.seek(0)
                return _unpack(plain, folder)
    except FAULTS as fault:
        raise BrokenArchiveError(f"the archive is damaged or cut off ({fault})") from fault


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str | None:
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return None
    with stream:
        digest, info = hashlib.sha256(), tarfile.TarInfo(name)
        info.size = path.stat().st_size
        tar.addfile(info, _Digesting(stream, digest, info.size))
    return digest.hexdigest()


class _Digesting(io.RawIOBase):
    """Reads exactly so many bytes, and digests them on the way."""

    def __init__(self, stream: IO[bytes], digest: Any, size: int) -> None:
        super().__init__()
        self._stream, self._digest, self._left = stream, digest, size

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        self._digest.update(piece)
        return piece


def _unpack(raw: IO[bytes], folder: Path) -> Manifest:
    check_ending(raw)
    found: dict[str, str] = {}
    document: Any = None
    with (
        gzip.GzipFile(fileobj=raw, mode="rb") as squeezed,
        tarfile.open(fileobj=squeezed, mode="r|") as tar,
    ):
        for member in tar:
            stream = tar.extractfile(member)
            if not member.isreg() or stream is None or not _is_safe(member.name):
                raise BrokenArchiveError(f"the archive holds {member.name!r}, which is not a file")
            if member.name == MANIFEST:
                document = json.loads(stream.read())
            else:
                found[member.name] = _extract(stream, folder / member.name)
        while squeezed.read(BLOCK):  # to the end, where the checksum stands
            pass
    return _checked(document, found)


def _checked(document: Any, found: Mapping[str, str]) -> Manifest:
    if document is None:
        raise BrokenArchiveError("the archive is cut off: it has no manifest")
    if document["format"] != FORMAT or document["format_version"] != FORMAT_VERSION:
        raise BrokenArchiveError(
            f"the archive's format is {document['format']} {document['format_version']}; "
            f"this program reads {FORMAT} {FORMAT_VERSION}"
        )
    wrong = sorted(
        name
        for name in {*document["files"], *found}
        if document["files"].get(name) != found.get(name)
    )
    if wrong:
        raise BrokenArchiveError(f"{wrong[0]} is not as it was written ({len(wrong)} such files)")
    return Manifest(document["kind"], document["created_at"], document["facts"], document["files"])


def _extract(stream: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("xb") as target:
        while piece := stream.read(BLOCK):
            digest.update(piece)
            target.write(piece)
    path.chmod(0o600)
    return digest.hexdigest()


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and bool(name)
