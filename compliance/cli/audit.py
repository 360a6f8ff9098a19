"""`flask audit`: verify and anchor the audit trail."""

from uuid import UUID

import click
from flask import current_app
from sqlalchemy import select

from compliance.audit import ANCHOR_FILE, heads, note_heads, read_anchors
from compliance.audit import verify as faults_of
from compliance.clock import now
from compliance.database import all_firms_reading, firm_reading, shared_reading
from compliance.identity import Firm

group = click.Group("audit", help="The audit trail.")


@group.command("verify")
@click.option("--firm", "reference", help="Reference of one firm; without it, all.")
@click.option(
    "--anchor", help="NUMBER:HASH noted elsewhere (a report, another machine); with --firm."
)
def verify(reference: str | None, anchor: str | None) -> None:
    """Exit 1 when an entry was altered, removed, moved or added, and name it."""
    engine = current_app.extensions["engine"]
    firms = _firms(reference)
    noted = read_anchors(current_app.extensions["settings"].data_dir / ANCHOR_FILE)
    given = _parsed(anchor, reference)
    broken = False
    for firm_id, name in firms:
        with firm_reading(engine, firm_id) as session:
            faults = faults_of(session, given, anchors=noted.get(firm_id, []))
        for fault in faults:
            click.echo(f"{name}: {fault}")
        broken = broken or bool(faults)
        if not faults:
            click.echo(f"{name}: whole")
    if broken:
        raise SystemExit(1)


@group.command("anchor")
def anchor() -> None:
    """Note the head of each firm's chain in the anchor file; run it daily."""
    engine = current_app.extensions["engine"]
    path = current_app.extensions["settings"].data_dir / ANCHOR_FILE
    with all_firms_reading(engine, reason="anchor the audit trail") as session:
        found = heads(session)
    click.echo(f"audit: {note_heads(path, found, now=now())} heads noted in {path.name}")


def _firms(reference: str | None) -> list[tuple[UUID, str]]:
    with shared_reading(current_app.extensions["engine"]) as session:
        query = select(Firm.id, Firm.reference).order_by(Firm.reference)
        if reference is not None:
            query = query.where(Firm.reference == reference)
        firms = [(firm_id, name) for firm_id, name in session.execute(query)]
    if reference is not None and not firms:
        click.echo(f"audit: --firm: {reference!r} is no firm's reference", err=True)
        raise SystemExit(2)
    return firms


def _parsed(anchor: str | None, reference: str | None) -> tuple[int, str] | None:
    if anchor is None:
        return None
    seq, _, digest = anchor.partition(":")
    if not seq.isdecimal() or not digest or reference is None:
        click.echo(f"audit: --anchor: {anchor!r}; it is NUMBER:HASH and goes with --firm", err=True)
        raise SystemExit(2)
    return int(seq), digest
