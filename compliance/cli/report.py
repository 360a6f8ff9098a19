"""`flask report`: verify a report that somebody sends. `flask assessment report`: make one."""

from pathlib import Path
from typing import NoReturn

import click

from compliance.answers import Fault
from compliance.catalogue import load_edition
from compliance.cli.assessment import group as assessments
from compliance.cli.files import read_bundle, refuse, write_out
from compliance.reports import (
    LARGEST_FILE,
    Extras,
    Finding,
    NotAReportError,
    Order,
    RendererMissingError,
    ReportError,
    ReportLanguage,
    SignatureState,
    SigningError,
    Variant,
    Verdict,
    key_from_environment,
    render_pdf,
    sign,
    verify,
)
from compliance.scoring import result_json, score

ALTERED = 1

group = click.Group("report", help="Reports: verify the one that somebody sends.")


@assessments.command("report")
@click.argument("bundle")
@click.option("-o", "output", required=True, help="Write the PDF to this file.")
@click.option(
    "--lang",
    type=click.Choice([one.value for one in ReportLanguage]),
    default="en",
    show_default=True,
)
@click.option(
    "--variant",
    type=click.Choice([one.value for one in Variant]),
    default="full",
    show_default=True,
)
@click.option("--module", help="The module of a module report.")
@click.option("--training", is_flag=True, help="Print TRAINING on every page.")
def make(
    bundle: str, output: str, lang: str, variant: str, module: str | None, training: bool
) -> None:
    """Make the PDF gap report of BUNDLE. Needs no database."""
    read = read_bundle(bundle)
    edition = load_edition(read.questionnaire_id, read.version)
    modules = [one.id for one in edition.modules]
    if (variant == Variant.MODULE) != (module is not None) or (module and module not in modules):
        refuse("--module", [Fault("the module", module or "nothing", ", ".join(modules))])
    result = result_json(edition, read, score(edition, read.answers, read.as_of))
    order = Order(ReportLanguage(lang), Variant(variant), module, Extras(training=training))
    try:
        pdf = render_pdf(edition, read, result, order)
        key = key_from_environment()
        content = sign(pdf, key) if key else pdf
    except (RendererMissingError, SigningError) as error:
        _refuse(str(error))
    write_out(content, output)


@group.command("verify")
@click.argument("file")
def check(file: str) -> None:
    """Verify FILE. Exit 0: genuine; 1: altered; 2: no report that could be read."""
    try:
        with Path(file).open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        refuse(file, [Fault("the file", error.strerror or "an error", "a PDF that can be read")])
    try:
        verdict = verify(content)
    except NotAReportError as error:
        _refuse(f"{file}: {error}")
    except ReportError as error:
        _refuse(str(error))
    _tell(file, verdict)
    if not verdict.genuine:
        raise SystemExit(ALTERED)


def _tell(file: str, verdict: Verdict) -> None:
    click.echo(f"{file}: {'genuine' if verdict.genuine else 'ALTERED'}")
    click.echo(f"  firm: {verdict.firm}")
    click.echo(f"  as of: {verdict.as_of.isoformat()}")
    click.echo(f"  score: {verdict.score}, grade {verdict.grade}")
    click.echo(f"  digest: {verdict.digest}")
    for finding in verdict.findings:
        click.echo(f"  {_WORDS[finding]}")
    for detail in verdict.details:
        click.echo(f"    {detail}")
    if not verdict.pages_compared:
        click.echo(
            "  pages not compared: made by another version of the program "
            f"({verdict.made_by}); answers and result were scored again"
        )
    if verdict.signature.state is SignatureState.NONE:
        click.echo("  signature: none")
    else:
        click.echo(
            f"  signature: {verdict.signature.state}, {verdict.signature.signer}, "
            f"certificate SHA-256 {verdict.signature.fingerprint}"
        )


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(2)


_WORDS = {
    Finding.FILES_CHANGED: "attached files were changed:",
    Finding.RESULT_DIFFERS: "the answers give another result than the attached one:",
    Finding.DIGEST_DIFFERS: "the digest is not that of answers and result",
    Finding.PAGES_DIFFER: "the pages are not those that the attached files give",
    Finding.ADDED_AFTERWARDS: "something was added to the file after it was made",
    Finding.SIGNATURE_BROKEN: "the signature is broken",
    Finding.EDITION_DIFFERS: "the questionnaire is not the one this program knows by that version",
}
