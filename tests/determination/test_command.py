"""`flask determine` prints one result, or one line a fault."""

import json

import click
import pytest
from click.testing import CliRunner

from compliance.cli.determine import command
from tests.determination.conftest import plain_facts


@pytest.fixture
def run(tmp_path):
    def run(document: object, *options: str) -> click.testing.Result:
        file = tmp_path / "facts.json"
        file.write_text(json.dumps(document), "utf-8")
        return CliRunner().invoke(command, [str(file), *options])

    return run


def test_the_result_is_json_in_both_languages(run):
    result = run(plain_facts(item__listed="yes"))

    content = json.loads(result.stdout)
    assert result.exit_code == 0
    assert content["outcome"] == "licence_required"
    assert content["title"] == {"en": "Licence required", "zh": "须申请许可"}
    assert all(set(action) == {"en", "zh"} for action in content["actions"])


def test_the_result_goes_to_a_file(run, tmp_path):
    result = run(plain_facts(), "-o", str(tmp_path / "result.json"))

    content = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert content["outcome"] == "no_licence_required"


def test_faulty_facts_end_with_two_and_write_nothing(run, tmp_path):
    result = run(plain_facts(item__listed="perhaps", activity=None), "-o", str(tmp_path / "out"))

    lines = result.stderr.splitlines()
    assert result.exit_code == 2
    assert [line.split(": ")[1] for line in lines] == ["activity", "item.listed"]
    assert not (tmp_path / "out").exists()
