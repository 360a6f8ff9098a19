"""Is this report genuine? Its answers are scored again, its pages are made again, both compared.

In: the bytes of a file from anywhere. Out: a `Verdict`. The file is hostile until proven otherwise:
nothing in it is run, and nothing is unpacked beyond fixed bounds.
"""

import io
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from compliance.answers import Bundle, BundleError, parse_bundle
from compliance.catalogue import Edition, UnknownEditionError, load_edition
from compliance.reports.comparison import Snapshot
from compliance.reports.compose import differences, snapshot_digest
from compliance.reports.errors import NotAReportError
from compliance.reports.extras import read_extras
from compliance.reports.gap_report import Variant
from compliance.reports.pdf_file import (
    ANSWERS,
    EARLIER_ANSWERS,
    EARLIER_RESULT,
    FORMAT,
    MANIFEST,
    PORTFOLIO,
    RESULT,
    Order,
    render_comparison_pdf,
    render_pdf,
    render_portfolio_pdf,
    sha256_of,
)
from compliance.reports.portfolio import read_portfolio
from compliance.reports.program import program
from compliance.reports.rendering import ReportLanguage
from compliance.reports.signing import Signature, SignatureState, check_signature
from compliance.scoring import result_json, score

KNOWN_FILES = frozenset({ANSWERS, RESULT, EARLIER_ANSWERS, EARLIER_RESULT, PORTFOLIO})
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
    inquiry = _Inquiry(files, manifest)
    remade = inquiry.portfolio() if manifest["variant"] == "portfolio" else inquiry.assessment()
    same_program = manifest["program"] == dict(program())
    if same_program and not inquiry.findings:
        pages = _pages_finding(pdf, remade(), signature)
        if pages:
            inquiry.found(pages)
    if signature.state is SignatureState.BROKEN:
        inquiry.found(Finding.SIGNATURE_BROKEN)
    return Verdict(
        findings=tuple(inquiry.findings),
        details=tuple(inquiry.details),
        pages_compared=same_program,
        firm=inquiry.firm,
        as_of=inquiry.as_of,
        digest=str(manifest.get("digest")),
        score=inquiry.overall.get("score"),
        grade=inquiry.overall.get("grade"),
        made_by=str(manifest["program"].get("version")),
        signature=signature,
    )


