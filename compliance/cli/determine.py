"""`flask determine`: may this transaction go?"""

import json

import click

from compliance.cli.files import read_file, refuse, write_out
from compliance.determination import (
    FactsError,
    determination_json,
    determine,
    load_rules,
    parse_facts,
)


@click.command("determine")
@click.argument("facts")
@click.option("-o", "output", help="Write the result to this file.")
def command(facts: str, output: str | None) -> None:
    """Judge the transaction in FACTS and print the result as JSON. Needs no database."""
    rules = load_rules()
    try:
        known = parse_facts(read_file(facts), rules.severities)
    except FactsError as error:
        refuse(facts, error.faults)
    result = determination_json(known, determine(rules, known))
    write_out((json.dumps(result, ensure_ascii=False, indent=2) + "\n").encode(), output)
