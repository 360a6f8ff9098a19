"""The forms a report comes in: PDF, spreadsheet, document, tables, data."""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from compliance.answers import Bundle, BundleError, bundle_json, parse_bundle
from compliance.catalogue import Edition, load_edition
from compliance.reports.comparison import Snapshot, compare
from compliance.reports.compose import compose
from compliance.reports.document import document_bytes
from compliance.reports.errors import ReportError
from compliance.reports.extras import Extras, read_extras
from compliance.reports.gap_report import GapReport, Variant
from compliance.reports.inspection_pack import Piece, inspection_pack
from compliance.reports.oscal import assessment_results
from compliance.reports.pdf_file import (
    Order,
    attached_files,
    midnight,
    moment_of,
    portfolio_files,
    sha256_of,
)
from compliance.reports.portfolio import read_portfolio
from compliance.reports.rendering import ReportLanguage, render_html, render_portfolio
from compliance.reports.signing import key_from_environment, sign
from compliance.reports.spreadsheet import workbook_bytes
from compliance.reports.tables import Tables, csv_bytes
from compliance.reports.typesetting import AttachedFile, typeset
from compliance.reports.wordings import Wording
from compliance.scoring import result_json, score

Tell = Callable[[int, int], None]
_OFFICE = "application/vnd.openxmlformats-officedocument"
CHARACTERS_A_PAGE = 5_000  # of HTML, roughly: good enough to expect a number of pages


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file."""

    content: bytes
    extension: str
    media_type: str
    pages: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "extension": self.extension,
            "media_type": self.media_type,
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "size": len(self.content),
            "pages": self.pages,
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order, read: everything that any form may need."""

    edition: Edition
    bundle: Bundle
    result: Mapping[str, object]
    order: Order
    evidence: tuple[Piece, ...] = ()
    audit_trail: bytes = b""
    earlier: Snapshot | None = None  # of a comparison

    @property
    def wordings(self) -> tuple[Wording, ...]:
        return tuple(Wording(one) for one in self.order.language.languages)

    def tables(self, report: GapReport) -> Tables:
        return Tables(report, self.bundle, self.wordings)

    @property
    def report(self) -> GapReport:
        one = self.order
        return compose(self.edition, self.bundle, self.result, one.extras, one.variant, one.module)


def make(order: Mapping[str, Any], tell: Tell) -> Made:
    """The file that an order asks for. Raises ReportError where it cannot be made."""
    if order.get("variant") == "portfolio":
        return _portfolio(order, tell)
    wanted = read_order(order)
    form = str(order.get("format", "pdf"))
    if form not in FORMS:
        message = f"unknown form {form!r}; known: {', '.join(FORMS)}"
        raise ReportError(message)
    return FORMS[form](wanted, tell)


def read_order(order: Mapping[str, Any]) -> Wanted:
    """Read an order. Raises ReportError where it names what is not there."""
    try:
        language = ReportLanguage(order.get("language", "en"))
        variant = Variant(order.get("variant", "full"))
        extras = read_extras(order.get("extras") or {})
        now = _snapshot(order)
        earlier = _snapshot(order["earlier"]) if variant is Variant.COMPARISON else None
    except (BundleError, KeyError, ValueError) as error:
        message = f"the order cannot be read: {error}"
        raise ReportError(message) from error
    module = order.get("module")
    if (variant is Variant.MODULE) != (module in {one.id for one in now.edition.modules}):
        message = f"the order names no module of the questionnaire: {module!r:.40}"
        raise ReportError(message)
    if order.get("training") and not extras.training:
        extras = Extras(**{**_fields(extras), "training": True})
    evidence = tuple(
        Piece(str(one["name"]), Path(one["path"]).read_bytes()) for one in order.get("evidence", ())
    )
    trail = "".join(f"{line}\n" for line in order.get("audit_trail", ())).encode()
    wish = Order(language, variant, module, extras)
    return Wanted(now.edition, now.bundle, now.result, wish, evidence, trail, earlier)


