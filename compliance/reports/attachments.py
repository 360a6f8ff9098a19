"""The files inside a report that comes from anywhere: read within bounds, none of them run."""

import io
import json
import zlib
from dataclasses import dataclass
from typing import Any

from compliance.reports.errors import NotAReportError
from compliance.reports.pdf_file import (
    ANSWERS,
    EARLIER_ANSWERS,
    EARLIER_RESULT,
    FORMAT,
    MANIFEST,
    PORTFOLIO,
    RESULT,
)

KNOWN_FILES = frozenset({ANSWERS, RESULT, EARLIER_ANSWERS, EARLIER_RESULT, PORTFOLIO})
LARGEST_FILE = 60_000_000
LARGEST_ATTACHMENT = 12_000_000  # unpacked


@dataclass(frozen=True, slots=True)
class Attachments:
    """The manifest of a report, and of the files it names those that are there."""

    manifest: dict[str, Any]
    files: dict[str, bytes]
    strange: tuple[str, ...]  # names of files that the manifest does not name


def read_attachments(pdf: bytes) -> Attachments:
    """The files inside a report. Raises NotAReportError where it has no manifest of ours."""
    if len(pdf) > LARGEST_FILE:
        message = f"the file is larger than {LARGEST_FILE // 1_000_000} MB"
        raise NotAReportError(message)
    if not pdf.startswith(b"%PDF-"):
        message = "the file is no PDF"
        raise NotAReportError(message)
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if MANIFEST not in document.attachments:
                message = f"the PDF carries no {MANIFEST}: it is no report of this program"
                raise NotAReportError(message)
            manifest = _manifest(_content(document, MANIFEST))
            named = [name for name in manifest["files"] if name in document.attachments]
            strange = sorted(set(document.attachments) - {MANIFEST, *manifest["files"]})
            return Attachments(
                manifest, {name: _content(document, name) for name in named}, tuple(strange)
            )
    except (pikepdf.PdfError, zlib.error, RecursionError, AttributeError) as error:
        said = str(error).splitlines()[:1]
        message = f"the PDF cannot be read: {''.join(said)[:120]}"
        raise NotAReportError(message) from error


def json_object(content: bytes, name: str) -> dict[str, Any]:
    """The object in a file of JSON. Raises NotAReportError where it is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        message = f"{name} is no JSON"
        raise NotAReportError(message) from error
    if not isinstance(found, dict):
        message = f"{name} holds no object"
        raise NotAReportError(message)
    return found


def _content(document: Any, name: str) -> bytes:
    stream = document.attachments[name].obj.EF.F
    raw: bytes = stream.read_raw_bytes()
    kind = str(stream.get("/Filter", ""))
    if kind not in {"", "/FlateDecode"}:
        message = f"{name} is packed in an unknown way"
        raise NotAReportError(message)
    content = zlib.decompressobj().decompress(raw, LARGEST_ATTACHMENT) if kind else raw
    if len(content) >= LARGEST_ATTACHMENT:
        message = f"{name} is larger than {LARGEST_ATTACHMENT // 1_000_000} MB"
        raise NotAReportError(message)
    return content


def _manifest(content: bytes) -> dict[str, Any]:
    manifest = json_object(content, MANIFEST)
    shape = {"files": dict, "program": dict, "extras": dict, "variant": str}
    well_made = all(isinstance(manifest.get(key), kind) for key, kind in shape.items())
    if manifest.get("format") != FORMAT or not well_made:
        message = f"{MANIFEST} is not the manifest of a report"
        raise NotAReportError(message)
    unknown = [name for name in manifest["files"] if name not in KNOWN_FILES]
    if unknown:
        message = f"{MANIFEST} names unknown files"
        raise NotAReportError(message)
    return manifest