class _Inquiry:
    """The questions put to the attached files, and what they showed."""

    def __init__(self, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
        self.files, self.manifest = files, manifest
        self.findings: dict[Finding, None] = {}
        self.details: list[str] = []
        self.firm, self.as_of = "", date.min
        self.overall: Mapping[str, Any] = {}
        for name, digest in manifest["files"].items():
            if digest != sha256_of(files[name]):
                self.found(Finding.FILES_CHANGED, name)

    def found(self, finding: Finding, *details: str) -> None:
        self.findings[finding] = None
        self.details += details

    def assessment(self) -> Callable[[], bytes]:
        """Score again; returns how to make the pages again."""
        order = _order(self.manifest)
        now = self._snapshot(ANSWERS, RESULT)
        self.firm, self.as_of = now.bundle.firm_name, now.bundle.as_of
        self.overall = _mapping(now.result.get("overall"))
        if self.manifest.get("digest") != snapshot_digest(now.bundle, now.result, order.extras):
            self.found(Finding.DIGEST_DIFFERS)
        if order.variant is not Variant.COMPARISON:
            return lambda: render_pdf(now.edition, now.bundle, now.result, order)
        before = self._snapshot(EARLIER_ANSWERS, EARLIER_RESULT)
        return lambda: render_comparison_pdf(before, now, order.language, order.extras)

    def portfolio(self) -> Callable[[], bytes]:
        """A portfolio states figures only; its pages are made from them."""
        content = _object(self._file(PORTFOLIO), PORTFOLIO)
        stated = _mapping(content.get("questionnaire"))
        edition = _edition(str(stated.get("id")), str(stated.get("version")))
        if stated.get("digest") != edition.digest:
            self.found(Finding.EDITION_DIFFERS)
        found = read_portfolio(edition, content)
        self.firm, self.as_of = found.title.text, found.as_of
        if self.manifest.get("digest") != sha256_of(self.files[PORTFOLIO]):
            self.found(Finding.DIGEST_DIFFERS)
        language = _language(self.manifest)
        return lambda: render_portfolio_pdf(found, language)

    def _snapshot(self, answers: str, figures: str) -> Snapshot:
        bundle = _bundle(self._file(answers), answers)
        result = _object(self._file(figures), figures)
        edition = _edition(bundle.questionnaire_id, bundle.version)
        if result.get("path") == "core":
            edition = edition.core
        if _mapping(result.get("questionnaire")).get("digest") != edition.digest:
            self.found(Finding.EDITION_DIFFERS)
        expected = result_json(edition, bundle, score(edition, bundle.answers, bundle.as_of))
        differing = differences(result, expected)
        if differing:
            self.found(Finding.RESULT_DIFFERS, *differing[:20])
        return Snapshot(edition, bundle, result)

    def _file(self, name: str) -> bytes:
        if name not in self.files:
            message = f"the PDF carries no {name}: it is no report of this program"
            raise NotAReportError(message)
        return self.files[name]


def _pages_finding(pdf: bytes, expected: bytes, signature: Signature) -> Finding | None:
    """A signed report is the unsigned one, byte for byte, with the signature appended."""
    if pdf == expected:
        return None
    if not pdf.startswith(expected):
        return Finding.PAGES_DIFFER
    return None if signature.state is SignatureState.VALID else Finding.ADDED_AFTERWARDS


def _attached(pdf: bytes) -> dict[str, bytes]:
    """The manifest, and of the other files those it names."""
    if len(pdf) > LARGEST_FILE:
        message = f"the file is larger than {LARGEST_FILE // 1_000_000} MB"
        raise NotAReportError(message)
    if not pdf.startswith(b"%PDF-"):
        message = "the file is no PDF"
        raise NotAReportError(message)
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            manifest = _content(document, MANIFEST)
            names = [name for name in _manifest(manifest)["files"] if name in KNOWN_FILES]
            return {MANIFEST: manifest, **{name: _content(document, name) for name in names}}
    except (pikepdf.PdfError, zlib.error, RecursionError, AttributeError) as error:
        said = str(error).splitlines()[:1]
        message = f"the PDF cannot be read: {''.join(said)[:120]}"
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


def _bundle(content: bytes, name: str) -> Bundle:
    try:
        return parse_bundle(content)
    except BundleError as error:
        faults = "; ".join(str(fault) for fault in error.faults[:3])
        message = f"{name} cannot be read: {faults}"
        raise NotAReportError(message) from error


def _edition(questionnaire_id: str, version: str) -> Edition:
    try:
        return load_edition(questionnaire_id, version)
    except UnknownEditionError as error:
        message = f"this program does not know the questionnaire: {error}"
        raise NotAReportError(message) from error


def _manifest(content: bytes) -> dict[str, Any]:
    manifest = _object(content, MANIFEST)
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


def _order(manifest: Mapping[str, Any]) -> Order:
    try:
        variant = Variant(str(manifest["variant"]))
    except ValueError as error:
        message = f"{MANIFEST} names an unknown report: {error}"
        raise NotAReportError(message) from error
    module = manifest.get("module")
    return Order(
        _language(manifest),
        variant,
        str(module) if module else None,
        read_extras(manifest["extras"]),
    )


def _language(manifest: Mapping[str, Any]) -> ReportLanguage:
    try:
        return ReportLanguage(str(manifest.get("language")))
    except ValueError as error:
        message = f"{MANIFEST} names an unknown language: {error}"
        raise NotAReportError(message) from error


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


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
