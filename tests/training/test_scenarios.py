"""The scenario library: every case proven, every fault of a file told with file, entry, field."""

import copy
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from compliance.answers import parse_bundle, survey
from compliance.answers.bundle import bundle_json
from compliance.catalogue import Kind
from compliance.determination import Outcome
from compliance.training import (
    Ask,
    Difficulty,
    Scenario,
    ScenarioError,
    as_of,
    bundle_of,
    check_files,
    check_scenario,
    chosen_questions,
    edition_of,
    filled_answers,
    library,
    own_answers,
    parse_scenario,
    question_bank,
    read_scenario,
    scenario_of_library,
    task_of,
)
from compliance.training.stages import StageKind, stages_of_session

CASES = pytest.mark.parametrize("scenario", library(), ids=lambda scenario: scenario.id)
Edit = Callable[[dict[str, Any]], None]


def document() -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(
        json.loads(json.dumps(scenario_of_library("SC-01").document))
    )
    return found


def faults(change: Edit) -> list[str]:
    changed = document()
    change(changed)
    try:
        scenario = read_scenario(changed, "case.yaml")
    except ScenarioError as error:
        return [str(fault) for fault in error.faults]
    return [str(fault) for fault in check_scenario(scenario, "case.yaml").faults]


def test_there_are_fourteen_of_three_levels() -> None:
    assert len(library()) == 14
    assert {scenario.level for scenario in library()} == set(Difficulty)


@CASES
def test_each_scenario_holds(scenario: Scenario) -> None:
    checked = check_scenario(scenario, scenario.id)

    assert checked.faults == ()
    assert checked.outcome == scenario.outcome
    assert checked.twist_outcome == scenario.twist.outcome
    assert checked.grade in set("ABCDE")


@CASES
def test_each_firm_is_filled_by_the_default_rule(scenario: Scenario) -> None:
    edition, day = edition_of(scenario), as_of(scenario)
    answers, own = filled_answers(edition, scenario, day), own_answers(edition, scenario)

    shown = set(survey(edition, answers, day).shown)

    assert answers.keys() <= shown
    open_ones = {edition.question(id_).kind for id_ in shown - answers.keys()}
    assert open_ones <= {Kind.TEXT}
    assert all(not answers[id_].evidence for id_ in own)
    for id_, answer in answers.items():
        question = edition.question(id_)
        if id_ not in own and question.evidence_expected is not None:
            assert len(answer.evidence) == 1
        if id_ not in own and question.kind is Kind.MATURITY:
            assert answer.value == 3


@CASES
def test_each_bundle_can_be_read_again(scenario: Scenario) -> None:
    bundle = bundle_of(edition_of(scenario), scenario, as_of(scenario))

    raw = json.dumps(bundle_json(bundle)).encode()

    assert parse_bundle(raw) == bundle


@CASES
def test_each_case_is_told_in_both_languages_and_fits_a_lesson(scenario: Scenario) -> None:
    assert 30 <= scenario.minutes <= 60
    assert scenario.documents
    assert scenario.route is not None
    assert scenario.topics


@CASES
def test_each_task_has_a_right_answer_worth_all_points(scenario: Scenario) -> None:
    for stage in stages_of_session(1, tests=False):
        task = task_of(stage, [scenario], ())
        if task is None:
            continue
        perfect = {part.id: sorted(part.right) for part in task.parts}
        assert task.earned(perfect) == task.points
        blank = sum((part.points for part in task.parts if not part.right), Fraction(0))
        assert task.earned({}) == blank  # an empty hand is right where there is nothing to find
        for part in task.parts:
            assert len(part.choices) > len(part.right)
            assert part.ask is Ask.MANY or len(part.right) == 1


def test_ticking_everything_earns_nothing() -> None:
    task = task_of(stages_of_session(1, tests=False)[2], [scenario_of_library("SC-01")], ())
    assert task is not None
    assert task.kind is StageKind.FLAGS

    everything = {part.id: [one.id for one in part.choices] for part in task.parts}

    assert task.earned(everything) == 0


def test_a_clear_case_rewards_who_sees_no_flag() -> None:
    task = task_of(stages_of_session(1, tests=False)[2], [scenario_of_library("SC-11")], ())
    assert task is not None

    assert task.earned({"flags": []}) == task.points
    assert task.earned({"flags": [task.parts[0].choices[0].id]}) == 0


# --- Faults ----------------------------------------------------------------------------------


def _set(path: str, value: object) -> Edit:
    def change(found: dict[str, Any]) -> None:
        *groups, name = path.split(".")
        target: Any = found
        for group in groups:
            target = target[int(group)] if isinstance(target, list) else target[group]
        if isinstance(target, list):
            target[int(name)] = value
        else:
            target[name] = value

    return change


def _drop(name: str) -> Edit:
    return lambda found: found.pop(name)


