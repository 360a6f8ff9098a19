"""Scenarios, sandboxes, classrooms: where people learn on firms that do not exist.

In: scenario files, a trainer's actor, participants' answers. Out: checked scenarios, sandboxes
(firms of kind training), classroom sessions with their boards and debriefs. Knows no Flask, no
real firm's assessment, no PDF.
"""

from compliance.training.checking import (
    Checked,
    Solution,
    as_of,
    changed_facts,
    check_scenario,
    edition_of,
    solution,
)
from compliance.training.errors import ScenarioError, TrainingError
from compliance.training.filling import bundle_of, default_value, filled_answers, own_answers
from compliance.training.library import (
    SCENARIOS,
    check_files,
    library,
    scenario_files,
    scenario_of_library,
)
from compliance.training.reading import parse_scenario, read_scenario
from compliance.training.scenario import (
    Difficulty,
    Document,
    DocumentKind,
    PlanStep,
    Route,
    Scenario,
    Stop,
    StopRole,
    Twist,
)

__all__ = [
    "SCENARIOS",
    "Checked",
    "Difficulty",
    "Document",
    "DocumentKind",
    "PlanStep",
    "Route",
    "Scenario",
    "ScenarioError",
    "Solution",
    "Stop",
    "StopRole",
    "TrainingError",
    "Twist",
    "as_of",
    "bundle_of",
    "changed_facts",
    "check_files",
    "check_scenario",
    "default_value",
    "edition_of",
    "filled_answers",
    "library",
    "own_answers",
    "parse_scenario",
    "read_scenario",
    "scenario_files",
    "scenario_of_library",
    "solution",
]
