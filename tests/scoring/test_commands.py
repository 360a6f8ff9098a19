"""`flask assessment score` and `plan`: what they print, write and refuse."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

DEMO = Path(__file__).parents[2] / "questionnaires" / "demo" / "current.json"


@pytest.fixture
def runner(tmp_path: Path) -> FlaskCliRunner:
    """The commands of an application whose database can't be reached."""
    from compliance.settings import Settings
    from compliance.web import create_app

    (tmp_path / "data").mkdir()
    app: Flask = create_app(
        Settings(
            mode="demo",
            database_url=f"sqlite:///{tmp_path / 'nowhere' / 'app.db'}",
            secret_key="a secret for the tests alone, 32+ characters",
            data_dir=tmp_path / "data",
            base_url="http://localhost",
            embedded_jobs=False,
        )
    )
    return app.test_cli_runner()


def test_a_bundle_is_scored_the_same_twice(runner: FlaskCliRunner, tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled.json"
    content = json.loads(DEMO.read_bytes())
    content["answers"] = dict(reversed(content["answers"].items()))
    shuffled.write_text(json.dumps(dict(reversed(content.items()))), "utf-8")

    first = runner.invoke(args=["assessment", "score", str(DEMO)])
    second = runner.invoke(args=["assessment", "score", str(shuffled)])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout_bytes == second.stdout_bytes
    assert json.loads(first.stdout)["overall"]["grade"] in "ABCDE"


def test_the_result_goes_to_a_file(runner: FlaskCliRunner, tmp_path: Path) -> None:
    output = tmp_path / "result.json"

    ran = runner.invoke(args=["assessment", "score", str(DEMO), "-o", str(output), "--lang", "zh"])

    result = json.loads(output.read_bytes())
    assert (ran.exit_code, ran.output) == (0, "")
    assert result["format"] == "ecl-self-assessment/result"
    assert set(result["wording"]) == {gap["question"] for gap in result["gaps"]}
    assert list(tmp_path.glob("*.partial")) == []


def test_bad_input_is_one_line_a_fault_and_nothing_written(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    bad, output = tmp_path / "bad.json", tmp_path / "result.json"
    content = json.loads(DEMO.read_bytes())
    content["answers"] |= {"LIC-02": {"value": True}, "XYZ-1": None}
    bad.write_text(json.dumps(content), "utf-8")

    ran = runner.invoke(args=["assessment", "score", str(bad), "-o", str(output)])

    lines = ran.stderr.splitlines()
    assert ran.exit_code == 2
    assert [line.split(": ")[:2] for line in lines] == [
        [str(bad), "answers.LIC-02.value"],
        [str(bad), "answers.XYZ-1"],
    ]
    assert 'found true; allowed "looked-none", ' in lines[0]
    assert ran.stdout == ""
    assert not output.exists()


@pytest.mark.parametrize("command", [["score"], ["plan", "--target", "B"]])
def test_a_file_that_is_not_there(runner: FlaskCliRunner, command: list[str]) -> None:
    ran = runner.invoke(args=["assessment", *command, "no-such.json"])

    assert ran.exit_code == 2
    assert ran.stderr == (
        "no-such.json: the file: found No such file or directory; allowed a file that can be read\n"
    )


def test_a_place_that_cannot_be_written(runner: FlaskCliRunner, tmp_path: Path) -> None:
    output = tmp_path / "missing" / "result.json"

    ran = runner.invoke(args=["assessment", "score", str(DEMO), "-o", str(output)])

    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"{output}: the file: ")


def test_a_plan_reaches_its_grade(runner: FlaskCliRunner) -> None:
    ran = runner.invoke(args=["assessment", "plan", str(DEMO), "--target", "B"])

    plan = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert plan["reachable"] is True
    assert plan["after"]["grade"] == "B"
    assert plan["effort_days"] == sum(step["effort_days"] for step in plan["steps"])


def test_a_grade_that_does_not_exist(runner: FlaskCliRunner) -> None:
    ran = runner.invoke(args=["assessment", "plan", str(DEMO), "--target", "Z"])

    assert ran.exit_code == 2
    assert ran.stderr == "--target: the grade: found Z; allowed A, B, C, D, E\n"


def test_a_plan_for_a_firm_to_which_nothing_applies_is_a_no(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    content = json.loads(DEMO.read_bytes()) | {"as_of": "1990-01-01", "answers": {}}
    early = tmp_path / "early.json"
    early.write_text(json.dumps(content), "utf-8")

    ran = runner.invoke(args=["assessment", "plan", str(early), "--target", "D"])

    plan = json.loads(ran.stdout)
    assert ran.exit_code == 1
    assert (plan["reachable"], plan["best_grade"], plan["steps"]) == (False, None, [])
