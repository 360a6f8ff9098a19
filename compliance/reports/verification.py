"""Is this report genuine? Its answers are scored again, its pages are made again, both compared.

In: the bytes of a file from anywhere. Out: a `Verdict`. The file is hostile until proven otherwise:
nothing in it is run, and nothing is unpacked beyond fixed bounds.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from compliance.answers import Bundle, BundleError, parse_bundle
from compliance.catalogue import Edition, UnknownEditionError, load_edition
from compliance.reports.attachments import Attachments, json_object, read_attachments
from compliance.reports.comparison import Snapshot
from compliance.reports.digests import snapshot_digest
from compliance.reports.errors import NotAReportError
from compliance.reports.extras import read_extras
from compliance.reports.figures import figure_details
from compliance.reports.gap_report import Variant
from compliance.reports.pdf_file import (
    ANSWERS,
    EARLIER_ANSWERS,
    EARLIER_RESULT,
    MANIFEST,
    PORTFOLIO,
    RESULT,
    Order,
    made_of,
    render_comparison_pdf,
    render_pdf,
    render_portfolio_pdf,
    sha256_of,
)
from compliance.reports.portfolio import read_portfolio
from compliance.reports.program import program
from compliance.reports.rendering import ReportLanguage
from compliance.reports.signing import Signature, SignatureState, check_signature
from compliance.reports.verdict import Detail, Finding, Part, Verdict
from compliance.scoring import result_json, score

MOST_DETAILS = 20  # of one finding: who altered more is told by these


def verify(pdf: bytes) -> Verdict:
    """Verify a report. Raises NotAReportError where the file is none."""
    attachments, signature = read_attachments(pdf), check_signature(pdf)
    manifest = attachments.manifest
    inquiry = _Inquiry(attachments)
    remade = inquiry.remade()
    same_program = manifest["program"] == dict(program())
    if same_program and remade and not inquiry.findings:
        _compare_pages(inquiry, pdf, remade(), signature)
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

    def __init__(self, attachments: Attachments) -> None:
        self.files, self.manifest = attachments.files, attachments.manifest
        self.findings: dict[Finding, None] = {}
        self.details: list[Detail] = []
        self.firm = ""
        self.as_of: date | None = None
        self.overall: Mapping[str, Any] = {}
        for name, digest in self.manifest["files"].items():
            if name not in self.files:
                self.found(Finding.FILES_CHANGED, Detail(Part.FILE_MISSING, name))
            elif digest != sha256_of(self.files[name]):
                self.found(Finding.FILES_CHANGED, Detail(Part.FILE_CHANGED, name))
        for name in attachments.strange:
            self.found(Finding.FILES_ADDED, Detail(Part.FILE_ADDED, name[:80]))

    def found(self, finding: Finding, *details: Detail) -> None:
        self.findings[finding] = None
        self.details += details[:MOST_DETAILS]

    def remade(self) -> Callable[[], bytes] | None:
        """Score again; returns how to make the pages again, None where files are missing.

        Raises NotAReportError where the files never were those of a report.
        """
        is_portfolio = self.manifest["variant"] == "portfolio"
        needed = [PORTFOLIO] if is_portfolio else [ANSWERS, RESULT]
        if self.manifest["variant"] == Variant.COMPARISON:
            needed += [EARLIER_ANSWERS, EARLIER_RESULT]
        for name in needed:
            if name not in self.manifest["files"]:
                message = f"{MANIFEST} names no {name}: it is no report of this program"
                raise NotAReportError(message)
        if not all(name in self.files for name in needed):
            return None
        return self._portfolio() if is_portfolio else self._assessment()

    def _assessment(self) -> Callable[[], bytes]:
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

    def _portfolio(self) -> Callable[[], bytes]:
        """A portfolio states figures only; its pages are made from them."""
        content = json_object(self.files[PORTFOLIO], PORTFOLIO)
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
        bundle = _bundle(self.files[answers], answers)
        result = json_object(self.files[figures], figures)
        edition = _edition(bundle.questionnaire_id, bundle.version)
        if result.get("path") == "core":
            edition = edition.core
        if _mapping(result.get("questionnaire")).get("digest") != edition.digest:
            self.found(Finding.EDITION_DIFFERS)
        if Finding.FILES_CHANGED in self.findings:
            stated = _mapping(_mapping(self.manifest.get("made_of")).get(answers))
            self.found(Finding.FILES_CHANGED, *_answer_details(stated, bundle, edition))
        expected = result_json(edition, bundle, score(edition, bundle.answers, bundle.as_of))
        differing = figure_details(result, expected, edition)
        if differing:
            self.found(Finding.RESULT_DIFFERS, *differing)
        return Snapshot(edition, bundle, result)


def _answer_details(
    stated: Mapping[str, Any], bundle: Bundle, edition: Edition
) -> Iterator[Detail]:
    """Answers that are not those that the report was made with, where its manifest tells."""
    before = _mapping(stated.get("answers"))
    after: dict[str, str] = made_of(bundle)["answers"]
    prompts = {question.id: question.prompt for question in edition.questions}
    if not before:
        return
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            part = (
                Part.ANSWER_ADDED
                if key not in before
                else Part.ANSWER_REMOVED
                if key not in after
                else Part.ANSWER_CHANGED
            )
            yield Detail(part, key[:40], label=prompts.get(key))


def _compare_pages(inquiry: _Inquiry, pdf: bytes, expected: bytes, signature: Signature) -> None:
    """A signed report is the unsigned one, byte for byte, with the signature appended."""
    if pdf == expected:
        return
    if pdf.startswith(expected):
        if signature.state is not SignatureState.VALID:
            inquiry.found(Finding.ADDED_AFTERWARDS)
        return
    differing = list(_page_details(pdf, expected))
    inquiry.found(Finding.PAGES_DIFFER if differing else Finding.INSIDE_DIFFERS, *differing)


def _page_details(pdf: bytes, expected: bytes) -> Iterator[Detail]:
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as given, pikepdf.open(io.BytesIO(expected)) as made:
        if len(given.pages) != len(made.pages):
            yield Detail(Part.PAGE_COUNT, "", str(len(given.pages)), str(len(made.pages)))
        for number, (one, other) in enumerate(zip(given.pages, made.pages, strict=False), start=1):
            if _drawn(one) != _drawn(other):
                yield Detail(Part.PAGE, str(number))


def _drawn(page: Any) -> tuple[object, ...]:
    """What a page shows, as far as it can be compared: what is drawn, its size, what lies on it."""
    page.contents_coalesce()
    contents = page.obj.get("/Contents")
    drawn = contents.read_bytes() if contents is not None else b""
    box = tuple(str(number) for number in page.mediabox)
    laid = [
        (str(one.get("/Subtype")), str(one.get("/Rect"))) for one in page.obj.get("/Annots", ())
    ]
    return drawn, box, tuple(laid)


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
