"""`flask evidence`: the files of evidence on disk."""

from datetime import timedelta

import click
from flask import current_app
from sqlalchemy import select

from compliance.clock import now
from compliance.database import firm_reading, shared_reading
from compliance.evidence import Store, evidence_of_firm
from compliance.identity import Firm
from compliance.settings import Settings

group = click.Group("evidence", help="The files of evidence on disk.")
LEFT_ALONE = timedelta(hours=1)  # an upload that is still on its way has its row soon


@group.command("sweep")
def sweep() -> None:
    """Delete files that an upload left behind without its row, an hour after it."""
    engine = current_app.extensions["engine"]
    settings: Settings = current_app.extensions["settings"]
    with shared_reading(engine) as session:
        firms = session.scalars(select(Firm.id)).all()
    swept = 0
    for firm_id in firms:
        with firm_reading(engine, firm_id) as session:
            wanted = {item.sha256 for item in evidence_of_firm(session) if item.sha256}
        store = Store.of_firm(settings.data_dir, firm_id)
        swept += store.sweep(wanted, now() - LEFT_ALONE)
    click.echo(f"evidence: {swept} files without a row deleted")
