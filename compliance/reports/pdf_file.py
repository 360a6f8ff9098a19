"""The PDF itself: pages, and inside them the three files from which they can be made again."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from compliance.answers import Bundle, bundle_json
from compliance.catalogue import Edition
from compliance.reports.compose import compose, snapshot_digest
from compliance.reports.extras import Extras
from compliance.reports.gap_report import GapReport, Variant
from compliance.reports.program import program
from compliance.reports.rendering import ReportLanguage, render_html
from compliance.reports.typesetting import AttachedFile, Progress, typeset
from compliance.scoring import canonical_json

ANSWERS, RESULT, MANIFEST = "answers.json", "result.json", "manifest.json"
FORMAT = "ecl-self-assessment/report-manifest"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Order:
    """Which report of a result: all that its pages depend on beside answers and result."""

    language: ReportLanguage = ReportLanguage.EN
    variant: Variant = Variant.FULL
    module: str | None = None
    extras: Extras = Extras()  # noqa: RUF009 - frozen


def render_pdf(
    edition: Edition,
    bundle: Bundle,
    result: Mapping[str, object],
    order: Order,
    progress: Progress | None = None,
) -> bytes:
    """The report as PDF/A-3a and PDF/UA-1; the same input gives the same bytes.

    Raises ResultMismatchError where the result is not that of the answers, RendererMissingError
    where the system libraries are missing.
    """
    report = compose(edition, bundle, result, order.extras, order.variant, order.module)
    html = render_html(report, order.language)
    return typeset(html, attached_files(bundle, result, order), moment_of(report), progress)


def moment_of(report: GapReport) -> datetime:
    """The one moment that stands in the file: of sealing, or the as-of date."""
    day = report.as_of
    return report.sealed_at or datetime(day.year, day.month, day.day, tzinfo=UTC)


def attached_files(
    bundle: Bundle, result: Mapping[str, object], order: Order
) -> tuple[AttachedFile, ...]:
    """The three files that travel inside a report."""
    answers, figures = canonical_json(bundle_json(bundle)), canonical_json(dict(result))
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program": program(),
        "language": order.language.value,
        "variant": order.variant.value,
        "module": order.module,
        "digest": snapshot_digest(bundle, result, order.extras),
        "files": {ANSWERS: sha256_of(answers), RESULT: sha256_of(figures)},
        "extras": order.extras.as_json(),
    }
    return (
        AttachedFile(ANSWERS, answers, "Answers of the firm: import, score or verify them"),
        AttachedFile(MANIFEST, canonical_json(manifest), "How this report was made"),
        AttachedFile(RESULT, figures, "Result of the answers: scores, limits and gaps"),
    )


def sha256_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