FAULTY: tuple[tuple[Edit, str], ...] = (
    (_set("format", "other"), "SC-01: format"),
    (_set("format_version", True), "SC-01: format_version"),
    (_set("surplus", 1), "surplus"),
    (_set("id", "no id"), "id"),
    (_set("level", "hard"), "level"),
    (_set("title", {"en": "x"}), "title.zh"),
    (_set("title", {"en": "x" * 121, "zh": "题"}), "title.en"),
    (_set("title", "x"), "title"),
    (_drop("story"), "story"),
    (_set("topics", ["weather"]), "topics.0"),
    (_set("topics", ["icp", "icp"]), "topics"),
    (_set("documents", []), "documents"),
    (_set("documents.0.kind", "poem"), "documents.0.kind"),
    (_set("documents.0.colour", "red"), "documents.0.colour"),
    (_set("route.declared.0", "moon"), "route.declared.0"),
    (_set("route.stops.0.role", "spy"), "route.stops.0.role"),
    (_set("plan.0.minutes", 0), "plan.0.minutes"),
    (_set("plan.0.minutes", True), "plan.0.minutes"),
    (_set("teaching_points", {"en": ["a"], "zh": ["甲", "乙"]}), "teaching_points"),
    (_set("expected.provisions", ["ecl-999"]), "expected.provisions.0"),
    (_set("expected.outcome", "licensed"), "expected.outcome"),
    (_set("expected.outcome", "fine"), "expected.outcome"),
    (_set("twist.outcome", "prohibited"), "twist.outcome"),
    (_set("twist.changes", {"item.colour": "red"}), "twist.changes.item.colour"),
    (_set("facts.activity", "picnic"), "facts.activity"),
    (_set("facts.as_of", "2026-02-30"), "facts.as_of"),
    (_set("red_flags", ["RF-E07"]), "red_flags"),
    (_set("red_flags", ["RF-Q99"]), "red_flags.0"),
    (_set("answers", {"EU-99": 1}), "answers.EU-99"),
    (_set("answers", {"EU-09": 7}), "answers.EU-09"),
    (_set("answers", {"EU-09": "1"}), "answers.EU-09"),
    (_set("answers", {"SCP-01": ["manufacturer"]}), "answers.SCP-01"),
    (_set("scope", {"EU-09": 1}), "scope.EU-09"),
    (_set("questionnaire.version", "1999.1"), "questionnaire.version"),
)


@pytest.mark.parametrize(("change", "place"), FAULTY, ids=map(str, range(len(FAULTY))))
def test_a_fault_is_told_with_file_entry_and_field(change: Edit, place: str) -> None:
    found = faults(change)

    assert found
    assert any(fault.startswith("case.yaml") and place in fault for fault in found), found


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"a: &x 1\nb: *x\n",
        b"id: !!python/object:os.system x\n",
        b"id: SC-01\nid: SC-02\n",
        b"\xff\xfe",
        b"a: yes\n",
        b"{" * 200,
        b"--- 1\n--- 2\n",
        b"x" * 3_000_000,
    ],
    ids=["empty", "list", "alias", "tag", "twice", "bytes", "yes", "deep", "two", "large"],
)
def test_a_file_that_is_no_scenario_is_refused(raw: bytes) -> None:
    with pytest.raises(ScenarioError):
        parse_scenario(raw, "case.yaml")


def test_an_id_that_stands_twice_is_told(tmp_path: Path) -> None:
    raw = yaml.safe_dump(document(), allow_unicode=True, sort_keys=False)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scenario.yaml").write_text(raw, encoding="utf-8")

    found = [fault for _, _, checked in check_files(tmp_path) for fault in checked.faults]

    assert len(found) == 1
    assert found[0].field == "id"


# --- The command -----------------------------------------------------------------------------


def test_the_command_proves_the_library(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["scenario", "check"])

    assert done.exit_code == 0
    assert len(done.output.splitlines()) == 14
    assert "SC-12: ok, prohibited -> licence_required, grade D" in done.output


def test_the_command_lists_the_library(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["scenario", "--lang", "zh"])

    assert done.exit_code == 0
    assert "酸奶厂的发酵罐" in done.output


def test_the_command_says_no_with_one(app: Flask, tmp_path: Path) -> None:
    broken = document()
    broken["expected"]["outcome"] = "licensed"
    file = tmp_path / "scenario.yaml"
    file.write_text(yaml.safe_dump(broken, allow_unicode=True), encoding="utf-8")

    done = app.test_cli_runner().invoke(args=["scenario", "check", str(file)])

    assert done.exit_code == 1
    assert "expected.outcome: says licensed, but the facts come to stop_and_report" in done.stderr


def test_the_command_refuses_a_path_without_scenarios(app: Flask, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["scenario", "check", str(tmp_path / "no")])

    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


# --- The bank --------------------------------------------------------------------------------


def test_the_bank_is_sound() -> None:
    laws = edition_of(library()[0]).provisions

    for question in question_bank().values():
        assert question.correct in {value for value, _text in question.options}
        assert set(question.provisions) <= laws.keys()


def test_a_test_asks_about_each_topic() -> None:
    chosen = chosen_questions(["licensing", "end_use_end_user"])

    assert {question_bank()[one].module_id for one in chosen} == {"licensing", "end_use_end_user"}
    assert 2 <= len(chosen) <= 8


def test_every_outcome_is_known_to_the_engine() -> None:
    assert {scenario.outcome for scenario in library()} <= set(Outcome)
