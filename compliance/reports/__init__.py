"""The printed assessment: what a firm hands to its directors, its counsel and the inspector.

In: an edition, an answer bundle and its result, with what else belongs on the page (reviewer's
decisions, owners, the last snapshot). Out: a `GapReport`, and from it PDF, spreadsheet, document
and data files. A report prints a result; it never changes one. Must not know Flask, the database
or the clock.
"""

from compliance.reports.attachments import LARGEST_FILE
from compliance.reports.child import WALL_S, render_in_child
from compliance.reports.comparison import Snapshot, compare
from compliance.reports.compose import compose
from compliance.reports.digests import differences, snapshot_digest
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
from compliance.reports.handout import handout_in_child
from compliance.reports.inspection_pack import LARGEST_PACK, Piece, inspection_pack
from compliance.reports.note import note_in_child
from compliance.reports.pack_verification import Disagreement, PackVerdict, verify_pack
from compliance.reports.pdf_file import (
    Order,
    render_comparison_pdf,
    render_pdf,
    render_portfolio_pdf,
)
from compliance.reports.portfolio import Portfolio, Standing, portfolio, standing_of
from compliance.reports.rendering import ReportLanguage, render_html
from compliance.reports.signing import (
    Signature,
    SignatureState,
    SigningKey,
    check_signature,
    key_from_environment,
    sign,
)
from compliance.reports.verdict import Detail, Finding, Part, Verdict
from compliance.reports.verification import verify

__all__ = [
    "LARGEST_FILE",
    "LARGEST_PACK",
    "WALL_S",
    "Action",
    "Detail",
    "Disagreement",
    "Earlier",
    "Extras",
    "Finding",
    "GapReport",
    "NotAReportError",
    "Order",
    "PackVerdict",
    "Part",
    "Piece",
    "Portfolio",
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
    "Snapshot",
    "Standing",
    "Variant",
    "Verdict",
    "check_signature",
    "compare",
    "compose",
    "differences",
    "handout_in_child",
    "inspection_pack",
    "key_from_environment",
    "note_in_child",
    "portfolio",
    "read_extras",
    "render_comparison_pdf",
    "render_html",
    "render_in_child",
    "render_pdf",
    "render_portfolio_pdf",
    "sign",
    "snapshot_digest",
    "standing_of",
    "verify",
    "verify_pack",
]
