"""`flask people`: the first administrator, and switching people off and on."""

from typing import NoReturn

import click
from flask import current_app
from sqlalchemy import select

from compliance.clock import now
from compliance.database import shared_session
from compliance.identity import AlreadyMemberError, Firm, NoSuchPersonError, people

group = click.Group("people", help="People who may sign in.")


@group.command("first-administrator")
@click.option("--email", required=True)
@click.option("--name", required=True, help="Name of the person.")
@click.option("--firm", "reference", required=True, help="Reference of the firm, for example HQ-1.")
@click.option("--firm-name", help="Name of the firm; needed when it is new.")
@click.option("--firm-name-zh", help="Its Chinese name.")
def first_administrator(
    email: str, name: str, reference: str, firm_name: str | None, firm_name_zh: str | None
) -> None:
    """Make a firm's first administrator and print the link to set a password (24 hours, once)."""
    settings = current_app.extensions["settings"]
    if "@" not in email:
        _refuse(f"--email: {email!r}; it may be an e-mail address")
    try:
        with shared_session(current_app.extensions["engine"]) as session:
            firm = session.scalars(select(Firm).where(Firm.reference == reference)).one_or_none()
            if firm is None:
                if not firm_name:
                    _refuse(f"--firm: {reference!r} is a new firm; give its --firm-name as well")
                firm = Firm(
                    reference=reference, name=firm_name, name_zh=firm_name_zh, created_at=now()
                )
                session.add(firm)
                session.flush()
            token = people.first_administrator(session, email, name, firm, now=now())
    except AlreadyMemberError:
        _refuse(f"--firm: {reference!r} has an administrator already, who can invite others")
    click.echo(f"{settings.base_url}/set-password/{token}")


@group.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Switch a person off in all firms; their logins and tokens end at once."""
    _switch(email, active=False)


@group.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let a person sign in again."""
    _switch(email, active=True)


def _switch(email: str, *, active: bool) -> None:
    try:
        with shared_session(current_app.extensions["engine"]) as session:
            people.set_active(session, email, active=active, now=now())
    except NoSuchPersonError:
        _refuse(f"EMAIL: {email!r}; nobody has this address")
    click.echo(f"people: {email} is {'on' if active else 'off'}")


def _refuse(line: str) -> NoReturn:
    click.echo(f"people: {line}", err=True)
    raise SystemExit(2)
