"""`flask report`: verify a report that somebody sends. `flask assessment report`: make one."""

from pathlib import Path
from typing import NoReturn

import click

from compliance.answers import Bundle, Fault
from compliance.catalogue import load_edition
from compliance.cli.assessment import group as assessments
from compliance.cli.files import read_bundle, refuse, write_out
from compliance.reports import (
    LARGEST_PACK,
    Disagreement,
    Extras,
    Finding,
    NotAReportError,
    Order,
    PackVerdict,
    RendererMissingError,
    ReportError,
    ReportLanguage,
    SignatureState,
    SigningError,
    Snapshot,
    Variant,
    Verdict,
    key_from_environment,
    portfolio,
    render_comparison_pdf,
    render_pdf,
    render_portfolio_pdf,
    sign,
    standing_of,
    verify,
    verify_pack,
)
from compliance.scoring import result_json, score

ALTERED = 1
_LANGUAGES = click.Choice([one.value for one in ReportLanguage])

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
    type=click.Choice([one.value for one in Variant if one is not Variant.COMPARISON]),
    default="full",
    show_default=True,
)
@click.option("--module", help="The module of a module report.")
@click.option("--training", is_flag=True, help="Print TRAINING on every page.")
def make(
    bundle: str, output: str, lang: str, variant: str, module: str | None, training: bool
) -> None:
    """Make the PDF gap report of BUNDLE. Needs no database."""
    side = _snapshot(read_bundle(bundle))
    modules = [one.id for one in side.edition.modules]
    if (variant == Variant.MODULE) != (module is not None) or (module and module not in modules):
        refuse("--module", [Fault("the module", module or "nothing", ", ".join(modules))])
    order = Order(ReportLanguage(lang), Variant(variant), module, Extras(training=training))
    try:
        pdf = render_pdf(side.edition, side.bundle, side.result, order)
        key = key_from_environment()
        content = sign(pdf, key) if key else pdf
    except (RendererMissingError, SigningError) as error:
        _refuse(str(error))
    write_out(content, output)


@group.command("compare")
@click.argument("earlier")
@click.argument("later")
@click.option("-o", "output", required=True, help="Write the PDF to this file.")
@click.option("--lang", type=_LANGUAGES, default="en", show_default=True)
def compare(earlier: str, later: str, output: str, lang: str) -> None:
    """Report what changed between the bundles EARLIER and LATER. Needs no database."""
    before, after = _snapshot(read_bundle(earlier)), _snapshot(read_bundle(later))
    try:
        write_out(render_comparison_pdf(before, after, ReportLanguage(lang)), output)
    except RendererMissingError as error:
        _refuse(str(error))


@group.command("portfolio")
@click.argument("bundles", nargs=-1, required=True)
@click.option("-o", "output", required=True, help="Write the PDF to this file.")
@click.option("--title", default="Portfolio", show_default=True)
@click.option("--lang", type=_LANGUAGES, default="en", show_default=True)
def firms(bundles: tuple[str, ...], output: str, title: str, lang: str) -> None:
    """Report several firms at a glance, one bundle each. Needs no database."""
    sides = [_snapshot(read_bundle(file)) for file in bundles]
    standings = [
        standing_of(one.bundle.firm_name, one.bundle.firm_reference, one.result) for one in sides
    ]
    latest = max(one.bundle.as_of for one in sides)
    found = portfolio(sides[0].edition, title, latest, standings)
    try:
        write_out(render_portfolio_pdf(found, ReportLanguage(lang)), output)
    except RendererMissingError as error:
        _refuse(str(error))


@group.command("verify")
@click.argument("file")
def check(file: str) -> None:
    """Verify FILE, a report or an inspection pack.

    Exit 0: genuine; 1: altered; 2: no report that could be read.
    """
    try:
        with Path(file).open("rb") as stream:
            content = stream.read(LARGEST_PACK + 1)
    except OSError as error:
        refuse(file, [Fault("the file", error.strerror or "an error", "a PDF that can be read")])
    try:
        if content.startswith(b"PK"):
            genuine = _tell_pack(file, verify_pack(content))
        else:
            genuine = _tell(file, verify(content))
    except NotAReportError as error:
        _refuse(f"{file}: {error}")
    except ReportError as error:
        _refuse(str(error))
    if not genuine:
        raise SystemExit(ALTERED)


def _snapshot(bundle: Bundle) -> Snapshot:
    edition = load_edition(bundle.questionnaire_id, bundle.version)
    scorecard = score(edition, bundle.answers, bundle.as_of)
    return Snapshot(edition, bundle, result_json(edition, bundle, scorecard))


def _tell_pack(file: str, verdict: PackVerdict) -> bool:
    click.echo(f"{file}: {'genuine' if verdict.genuine else 'ALTERED'}")
    for words, names in (
        ("changed", verdict.changed),
        ("missing", verdict.missing),
        ("not in the manifest", verdict.unlisted),
        ("there twice", verdict.twice),
        ("no answer names its digest", verdict.unnamed),
    ):
        for name in names:
            click.echo(f"  {name}: {words}")
    for one in verdict.disagreements:
        click.echo(f"  {_DISAGREE[one]}")
    for name, report in verdict.reports.items():
        _tell(f"  {name}", report)
    return verdict.genuine


def _tell(file: str, verdict: Verdict) -> bool:
    click.echo(f"{file}: {'genuine' if verdict.genuine else 'ALTERED'}")
    click.echo(f"  firm: {verdict.firm}")
    click.echo(f"  as of: {verdict.as_of.isoformat() if verdict.as_of else '–'}")
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
    return verdict.genuine


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(2)


_DISAGREE = {
    Disagreement.ANSWERS: "answers.json is not the one inside the reports",
    Disagreement.RESULT: "result.json is not the one inside the reports",
    Disagreement.DIGEST: "the manifest states another digest than the reports",
    Disagreement.TRAIL: "audit-trail.jsonl: an entry does not follow the one before it",
    Disagreement.TRAIL_HEAD: "audit-trail.jsonl: the entry that the reports name is not in it",
}
_WORDS = {
    Finding.FILES_CHANGED: "attached files were changed or taken out",
    Finding.FILES_ADDED: "files were attached that the report did not have",
    Finding.RESULT_DIFFERS: "the answers give another result than the attached one",
    Finding.DIGEST_DIFFERS: "the digest is not that of answers and result",
    Finding.PAGES_DIFFER: "the pages are not those that the attached files give",
    Finding.INSIDE_DIFFERS: (
        "the pages look the same, but typefaces, tags, data about the file or its structure differ"
    ),
    Finding.ADDED_AFTERWARDS: "something was added to the file after it was made",
    Finding.SIGNATURE_BROKEN: "the signature is broken",
    Finding.EDITION_DIFFERS: "the questionnaire is not the one this program knows by that version",
}
