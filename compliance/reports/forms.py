"""The forms a report comes in: PDF, spreadsheet, document, tables, data."""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.answers import Bundle, BundleError, bundle_json, parse_bundle
from compliance.catalogue import Edition, load_edition
from compliance.reports.compose import compose
from compliance.reports.errors import ReportError
from compliance.reports.extras import Extras, read_extras
from compliance.reports.gap_report import GapReport, Variant
from compliance.reports.pdf_file import Order, attached_files, moment_of
from compliance.reports.rendering import ReportLanguage, render_html
from compliance.reports.signing import key_from_environment, sign
from compliance.reports.typesetting import typeset
from compliance.scoring import result_json, score

Tell = Callable[[int, int], None]
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

    @property
    def report(self) -> GapReport:
        one = self.order
        return compose(self.edition, self.bundle, self.result, one.extras, one.variant, one.module)


def make(order: Mapping[str, Any], tell: Tell) -> Made:
    """The file that an order asks for. Raises ReportError where it cannot be made."""
    wanted = read_order(order)
    form = str(order.get("format", "pdf"))
    if form not in FORMS:
        message = f"unknown form {form!r}; known: {', '.join(FORMS)}"
        raise ReportError(message)
    return FORMS[form](wanted, tell)


def read_order(order: Mapping[str, Any]) -> Wanted:
    """Read an order. Raises ReportError where it names what is not there."""
    try:
        bundle = parse_bundle(json.dumps(order["bundle"]).encode())
        language = ReportLanguage(order.get("language", "en"))
        variant = Variant(order.get("variant", "full"))
        extras = read_extras(order.get("extras") or {})
    except (BundleError, KeyError, ValueError) as error:
        message = f"the order cannot be read: {error}"
        raise ReportError(message) from error
    edition = load_edition(bundle.questionnaire_id, bundle.version)
    if order.get("training") and not extras.training:
        extras = Extras(**{**_fields(extras), "training": True})
    result = order.get("result") or result_json(
        edition, bundle, score(edition, bundle.answers, bundle.as_of)
    )
    return Wanted(edition, bundle, result, Order(language, variant, order.get("module"), extras))


def _fields(extras: Extras) -> dict[str, Any]:
    return {name: getattr(extras, name) for name in Extras.__slots__}


def _pdf(wanted: Wanted, tell: Tell) -> Made:
    report = wanted.report
    html = render_html(report, wanted.order.language)
    expected = max(4, len(html) // CHARACTERS_A_PAGE)
    pdf = typeset(
        html,
        attached_files(wanted.bundle, wanted.result, wanted.order),
        moment_of(report),
        lambda page: tell(page, max(page, expected)),
    )
    key = key_from_environment()
    content = sign(pdf, key) if key else pdf
    return Made(content, "pdf", "application/pdf", _pages(content))


def _pages(pdf: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def _bundle(wanted: Wanted, tell: Tell) -> Made:  # noqa: ARG001
    content = json.dumps(bundle_json(wanted.bundle), ensure_ascii=False, indent=2) + "\n"
    return Made(content.encode(), "json", "application/json")


FORMS: dict[str, Callable[[Wanted, Tell], Made]] = {
    "pdf": _pdf,
    "json": _bundle,
}
