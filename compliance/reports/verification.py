"""Is this report genuine? Its answers are scored again, its pages are made again, both compared.

In: the bytes of a file from anywhere. Out: a `Verdict`. The file is hostile until proven otherwise:
nothing in it is run, and nothing is unpacked beyond fixed bounds.
"""

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from compliance.answers import Bundle, BundleError, parse_bundle
from compliance.catalogue import load_edition
from compliance.reports.compose import differences, snapshot_digest
from compliance.reports.errors import NotAReportError
from compliance.reports.extras import read_extras
from compliance.reports.gap_report import Variant
from compliance.reports.pdf_file import (
    ANSWERS,
    FORMAT,
    MANIFEST,
    RESULT,
    Order,
    render_pdf,
    sha256_of,
)
from compliance.reports.program import program
from compliance.reports.rendering import ReportLanguage
from compliance.reports.signing import Signature, SignatureState, check_signature
from compliance.scoring import result_json, score

LARGEST_FILE = 60_000_000
LARGEST_ATTACHMENT = 12_000_000  # unpacked


class Finding(StrEnum):
    """What is wrong with an altered report."""

    FILES_CHANGED = "files_changed"  # an attachment is not the one that the manifest names
    RESULT_DIFFERS = "result_differs"  # the answers give another result
    DIGEST_DIFFERS = "digest_differs"  # answers and result have another digest than stated
    PAGES_DIFFER = "pages_differ"  # what is printed is not what the files give
    ADDED_AFTERWARDS = "added_afterwards"  # something was appended after the report was made
    SIGNATURE_BROKEN = "signature_broken"
    EDITION_DIFFERS = "edition_differs"  # this program's questionnaire of that name is another


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found."""

    findings: tuple[Finding, ...]
    details: tuple[str, ...]  # paths in the result that differ, names of changed files
    pages_compared: bool  # False: made by another version of the program
    firm: str
    as_of: date
    digest: str
    score: float | None
    grade: str | None
    made_by: str
    signature: Signature

    @property
    def genuine(self) -> bool:
        return not self.findings


def verify(pdf: bytes) -> Verdict:
    """Verify a report. Raises NotAReportError where the file is none."""
    files, signature = _attached(pdf), check_signature(pdf)
    manifest = _manifest(files[MANIFEST])
    bundle, result = _bundle(files[ANSWERS]), _object(files[RESULT], RESULT)
    order = _order(manifest)
    findings: dict[Finding, None] = {}
    details: list[str] = []
    for name in (ANSWERS, RESULT):
        if manifest["files"].get(name) != sha256_of(files[name]):
            findings[Finding.FILES_CHANGED] = None
            details.append(name)
    edition = load_edition(bundle.questionnaire_id, bundle.version)
    if _stated_edition(result) != edition.digest:
        findings[Finding.EDITION_DIFFERS] = None
    expected = result_json(edition, bundle, score(edition, bundle.answers, bundle.as_of))
    differing = differences(result, expected)
    if differing:
        findings[Finding.RESULT_DIFFERS] = None
        details += differing[:20]
    if manifest.get("digest") != snapshot_digest(bundle, result, order.extras):
        findings[Finding.DIGEST_DIFFERS] = None
    same_program = manifest.get("program") == dict(program())
    if same_program and not findings:
        pages = _pages_finding(pdf, render_pdf(edition, bundle, result, order), signature)
        if pages:
            findings[pages] = None
    if signature.state is SignatureState.BROKEN:
        findings[Finding.SIGNATURE_BROKEN] = None
    overall: Mapping[str, Any] = result.get("overall") or {}
    return Verdict(
        findings=tuple(findings),
        details=tuple(details),
        pages_compared=same_program,
        firm=bundle.firm_name,
        as_of=bundle.as_of,
        digest=str(manifest.get("digest")),
        score=overall.get("score"),
        grade=overall.get("grade"),
        made_by=str(manifest["program"].get("version")),
        signature=signature,
    )


def _pages_finding(pdf: bytes, expected: bytes, signature: Signature) -> Finding | None:
    """A signed report is the unsigned one, byte for byte, with the signature appended."""
    if pdf == expected:
        return None
    if not pdf.startswith(expected):
        return Finding.PAGES_DIFFER
    return None if signature.state is SignatureState.VALID else Finding.ADDED_AFTERWARDS


def _attached(pdf: bytes) -> dict[str, bytes]:
    if len(pdf) > LARGEST_FILE:
        message = f"the file is larger than {LARGEST_FILE // 1_000_000} MB"
        raise NotAReportError(message)
    if not pdf.startswith(b"%PDF-"):
        message = "the file is no PDF"
        raise NotAReportError(message)
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            return {name: _content(document, name) for name in (ANSWERS, RESULT, MANIFEST)}
    except (pikepdf.PdfError, pikepdf.PasswordError, zlib.error, RecursionError) as error:
        message = f"the PDF cannot be read: {str(error).splitlines()[0][:120]}"
        raise NotAReportError(message) from error


def _content(document: Any, name: str) -> bytes:
    if name not in document.attachments:
        message = f"the PDF carries no {name}: it is no report of this program"
        raise NotAReportError(message)
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


def _bundle(content: bytes) -> Bundle:
    try:
        return parse_bundle(content)
    except BundleError as error:
        faults = "; ".join(str(fault) for fault in error.faults[:3])
        message = f"{ANSWERS} cannot be read: {faults}"
        raise NotAReportError(message) from error


def _manifest(content: bytes) -> dict[str, Any]:
    manifest = _object(content, MANIFEST)
    shape = {"files": dict, "program": dict, "extras": dict}
    well_made = all(isinstance(manifest.get(key), kind) for key, kind in shape.items())
    if manifest.get("format") != FORMAT or not well_made:
        message = f"{MANIFEST} is not the manifest of a report"
        raise NotAReportError(message)
    return manifest


def _order(manifest: Mapping[str, Any]) -> Order:
    try:
        language = ReportLanguage(str(manifest.get("language")))
        variant = Variant(str(manifest.get("variant")))
    except ValueError as error:
        message = f"{MANIFEST} names an unknown report: {error}"
        raise NotAReportError(message) from error
    module = manifest.get("module")
    return Order(
        language, variant, str(module) if module else None, read_extras(manifest["extras"])
    )


def _stated_edition(result: Mapping[str, Any]) -> str:
    stated = result.get("questionnaire")
    return str(stated.get("digest")) if isinstance(stated, dict) else ""


def _object(content: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        message = f"{name} is no JSON"
        raise NotAReportError(message) from error
    if not isinstance(found, dict):
        message = f"{name} holds no object"
        raise NotAReportError(message)
    return found
