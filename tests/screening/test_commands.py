"""`flask lists` and `flask screen`: exit codes, faults by row, the file that comes out."""

import csv
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask

Run = Callable[..., Result]
PARTIES = """name,name_zh,aliases,country,reference,listed_on,delisted_on
Kestrel Photonics GmbH,,Kestrel Photonik,XX,R1,2024-01-01,
,星河远航科技有限公司,,XX,R2,2024-01-01,
"""
GOODS = """code,heading,heading_zh,parameters,hs_codes,in_force_from,in_force_until
1C902,Spherical graphite powder,球形石墨粉,,2504.10,2024-12-01,
"""


@pytest.fixture
def run(app: Flask, tmp_path) -> Run:
    """`run("lists", "import", text, "--list", "W")`: a text with line ends becomes a file."""

    def run(*arguments: str) -> Result:
        given = []
        for number, argument in enumerate(arguments):
            if "\n" in argument:
                file = tmp_path / f"file{number}.csv"
                file.write_text(argument, "utf-8")
                given.append(str(file))
            else:
                given.append(argument)
        with app.app_context():
            return app.test_cli_runner().invoke(args=given)

    return run


def bring_in(run: Run, text: str = PARTIES, *options: str) -> Result:
    fixed = ("--list", "W", "--kind", "watch", "--as-of", "2026-11-01")
    return run("lists", "import", text, *fixed, *options)


def test_names_are_screened_into_a_table(run, tmp_path):
    bring_in(run)
    out = tmp_path / "out.csv"

    result = run(
        *(
            "screen",
            "--names",
            "query\nKestral Photonics\nXinghe Yuanhang Technology\nSiemens AG\n王\n",
        ),
        *("-o", str(out)),
    )

    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert result.exit_code == 0
    assert list(rows[0]) == ["query", "best_name", "list", "score", "verdict"]
    assert [row["verdict"] for row in rows] == ["hit", "hit", "clear", "possible"]
    assert rows[0]["best_name"] == "Kestrel Photonics GmbH"
    assert (rows[1]["best_name"], rows[1]["list"]) == ("星河远航科技有限公司", "W")


def test_without_a_list_nobody_is_screened(run):
    result = run("screen", "--names", "query\nSiemens AG\n")

    assert result.exit_code == 2
    assert "none in use" in result.stderr
    assert result.stdout == ""


def test_a_list_with_faults_changes_nothing(run):
    bring_in(run)
    bad = PARTIES + "Third,,,XX,,2024-02-30,\nFourth,,,XX,,yesterday,\n"

    result = bring_in(run, bad)

    assert result.exit_code == 2
    places = [line.split(": ")[1] for line in result.stderr.splitlines()]
    assert places == ["row 4.listed_on", "row 5.listed_on"]
    assert "version 1" in run("lists", "show").stdout


def test_a_shrinking_list_needs_a_word(run):
    bring_in(run)
    short = "".join(PARTIES.splitlines(keepends=True)[:2])

    refused, taken = bring_in(run, short), bring_in(run, short, "--confirm-shrink")

    assert (refused.exit_code, taken.exit_code) == (2, 0)
    assert "--confirm-shrink" in refused.stderr
    assert "version 2, 1 entries" in taken.stdout


def test_an_own_list_belongs_to_a_firm(run):
    fixed = ("--list", "OWN", "--as-of", "2026-11-01", "--firm", "AMBER")
    taken = run("lists", "import", PARTIES, *fixed, "--kind", "own")
    wrong = run("lists", "import", PARTIES, *fixed, "--kind", "watch")
    unknown = run("screen", "--names", "query\nSiemens AG\n", "--firm", "NOBODY")
    seen = run("screen", "--names", "query\nKestrel Photonics\n", "--firm", "AMBER")

    codes = [result.exit_code for result in (taken, wrong, unknown, seen)]
    assert codes == [0, 2, 2, 0], [r.output for r in (taken, wrong, unknown, seen)]
    assert seen.stdout.splitlines()[1].endswith("hit")


def test_goods_are_brought_in_and_found(run):
    fixed = ("--list", "G", "--as-of", "2026-11-01")

    taken = run("lists", "classify", GOODS, *fixed)

    assert taken.exit_code == 0
    assert run("lists", "search", "石墨").stdout.startswith("1C902\t")
    assert run("lists", "search", "uranium").exit_code == 1


@pytest.mark.parametrize("as_of", ["2026-02-30", "yesterday", "20261101", ""])
def test_a_day_that_does_not_exist_is_refused(run, as_of):
    fixed = ("--list", "W", "--kind", "watch")

    result = run("lists", "import", PARTIES, *fixed, "--as-of", as_of)

    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(run):
    bring_in(run)

    result = run("screen", "--names", "query\n=1+1\n")

    assert result.stdout.splitlines()[1].startswith("'=1+1")
