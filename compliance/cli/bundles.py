"""`flask assessment import` and `export`: answer bundles in and out of the database."""

from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Engine, select

from compliance.answers import Bundle, Fault, bundle_json
from compliance.assessments import Assessment, answers_of, bundle_of, find_assessment, import_bundle
from compliance.cli.assessment import group as assessments
from compliance.cli.files import read_bundle, refuse, write_out
from compliance.cli.lists import firm_id_of
from compliance.clock import now
from compliance.database import all_firms_reading, firm_reading, firm_session
from compliance.identity import Actor, Role, firm_of
from compliance.scoring import canonical_json

LONGEST_TITLE = 120


@assessments.command("import")
@click.argument("bundle")
@click.option("--firm", "reference", required=True, help="The firm's reference.")
@click.option("--title", help="The assessment's name; by default its as-of date.")
@with_appcontext
def import_assessment(bundle: str, reference: str, title: str | None) -> None:
    """Make an assessment of a firm from the answers in BUNDLE and print its id."""
    read = read_bundle(bundle)
    name = _title(title, read)
    firm_id = firm_id_of(reference)
    actor = Actor(UUID(int=0), "command line", firm_id, "", Role.ADMINISTRATOR, "en")
    with firm_session(_engine(), firm_id) as session:
        made = import_bundle(session, actor, read, title=name, now=now())
    click.echo(str(made.id))


def _title(title: str | None, bundle: Bundle) -> str:
    if title is None:
        return f"Self-assessment as of {bundle.as_of}"
    if not (title.strip() and title.isprintable() and len(title) <= LONGEST_TITLE):
        allowed = f"1 to {LONGEST_TITLE} printable characters"
        refuse("--title", [Fault("the title", repr(title), allowed)])
    return title.strip()


@assessments.command("export")
@click.argument("assessment_id", metavar="ID")
@click.option("-o", "output", help="Write the bundle to this file.")
@with_appcontext
def export_assessment(assessment_id: str, output: str | None) -> None:
    """Write the answers of assessment ID as a bundle; importing it gives the same result."""
    engine = _engine()
    firm_id = _firm_of_assessment(engine, assessment_id)
    firm = firm_of(engine, firm_id)
    with firm_reading(engine, firm_id) as session:
        assessment = find_assessment(session, UUID(assessment_id))
        answers = answers_of(session, assessment)
    content = bundle_json(bundle_of(assessment, answers, firm.name, firm.reference))
    write_out(canonical_json(content) + b"\n", output)


def _firm_of_assessment(engine: Engine, assessment_id: str) -> UUID:
    """The firm whose assessment it is; ends the command where there is none."""
    try:
        wanted = UUID(assessment_id)
    except ValueError:
        refuse("ID", [Fault("the id", repr(assessment_id), "the id of an assessment here")])
    with all_firms_reading(engine, reason="export of one assessment") as session:
        firm_id = session.scalars(
            select(Assessment.firm_id).where(Assessment.id == wanted)
        ).one_or_none()
    if firm_id is None:
        refuse("ID", [Fault("the id", str(wanted), "the id of an assessment here")])
    return firm_id


def _engine() -> Engine:
    engine: Engine = current_app.extensions["engine"]
    return engine