def _snapshot(told: Mapping[str, Any]) -> Snapshot:
    """One side of an order: its answers, and their result unless it is told."""
    bundle = parse_bundle(json.dumps(told["bundle"]).encode())
    edition = load_edition(bundle.questionnaire_id, bundle.version)
    if told.get("path") == "core":
        edition = edition.core
    scorecard = score(edition, bundle.answers, bundle.as_of)
    return Snapshot(edition, bundle, told.get("result") or result_json(edition, bundle, scorecard))


def _fields(extras: Extras) -> dict[str, Any]:
    return {name: getattr(extras, name) for name in Extras.__slots__}


def _pdf(wanted: Wanted, tell: Tell) -> Made:
    order, earlier = wanted.order, wanted.earlier
    if earlier is not None:
        now = Snapshot(wanted.edition, wanted.bundle, wanted.result)
        found = compare(earlier, now, order.extras)
        report, html = found.later, render_html(found.later, order.language, found)
    else:
        report = wanted.report
        html = render_html(report, order.language)
    files = attached_files(wanted.bundle, wanted.result, order, earlier)
    return _set(html, files, moment_of(report), tell)


def _portfolio(order: Mapping[str, Any], tell: Tell) -> Made:
    """Several firms at a glance."""
    try:
        content = order["portfolio"]
        language = ReportLanguage(order.get("language", "en"))
        stated = content["questionnaire"]
        edition = load_edition(stated["id"], stated["version"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"the order cannot be read: {error}"
        raise ReportError(message) from error
    found = read_portfolio(edition, content)
    files = portfolio_files(found, language)
    html = render_portfolio(found, language, sha256_of(files[0].content))
    return _set(html, files, midnight(found.as_of), tell)


def _set(html: str, files: tuple[AttachedFile, ...], when: datetime, tell: Tell) -> Made:
    """The pages with the files in them, signed where there is a key."""
    expected = max(1, len(html) // CHARACTERS_A_PAGE)
    pdf = typeset(html, files, when, lambda page: tell(page, max(page, expected)))
    key = key_from_environment()
    content = sign(pdf, key) if key else pdf
    return Made(content, "pdf", "application/pdf", _pages(content))


def _pages(pdf: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def _workbook(wanted: Wanted, tell: Tell) -> Made:  # noqa: ARG001
    report = wanted.report
    content = workbook_bytes(report, wanted.tables(report), moment_of(report))
    return Made(content, "xlsx", f"{_OFFICE}.spreadsheetml.sheet")


def _document(wanted: Wanted, tell: Tell) -> Made:  # noqa: ARG001
    report = wanted.report
    content = document_bytes(report, wanted.order.language, moment_of(report))
    return Made(content, "docx", f"{_OFFICE}.wordprocessingml.document")


def _csv(wanted: Wanted, tell: Tell) -> Made:  # noqa: ARG001
    """Answers, or for a plan its gaps with their remedies."""
    tables = wanted.tables(wanted.report)
    plan = wanted.order.variant is Variant.PLAN
    return Made(csv_bytes(tables.plan() if plan else tables.answers()), "csv", "text/csv")


def _oscal(wanted: Wanted, tell: Tell) -> Made:  # noqa: ARG001
    report = wanted.report
    found = assessment_results(report, wanted.bundle, wanted.wordings[0], moment_of(report))
    content = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    return Made(content.encode(), "json", "application/json")


def _pack(wanted: Wanted, tell: Tell) -> Made:
    tell(0, 2)
    content = inspection_pack(
        wanted.edition,
        wanted.bundle,
        wanted.result,
        wanted.order.extras,
        wanted.evidence,
        wanted.audit_trail,
        key_from_environment(),
    )
    return Made(content, "zip", "application/zip")


def _bundle(wanted: Wanted, tell: Tell) -> Made:  # noqa: ARG001
    content = json.dumps(bundle_json(wanted.bundle), ensure_ascii=False, indent=2) + "\n"
    return Made(content.encode(), "json", "application/json")


FORMS: dict[str, Callable[[Wanted, Tell], Made]] = {
    "pdf": _pdf,
    "xlsx": _workbook,
    "docx": _document,
    "csv": _csv,
    "oscal": _oscal,
    "zip": _pack,
    "json": _bundle,
}
