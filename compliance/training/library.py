"""The scenario library: one folder a scenario below `scenarios/`, read once and kept."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from compliance.catalogue import Fault
from compliance.training.checking import Checked, check_scenario
from compliance.training.errors import NoSuchScenarioError, ScenarioError
from compliance.training.reading import parse_scenario
from compliance.training.scenario import Scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILE = "scenario.yaml"


def scenario_files(path: Path = SCENARIOS) -> tuple[Path, ...]:
    """The scenario files at a path: a file, a scenario's folder, or a folder of them."""
    if path.is_file():
        return (path,)
    if (path / FILE).is_file():
        return (path / FILE,)
    return tuple(sorted(path.glob(f"*/{FILE}")))


def check_files(path: Path = SCENARIOS) -> Iterator[tuple[Path, Scenario | None, Checked]]:
    """Each scenario below a path with what its check found; None where it can't be read."""
    ids: dict[str, Path] = {}
    for file in scenario_files(path):
        name = _shown(file)
        try:
            scenario = parse_scenario(file.read_bytes(), name)
        except ScenarioError as error:
            yield file, None, Checked(error.faults, "", "", "", None)
            continue
        checked = check_scenario(scenario, name)
        faults = list(checked.faults)
        if scenario.id in ids:
            faults.append(Fault(name, 0, scenario.id, "id", f"stands in {ids[scenario.id]} too"))
        ids[scenario.id] = file
        yield (
            file,
            scenario,
            Checked(
                tuple(faults), checked.outcome, checked.twist_outcome, checked.grade, checked.score
            ),
        )


@lru_cache(maxsize=1)
def library() -> tuple[Scenario, ...]:
    """All scenarios that ship with the program, easiest first, then by id."""
    found = [parse_scenario(file.read_bytes(), _shown(file)) for file in scenario_files()]
    order = list(type(found[0].level)) if found else []
    return tuple(sorted(found, key=lambda s: (order.index(s.level), s.id)))


def scenario_of_library(scenario_id: str) -> Scenario:
    """The scenario. Raises NoSuchScenarioError."""
    for scenario in library():
        if scenario.id == scenario_id:
            return scenario
    raise NoSuchScenarioError(scenario_id)


def _shown(file: Path) -> str:
    try:
        return file.resolve().relative_to(SCENARIOS.parent).as_posix()
    except ValueError:
        return file.name
