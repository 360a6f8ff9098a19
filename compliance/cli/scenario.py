"""`flask scenario`: the training library, and the proof that each scenario holds."""

import json
from pathlib import Path

import click

from compliance.answers import Fault
from compliance.cli.files import refuse
from compliance.training import SCENARIOS, Checked, Scenario, check_files, library, scenario_files

FOUND_FAULTS = 1


@click.group("scenario", invoke_without_command=True)
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the titles."
)
@click.pass_context
def group(context: click.Context, lang: str) -> None:
    """The training scenarios. Without a command: the list."""
    if context.invoked_subcommand is None:
        for scenario in library():
            line = (scenario.id, scenario.level, f"{scenario.minutes} min", scenario.title[lang])
            click.echo("\t".join(line))


@group.command("check")
@click.argument("path", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a scenario.")
def check(path: str | None, as_json: bool) -> None:
    """Prove that scenarios hold: schema, law, answers, and outcomes as the engine gives them.

    PATH is a scenario file, its folder or a folder of scenarios; the library where it is left out.
    Ends with 1 where there is a fault.
    """
    place = Path(path) if path else SCENARIOS
    if not scenario_files(place):
        refuse(
            path or str(SCENARIOS), [Fault("the path", "no scenario", "a scenario file or folder")]
        )
    clean = True
    for file, scenario, checked in check_files(place):
        clean = clean and not checked.faults
        click.echo(_as_json(scenario, checked) if as_json else _line(file, scenario, checked))
        for fault in checked.faults:
            click.echo(str(fault), err=True)
    if not clean:
        raise SystemExit(FOUND_FAULTS)


def _line(file: Path, scenario: Scenario | None, checked: Checked) -> str:
    name = scenario.id if scenario else file.parent.name
    state = "faults" if checked.faults else "ok"
    if not checked.grade:
        return f"{name}: {state}"
    way = f"{checked.outcome} -> {checked.twist_outcome}"
    return f"{name}: {state}, {way}, grade {checked.grade} ({checked.score})"


def _as_json(scenario: Scenario | None, checked: Checked) -> str:
    return json.dumps(
        {
            "id": scenario.id if scenario else None,
            "outcome": checked.outcome,
            "twist_outcome": checked.twist_outcome,
            "grade": checked.grade,
            "faults": [str(fault) for fault in checked.faults],
        },
        ensure_ascii=False,
    )
