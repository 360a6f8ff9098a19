"""The job that makes a report file."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from compliance.assessments import evidence_of
from compliance.audit import AuditEntry, trail
from compliance.clock import now
from compliance.database import firm_reading
from compliance.evidence import Store
from compliance.jobs import Claim
from compliance.settings import Settings
from compliance.worker.errors import JobFaultError

PACK_WALL_S = 300.0  # two full reports, a workbook and the evidence in one file
BEAT_EVERY = timedelta(milliseconds=400)  # progress is written at most this often


def make_report(
    engine: Engine, settings: Settings, claim: Claim, progress: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """The job: make the ordered file in the firm's folder."""
    folder = settings.data_dir / "reports" / str(claim.firm_id)
    order = _whole_order(engine, settings, claim)
    return make_file(folder, claim, order, _download_name(claim.arguments), progress)


def make_file(
    folder: Path,
    claim: Claim,
    order: Mapping[str, Any],
    download_name: str,
    progress: Callable[[int, int], None],
) -> Mapping[str, Any]:
    """Make the file of an order in a folder; what is returned, the job row tells.

    Raises JobFaultError where it can't be made.
    """
    # loaded only by who makes reports
    from compliance.reports import WALL_S, ReportError, render_in_child

    folder.mkdir(parents=True, exist_ok=True)
    name = f"report-{claim.job_id}-{claim.attempt}"
    target = folder / name
    last = [now() - BEAT_EVERY]

    def tell(done: int, total: int) -> None:
        if now() - last[0] >= BEAT_EVERY:
            last[0] = now()
            progress(done, total)

    try:
        wall_s = PACK_WALL_S if order["format"] == "zip" else WALL_S
        made = render_in_child(order, target, tell, wall_s=wall_s)
    except ReportError as error:
        raise JobFaultError(str(error)) from error
    return {**made, "file": name, "download_name": f"{download_name}.{made['extension']}"}


def _whole_order(engine: Engine, settings: Settings, claim: Claim) -> dict[str, Any]:
    """The order; an inspection pack also takes the evidence files and the audit trail."""
    order = dict(claim.arguments)
    if order["format"] != "zip":
        return order
    store = Store.of_firm(settings.data_dir, claim.firm_id)
    with firm_reading(engine, claim.firm_id) as session:
        items = {
            item.sha256: item.file_name or item.title
            for found in evidence_of(session, UUID(order["assessment"])).values()
            for item in found
            if item.sha256 and store.path(item.sha256).is_file()
        }
        entries = [_entry_line(entry) for entry in trail(session, newest_first=False)]
    order["evidence"] = [
        {"name": name, "path": str(store.path(digest))} for digest, name in sorted(items.items())
    ]
    order["audit_trail"] = entries
    return order


def _entry_line(entry: AuditEntry) -> str:
    """One entry of the audit trail as a line of JSON, with its place in the chain."""
    told = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(),
        "person": entry.person_name,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _download_name(order: Mapping[str, Any]) -> str:
    """A plain file name without its ending: firm's reference, date, variant, language."""
    bundle = order["bundle"]
    parts = (
        bundle["firm"].get("reference") or "firm",
        bundle["as_of"],
        order["variant"],
        *([order["module"]] if order.get("module") else []),
        order["language"],
    )
    stem = "-".join(re.sub(r"[^A-Za-z0-9.]+", "-", str(part)).strip("-") for part in parts)
    return f"export-control-{stem}".lower()
