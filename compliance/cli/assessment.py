"""`flask assessment`: score a bundle, and find the cheapest way to a grade."""

import json

import click

from compliance.answers import Fault
from compliance.catalogue import Edition, load_edition
from compliance.cli.files import read_bundle, refuse, write_out
from compliance.language import Language
from compliance.scoring import Scorecard, plan, plan_json, result_json, score

NO = 1

group = click.Group("assessment", help="Answer bundles: score, plan, report, import and export.")


@group.command("score")
@click.argument("bundle")
@click.option("-o", "output", help="Write the result to this file.")
@click.option(
    "--lang",
    type=click.Choice([one.value for one in Language]),
    help="Add the wording of each gap.",
)
def score_bundle(bundle: str, output: str | None, lang: str | None) -> None:
    """Score BUNDLE and print the result as JSON. Needs no database."""
    read = read_bundle(bundle)
    edition = load_edition(read.questionnaire_id, read.version)
    scorecard = score(edition, read.answers, read.as_of)
    result = result_json(edition, read, scorecard)
    if lang:
        result["wording"] = _wording(edition, scorecard, lang)
    write_out(_printed(result), output)


@group.command("plan")
@click.argument("bundle")
@click.option("--target", required=True, help="The grade to reach.")
@click.option("-o", "output", help="Write the plan to this file.")
def plan_bundle(bundle: str, target: str, output: str | None) -> None:
    """Print the cheapest set of remedies that brings BUNDLE to a grade. Exit 1: out of reach."""
    read = read_bundle(bundle)
    edition = load_edition(read.questionnaire_id, read.version)
    grades = [grade.name for grade in edition.grades]
    if target not in grades:
        refuse("--target", [Fault("the grade", target, ", ".join(grades))])
    found = plan(edition, read.answers, read.as_of, target)
    write_out(_printed(plan_json(edition, read, found)), output)
    if not found.reachable:
        raise SystemExit(NO)


def _printed(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _wording(edition: Edition, scorecard: Scorecard, lang: str) -> dict[str, object]:
    """Question id -> prompt and remedy of each gap, in one language."""
    questions = [edition.question(gap.question.id) for gap in scorecard.gaps]
    return {
        question.id: {
            "prompt": question.prompt[lang],
            "remedy": list(question.remedy.action[lang]) if question.remedy else [],
        }
        for question in questions
    }
