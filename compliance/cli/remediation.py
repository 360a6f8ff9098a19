"""`flask remediation`: reminders of remedies."""

import click
from flask import current_app

from compliance.clock import now, today
from compliance.mail import deliver
from compliance.worker import firms_to_remind, remind_firm

group = click.Group("remediation", help="Remedies of gaps.")


@group.command("remind")
def remind() -> None:
    """Mail the owners of remedies that are due or overdue; a stage is told once. Run it daily."""
    engine, settings = current_app.extensions["engine"], current_app.extensions["settings"]
    firms = firms_to_remind(engine, today())
    mails = sum(remind_firm(engine, settings, firm_id) for firm_id in firms)
    deliver(engine, settings, now=now())
    click.echo(f"remediation: {mails} mails to owners in {len(firms)} firms")
