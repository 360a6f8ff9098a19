"""The printed assessment: what a firm hands to its directors, its counsel and the inspector.

In: an edition, an answer bundle and its result, with what else belongs on the page (reviewer's
decisions, owners, the last snapshot). Out: a `GapReport`, and from it PDF, spreadsheet, document
and data files. A report prints a result; it never changes one. Must not know Flask, the database
or the clock.
"""

from compliance.reports.child import render_in_child
from compliance.reports.compose import compose, differences, snapshot_digest
from compliance.reports.errors import (
    NotAReportError,
    RendererMissingError,
    RenderingFailedError,
    ReportError,
    ResultMismatchError,
    SigningError,
)
from compliance.reports.extras import Action, Earlier, Extras, Review, read_extras
from compliance.reports.gap_report import GapReport, Variant
from compliance.reports.note import note_in_child
from compliance.reports.pdf_file import Order, render_pdf
from compliance.reports.rendering import ReportLanguage, render_html
from compliance.reports.signing import (
    Signature,
    SignatureState,
    SigningKey,
    check_signature,
    key_from_environment,
    sign,
)
from compliance.reports.verification import LARGEST_FILE, Finding, Verdict, verify

__all__ = [
    "LARGEST_FILE",
    "Action",
    "Earlier",
    "Extras",
    "Finding",
    "GapReport",
    "NotAReportError",
    "Order",
    "RendererMissingError",
    "RenderingFailedError",
    "ReportError",
    "ReportLanguage",
    "ResultMismatchError",
    "Review",
    "Signature",
    "SignatureState",
    "SigningError",
    "SigningKey",
    "Variant",
    "Verdict",
    "check_signature",
    "compose",
    "differences",
    "key_from_environment",
    "note_in_child",
    "read_extras",
    "render_html",
    "render_in_child",
    "render_pdf",
    "sign",
    "snapshot_digest",
    "verify",
]
