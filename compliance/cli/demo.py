"""`flask demo`: the demo firms and accounts, so that the first screen shows life."""

from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import Engine, select

from compliance.answers import parse_bundle
from compliance.assessments import import_bundle
from compliance.cli.demo_group import seed_group
from compliance.cli.demo_transactions import seed_transactions
from compliance.cli.lists import bring_in_illustrative
from compliance.clock import now
from compliance.database import firm_session, shared_reading, shared_session
from compliance.identity import HASHER, Actor, Firm, Membership, Person, Role
from compliance.settings import ROOT

PASSWORD = "demo-password-1"  # noqa: S105  # public on purpose, and refused in production
DEMO = ROOT / "questionnaires" / "demo"
FIRMS = (
    (
        "DEMO",
        "Haiyun Precision Machinery Co., Ltd. (fictional)",
        "海运精密机械有限公司（虚构）",
        "machine-tools",
    ),
    (
        "OTHER",
        "Beichuan Chemical Trading Co., Ltd. (fictional)",
        "北川化工贸易有限公司（虚构）",
        "chemicals",
    ),
)
PEOPLE = (
    ("exporter@demo.example", "Lin Yue", "DEMO", Role.EXPORTER),
    ("officer@demo.example", "Shen Rui", "DEMO", Role.OFFICER),
    ("trainer@demo.example", "Tang Min", "DEMO", Role.TRAINER),
    ("admin@demo.example", "Qiao An", "DEMO", Role.ADMINISTRATOR),
    ("exporter@other.example", "He Fan", "OTHER", Role.EXPORTER),
)

group = click.Group("demo", help="The demo firms and accounts.")


@group.command("seed")
def seed() -> None:
    """Make the demo firms, accounts and assessments, unless they are there."""
    if current_app.extensions["settings"].production:
        click.echo("demo: refused in production mode", err=True)
        raise SystemExit(2)
    engine = current_app.extensions["engine"]
    with shared_reading(engine) as session:
        if session.scalars(select(Firm.id).where(Firm.reference == "DEMO")).first():
            click.echo("demo: already there")
            return
    firms = _firms_and_people(engine)
    _assessments(engine, firms["DEMO"])
    bring_in_illustrative(engine)
    seed_transactions(engine, firms["DEMO"])
    subsidiaries = seed_group(engine, firms["DEMO"].firm_id, DEMO)
    click.echo(
        f"demo: two firms, {subsidiaries} subsidiaries, five accounts and their assessments made"
    )


def _firms_and_people(engine: Engine) -> dict[str, Actor]:
    """Firm reference → an actor who may write for it."""
    actors: dict[str, Actor] = {}
    hashed = HASHER.hash(PASSWORD)
    with shared_session(engine) as session:
        firms = {}
        for reference, name, name_zh, sector in FIRMS:
            firm = Firm(
                reference=reference, name=name, name_zh=name_zh, sector=sector, created_at=now()
            )
            firms[reference] = firm
            session.add(firm)
        session.flush()
        for email, name, reference, role in PEOPLE:
            person = Person(email=email, name=name, password=hashed, created_at=now())
            session.add(person)
            session.flush()
            firm = firms[reference]
            session.add(
                Membership(person_id=person.id, firm_id=firm.id, role=role.value, created_at=now())
            )
            if role is Role.EXPORTER:
                actors[reference] = Actor(person.id, name, firm.id, firm.name, role, "en")
    return actors


def _assessments(engine: Engine, actor: Actor) -> None:
    for name, title, age in (
        ("previous.json", "Annual self-assessment, last year", 365),
        ("current.json", "Annual self-assessment", 0),
    ):
        bundle = parse_bundle((Path(DEMO) / name).read_bytes())
        with firm_session(engine, actor.firm_id) as session:
            import_bundle(session, actor, bundle, title=title, now=now() - timedelta(days=age))
