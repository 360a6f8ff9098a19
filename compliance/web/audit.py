"""The audit trail: a page with filters, and exports."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from compliance.audit import (
    ANCHOR_FILE,
    AuditEntry,
    TrailFilter,
    actions_of_trail,
    count_trail,
    head_hash,
    read_anchors,
    trail,
    verify,
)
from compliance.clock import now
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.web.context import engine, settings
from compliance.web.guards import current_actor, needs
from compliance.web.numbers import whole_number

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
PAGE = 50
COLUMNS = (
    "seq", "at", "person_id", "person_name", "address", "action", "subject", "details",
    "prev_hash", "hash",
)  # fmt: skip
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
            "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip


@blueprint.get("")
@needs(Action.READ_AUDIT)
def index() -> str:
    """Entries, newest first, fifty on a page."""
    chosen, page = _chosen(), whole_number(request.args.get("page", "")) or 1
    with firm_reading(engine(), current_actor().firm_id) as db:
        found = count_trail(db, chosen)
        return render_template(
            "audit/index.html",
            rows=list(trail(db, chosen, offset=(page - 1) * PAGE, limit=PAGE)),
            choices=[("", _("All")), *((name, name) for name in actions_of_trail(db))],
            found=found,
            page=page,
            pages=-(-found // PAGE),
            head=head_hash(db),
            url=lambda number: _url("audit.index", page=str(number)),
            export=_url,
        )


@blueprint.get("/verification")
@needs(Action.READ_AUDIT)
def verification() -> str:
    """Whether the chain is whole, with the anchors noted outside the database."""
    actor = current_actor()
    noted = read_anchors(settings().data_dir / ANCHOR_FILE).get(actor.firm_id, [])
    with firm_reading(engine(), actor.firm_id) as db:
        return render_template(
            "audit/verification.html",
            faults=[_in_words(fault) for fault in verify(db, anchors=noted)],
            head=head_hash(db),
            anchors=len(noted),
        )


def _in_words(fault: str) -> str:
    """A line of `verify` in the reader's language."""
    number, _colon, what = fault.removeprefix("entry ").partition(": ")
    words: dict[str, str] = {
        "altered": _("Entry %(number)s was altered.", number=number),
        "missing": _("Entry %(number)s is missing.", number=number),
        "does": _("Entry %(number)s does not follow the one before it.", number=number),
        "the": _("Entry %(number)s: the chain ends elsewhere than its head says.", number=number),
        "not": _(
            "Entry %(number)s is not the one that was noted outside the database.", number=number
        ),
    }
    return words[what.split()[0]]


@blueprint.get("/export.csv")
@needs(Action.READ_AUDIT)
def export_csv() -> Response:
    """The chosen entries as CSV, oldest first."""
    return _download(_csv(), "text/csv; charset=utf-8", "csv")


@blueprint.get("/export.json")
@needs(Action.READ_AUDIT)
def export_json() -> Response:
    """The chosen entries as JSON, oldest first."""
    return _download(_json(), "application/json", "json")


def _csv() -> str:
    stream = io.StringIO()
    stream.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # so that Excel reads it as UTF-8
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for row in _rows():
        row["details"] = json.dumps(row["details"], ensure_ascii=False, sort_keys=True)
        writer.writerow([_harmless(row[column]) for column in COLUMNS])
    return stream.getvalue()


def _json() -> str:
    document = {
        "format": "ecl-self-assessment/audit",
        "format_version": 1,
        "firm": str(current_actor().firm_id),
        "entries": list(_rows()),
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _rows() -> Iterator[dict[str, Any]]:
    with firm_reading(engine(), current_actor().firm_id) as db:
        for entry in trail(db, _chosen(), newest_first=False):
            yield _row(entry)


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        **{column: getattr(entry, column) for column in COLUMNS},
        "at": entry.at.astimezone(UTC).isoformat(),
        "person_id": str(entry.person_id) if entry.person_id else None,
    }


def _harmless(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(TRIGGERS):
        return "'" + value
    return value


def _download(body: str, media_type: str, extension: str) -> Response:
    name = f"audit-{now():%Y%m%d-%H%M}.{extension}"
    return Response(
        body,
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Referrer-Policy": "no-referrer",
        },
    )


def _chosen() -> TrailFilter:
    """The filter of the address; days are the reader's own days."""
    return TrailFilter(
        person=request.args.get("person", "").strip(),
        action=request.args.get("action", "").strip(),
        subject=request.args.get("subject", "").strip(),
        since=_day("since"),
        until=_day("until", timedelta(days=1)),
    )


def _day(name: str, plus: timedelta = timedelta()) -> datetime | None:
    typed = request.args.get(name, "")
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
        zone = ZoneInfo(current_actor().time_zone)
        return datetime.combine(day + plus, time(), tzinfo=zone)
    except (ValueError, OverflowError):
        abort(422)


def _url(endpoint: str, **more: str) -> str:
    kept: dict[str, Any] = {
        name: request.args[name]
        for name in ("person", "action", "subject", "since", "until", "lang")
        if request.args.get(name)
    }
    return url_for(endpoint, **(kept | more))
