"""The PDF itself: pages, and inside them the files from which they can be made again."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from compliance.answers import Bundle, bundle_json
from compliance.catalogue import Edition
from compliance.reports.comparison import Snapshot, compare
from compliance.reports.compose import compose
from compliance.reports.digests import snapshot_digest
from compliance.reports.extras import Extras
from compliance.reports.gap_report import GapReport, Variant
from compliance.reports.portfolio import Portfolio
from compliance.reports.program import program
from compliance.reports.rendering import ReportLanguage, render_html, render_portfolio
from compliance.reports.typesetting import AttachedFile, Progress, typeset
from compliance.scoring import canonical_json

ANSWERS, RESULT, MANIFEST = "answers.json", "result.json", "manifest.json"
EARLIER_ANSWERS, EARLIER_RESULT = "earlier-answers.json", "earlier-result.json"
PORTFOLIO = "portfolio.json"
FORMAT = "ecl-self-assessment/report-manifest"
FORMAT_VERSION = 1
DIGITS = 12  # of an answer's digest in the manifest: they name a change, the file's own proves it


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


def render_comparison_pdf(
    earlier: Snapshot,
    later: Snapshot,
    language: ReportLanguage = ReportLanguage.EN,
    extras: Extras | None = None,
    progress: Progress | None = None,
) -> bytes:
    """What changed between two snapshots of one firm."""
    order = Order(language, Variant.COMPARISON, extras=extras or Extras())
    found = compare(earlier, later, order.extras)
    html = render_html(found.later, language, found)
    files = attached_files(later.bundle, later.result, order, earlier)
    return typeset(html, files, moment_of(found.later), progress)


def render_portfolio_pdf(
    found: Portfolio, language: ReportLanguage = ReportLanguage.EN, progress: Progress | None = None
) -> bytes:
    """Several firms at a glance."""
    files = portfolio_files(found, language)
    html = render_portfolio(found, language, sha256_of(files[0].content))
    return typeset(html, files, midnight(found.as_of), progress)


def portfolio_files(found: Portfolio, language: ReportLanguage) -> tuple[AttachedFile, ...]:
    """The files that travel inside a portfolio: its figures first."""
    content = canonical_json(found.as_json())
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program": dict(program()),
        "language": language.value,
        "variant": "portfolio",
        "module": None,
        "digest": sha256_of(content),
        "files": {PORTFOLIO: sha256_of(content)},
        "extras": {},
    }
    return (
        AttachedFile(PORTFOLIO, content, "The figures of each firm"),
        AttachedFile(MANIFEST, canonical_json(manifest), "How this report was made"),
    )


def moment_of(report: GapReport) -> datetime:
    """The one moment that stands in the file: of sealing, or the as-of date."""
    return report.sealed_at or midnight(report.as_of)


def attached_files(
    bundle: Bundle, result: Mapping[str, object], order: Order, earlier: Snapshot | None = None
) -> tuple[AttachedFile, ...]:
    """The files that travel inside a report."""
    files = [
        AttachedFile(
            ANSWERS,
            canonical_json(bundle_json(bundle)),
            "Answers of the firm: import, score or verify them",
        ),
        AttachedFile(
            RESULT,
            canonical_json(dict(result)),
            "Result of the answers: scores, limits and gaps",
        ),
    ]
    if earlier:
        before = canonical_json(bundle_json(earlier.bundle))
        files += [
            AttachedFile(EARLIER_ANSWERS, before, "Answers of the earlier snapshot"),
            AttachedFile(
                EARLIER_RESULT,
                canonical_json(dict(earlier.result)),
                "Result of the earlier snapshot",
            ),
        ]
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program": dict(program()),
        "language": order.language.value,
        "variant": order.variant.value,
        "module": order.module,
        "digest": snapshot_digest(bundle, result, order.extras),
        "files": {file.name: sha256_of(file.content) for file in files},
        "made_of": {
            ANSWERS: made_of(bundle),
            **({EARLIER_ANSWERS: made_of(earlier.bundle)} if earlier else {}),
        },
        "extras": order.extras.as_json(),
    }
    return (*files, AttachedFile(MANIFEST, canonical_json(manifest), "How this report was made"))


def made_of(bundle: Bundle) -> dict[str, Any]:
    """A short digest of each answer, so that verification can name the one that was changed."""
    whole: dict[str, Any] = dict(bundle_json(bundle))
    answers = whole.pop("answers")
    return {
        "head": sha256_of(canonical_json(whole))[-DIGITS:],
        "answers": {key: sha256_of(canonical_json(one))[-DIGITS:] for key, one in answers.items()},
    }


def sha256_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def midnight(day: date) -> datetime:
    """The moment of a report that is of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
