"""The job that makes a report file."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine

from compliance.clock import now
from compliance.jobs import Claim
from compliance.settings import Settings
from compliance.worker.errors import JobFaultError

BEAT_EVERY = timedelta(milliseconds=400)  # progress is written at most this often


def make_report(
    _engine: Engine, settings: Settings, claim: Claim, progress: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """Make the ordered file in the firm's folder; the job row tells the rest."""
    from compliance.reports import ReportError, render_in_child  # loaded only by who makes reports

    folder = settings.data_dir / "reports" / str(claim.firm_id)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"report-{claim.job_id}-{claim.attempt}"
    target = folder / name
    last = [now() - BEAT_EVERY]

    def tell(done: int, total: int) -> None:
        if now() - last[0] >= BEAT_EVERY:
            last[0] = now()
            progress(done, total)

    try:
        made = render_in_child(dict(claim.arguments), target, tell)
    except ReportError as error:
        raise JobFaultError(str(error)) from error
    return {
        **made,
        "file": name,
        "download_name": _download_name(claim.arguments, str(made["extension"])),
    }


def _download_name(order: Mapping[str, Any], extension: str) -> str:
    """A plain file name: firm's reference, date, variant, language."""
    bundle = order["bundle"]
    parts = (
        bundle["firm"].get("reference") or "firm",
        bundle["as_of"],
        order["variant"],
        order["language"],
    )
    stem = "-".join(re.sub(r"[^A-Za-z0-9.]+", "-", str(part)).strip("-") for part in parts)
    return f"export-control-{stem}.{extension}".lower()
