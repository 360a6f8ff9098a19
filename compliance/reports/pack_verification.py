"""Is this inspection pack whole? Every file against the manifest, and the files against each other.

Like a report, a pack comes from anywhere: nothing in it is run or written to disk, and nothing is
unpacked beyond fixed bounds.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from compliance.reports.attachments import read_attachments
from compliance.reports.errors import NotAReportError
from compliance.reports.inspection_pack import (
    ANSWERS_FILE,
    EVIDENCE_FOLDER,
    FORMAT,
    LARGEST_PACK,
    MANIFEST,
    MOST_FILES,
    NEEDED,
    RESULT_FILE,
    TRAIL_FILE,
)
from compliance.reports.pdf_file import ANSWERS, RESULT
from compliance.reports.verdict import Verdict
from compliance.reports.verification import verify

REPORTS = re.compile(r"report-(en|zh)\.pdf")


class Disagreement(StrEnum):
    """Files of a pack that do not go together, though each may be as the manifest has it."""

    ANSWERS = "answers"  # the answers beside a report are not those inside it
    RESULT = "result"
    DIGEST = "digest"  # the manifest states another digest than a report
    TRAIL = "trail"  # an entry of the audit trail does not follow the one before it
    TRAIL_HEAD = "trail_head"  # the entry that a report names is not in the audit trail


@dataclass(frozen=True, slots=True)
class PackVerdict:
    """What verification of a pack found; all but `reports` and `unnamed` are names of faults."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]
    unlisted: tuple[str, ...]
    twice: tuple[str, ...]  # two files of one name: who reads them sees one or the other
    disagreements: tuple[Disagreement, ...]
    unnamed: tuple[str, ...]  # evidence whose digest no answer names: told, and no fault
    reports: Mapping[str, Verdict]

    @property
    def genuine(self) -> bool:
        faults = (*self.changed, *self.missing, *self.unlisted, *self.twice, *self.disagreements)
        return not faults and all(one.genuine for one in self.reports.values())

    def as_json(self) -> dict[str, Any]:
        return {
            "pack": True,
            "genuine": self.genuine,
            "changed": list(self.changed),
            "missing": list(self.missing),
            "unlisted": list(self.unlisted),
            "twice": list(self.twice),
            "disagreements": [one.value for one in self.disagreements],
            "unnamed": list(self.unnamed),
            "reports": {name: one.as_json() for name, one in self.reports.items()},
        }


def verify_pack(archive: bytes) -> PackVerdict:
    """Verify a pack. Raises NotAReportError where the file is none."""
    files, broken, twice = _unpacked(archive)
    manifest = _manifest(files)
    listed: dict[str, str] = manifest["files"]
    present = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    changed = {n for n, digest in listed.items() if present.get(n, digest) != digest} | broken
    reports: dict[str, Verdict] = {}
    for name in sorted(filter(REPORTS.fullmatch, files)):
        try:
            reports[name] = verify(files[name])
        except NotAReportError:  # no report at all: not the file that was put there
            changed.add(name)
    return PackVerdict(
        changed=tuple(sorted(changed)),
        missing=tuple(sorted(({*listed} | NEEDED) - {*present} - broken)),
        unlisted=tuple(sorted({*present} - {*listed} - {MANIFEST})),
        twice=twice,
        disagreements=tuple(dict.fromkeys(_disagreements(manifest, files, reports))),
        unnamed=tuple(_unnamed(files, present)),
        reports=reports,
    )


def _manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(files[MANIFEST])
        listed = manifest["files"]
        known = manifest["format"] == FORMAT and isinstance(listed, dict)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        message = f"the archive has no {MANIFEST} of an inspection pack"
        raise NotAReportError(message) from error
    if not known or not all(isinstance(one, str) for one in listed.values()):
        message = f"{MANIFEST} is not that of an inspection pack"
        raise NotAReportError(message)
    return manifest


def _disagreements(
    manifest: Mapping[str, Any], files: Mapping[str, bytes], reports: Mapping[str, Verdict]
) -> Iterator[Disagreement]:
    heads = set()
    for name, verdict in reports.items():
        inside = read_attachments(files[name])
        if files.get(ANSWERS_FILE) != inside.files.get(ANSWERS):
            yield Disagreement.ANSWERS
        if files.get(RESULT_FILE) != inside.files.get(RESULT):
            yield Disagreement.RESULT
        if manifest.get("digest") != verdict.digest:
            yield Disagreement.DIGEST
        heads.add(inside.manifest["extras"].get("audit_head"))
    if TRAIL_FILE in files:
        entries = _entries(files[TRAIL_FILE])
        if entries is None:
            yield Disagreement.TRAIL
        elif not heads <= {*entries, None, ""}:
            yield Disagreement.TRAIL_HEAD


def _entries(trail: bytes) -> list[str] | None:
    """The hashes of a trail in order; None where an entry does not follow the one before it."""
    hashes: list[str] = []
    number = None
    try:
        for line in trail.decode().splitlines():
            entry = json.loads(line)
            follows = not hashes or (entry["prev_hash"], entry["seq"]) == (hashes[-1], number)
            if not follows:
                return None
            hashes.append(str(entry["hash"]))
            number = entry["seq"] + 1
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return hashes


def _unnamed(files: Mapping[str, bytes], present: Mapping[str, str]) -> Iterator[str]:
    answers = files.get(ANSWERS_FILE, b"").decode(errors="replace")
    for name in files:
        if name.startswith(EVIDENCE_FOLDER) and present[name] not in answers:
            yield name


def _unpacked(archive: bytes) -> tuple[dict[str, bytes], set[str], tuple[str, ...]]:
    """The files, the names of those that cannot be read, and names that stand there twice."""
    files: dict[str, bytes] = {}
    broken: set[str] = set()
    twice: dict[str, None] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_FILES or size > LARGEST_PACK:
                message = "the archive is larger than an inspection pack can be"
                raise NotAReportError(message)
            for entry in entries:
                if entry.filename in files or entry.filename in broken:
                    twice[entry.filename] = None
                try:
                    files[entry.filename] = opened.read(entry)
                except (zipfile.BadZipFile, zlib.error, EOFError):
                    broken.add(entry.filename)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as error:
        message = f"the archive cannot be read: {error}"
        raise NotAReportError(message) from error
    return files, broken, tuple(twice)
