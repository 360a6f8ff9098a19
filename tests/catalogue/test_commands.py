"""`flask catalogue`: exit codes, one line a fault, no traceback, and what is written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import load_workbook

from compliance.catalogue import ROOT
from compliance.cli import catalogue as commands
from tests.catalogue.conftest import Catalogue

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run() -> Run:
    app = Flask(
        "commands",
        template_folder=str(ROOT.parent / "templates"),
        static_folder=str(ROOT.parent / "static"),
    )
    app.cli.add_command(commands.group)
    runner = app.test_cli_runner()

    def invoke(*arguments: object) -> Result:
        result = runner.invoke(args=["catalogue", *map(str, arguments)])
        assert "Traceback" not in result.output
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        return result

    return invoke


def test_check_of_the_real_catalogue_is_clean(run: Run) -> None:
    result = run("check")

    assert result.exit_code == 0
    assert "ecl-icp 2026.1: 187 questions, 170 scored, no fault" in result.output


def test_check_lists_each_fault_on_a_line_and_exits_1(run: Run, catalogue: Catalogue) -> None:
    catalogue.edit("licensing.yaml", "[pen-unlicensed]", "[pen-none]")
    catalogue.edit("scope.yaml", 'zh: "有什么出境？"', 'zh: "有什么出境?"')

    result = run("check", catalogue.root)

    lines = result.stderr.splitlines()
    assert result.exit_code == 1
    assert any("licensing.yaml:" in x and "LIC-01: penalties: unknown" in x for x in lines)
    assert any("scope.yaml:" in x and "SCP-01: prompt.zh: half-width" in x for x in lines)
    assert lines[-1].endswith("faults")


@pytest.mark.parametrize("below", ["tiny/2026.1", "tiny/2026.1/licensing.yaml", "tiny"])
def test_check_takes_an_edition_or_a_file_of_it(run: Run, catalogue: Catalogue, below: str) -> None:
    assert run("check", catalogue.root / below).exit_code == 0

    catalogue.edit("licensing.yaml", "[pen-unlicensed]", "[pen-none]")

    assert run("check", catalogue.root / below).exit_code == 1


def test_check_of_an_edition_alone_rests_on_the_law_of_the_project(
    run: Run, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "ecl-icp" / "2026.1", tmp_path / "ecl-icp" / "2026.1")

    assert run("check", tmp_path).exit_code == 0
    assert run("check", tmp_path / "ecl-icp" / "2026.1").exit_code == 0


def test_check_of_nothing_exits_2_and_of_an_empty_folder_1(run: Run, tmp_path: Path) -> None:
    assert run("check", tmp_path / "nothing").exit_code == 2
    assert run("check", tmp_path).exit_code == 1


def test_check_reads_files_that_no_edition_reads(run: Run, catalogue: Catalogue) -> None:
    (catalogue.root / "other.yaml").write_text("a: &b {en: Words, zh: words}\n", "utf-8")
    assert "anchor" in run("check", catalogue.root).stderr

    (catalogue.root / "other.yaml").write_text("a: {en: Words, zh: words}\n", "utf-8")
    assert "other.yaml:1: a.zh: no Chinese" in run("check", catalogue.root).stderr


def test_check_reads_the_rules_for_transactions_and_their_law(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "questionnaires"
    shutil.copytree(ROOT, root)
    assert run("check", root).exit_code == 0
    for name in ("determination.yaml", "quick_check.yaml"):
        source = (root / name).read_text("utf-8")
        (root / name).write_text(source.replace("ecl-12", "ecl-99", 1), "utf-8")

    lines = run("check", root).stderr.splitlines()

    assert any("determination.yaml" in line and "ecl-99" in line for line in lines)
    assert any("quick_check.yaml:" in line and "ecl-99" in line for line in lines)


def test_export_writes_a_file_or_prints(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "edition.json"

    written = run("export", "--version", "2026.1", "-o", path)
    printed = run("export", "--questionnaire", "ecl-icp", "--version", "2026.1")

    assert (written.exit_code, printed.exit_code) == (0, 0)
    assert path.read_bytes() == printed.stdout_bytes
    assert json.loads(path.read_bytes())["format"] == "ecl-self-assessment/catalogue"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--questionnaire", "nothing"),
        ("--version", "1999.1"),
        ("--version", "../2026.1"),
        ("--version", ""),
        ("--questionnaire", "."),
        ("-o", "/nowhere/at/all.json"),
    ],
)
def test_export_of_the_unknown_exits_2_with_one_line(run: Run, arguments: tuple[str]) -> None:
    result = run("export", *arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


def test_export_of_a_faulty_edition_exits_2(run: Run, catalogue: Catalogue) -> None:
    catalogue.edit("licensing.yaml", "[pen-unlicensed]", "[pen-none]")

    result = run("export", "--questionnaire", "tiny", "--catalogue", catalogue.root)

    assert result.exit_code == 2
    assert "LIC-01: penalties" in result.stderr


def test_publish_then_change_then_check(run: Run, catalogue: Catalogue) -> None:
    options = ("--questionnaire", "tiny", "--catalogue", catalogue.root)

    assert run("publish", "2026.1", *options).exit_code == 0
    assert run("publish", "2026.1", *options).exit_code == 0
    assert run("publish", "2026.7", *options).exit_code == 2
    assert run("check", catalogue.root).exit_code == 0
    catalogue.edit("licensing.yaml", "en: The seller.", "en: A seller.")
    assert run("check", catalogue.root).exit_code == 1
    assert run("publish", "2026.1", *options).exit_code == 1


def test_diff_tells_effect_and_reasons(run: Run, catalogue: Catalogue) -> None:
    catalogue.next_edition("", ("licensing.yaml", "en: The seller.", "en: A seller."))
    options = ("--questionnaire", "tiny", "--catalogue", catalogue.root)

    words = run("diff", "2026.1", "2026.2", *options)
    told = json.loads(run("diff", "2026.1", "2026.2", "--json", *options).stdout)

    assert words.exit_code == 0
    assert "2026.1 → 2026.2: cosmetic, 1 changes" in words.stdout
    assert "LIC-01 levels.1.text.en: The wording changed. The seller. → A seller." in words.stdout
    assert told["effect"] == "cosmetic"
    assert told["changes"][0]["field"] == "levels.1.text.en"
    assert run("diff", "2026.1", "2026.9", *options).exit_code == 2


def test_preview_shows_question_or_module_side_by_side(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "preview.html"

    assert run("preview", "LIC-01", "-o", page, "--version", "2026.1").exit_code == 0
    one = page.read_text("utf-8")
    assert run("preview", "licensing", "-o", page, "--version", "2026.1").exit_code == 0
    whole = page.read_text("utf-8")
    unknown = run("preview", "LIC-999", "-o", tmp_path / "none.html")

    assert "<h2>LIC-01</h2>" in one
    assert 'lang="zh-Hans"' in one
    assert whole.count("<h2>") > 10
    assert unknown.exit_code == 2
    assert not (tmp_path / "none.html").exists()


def test_blank_questionnaire_comes_as_workbook_or_document(run: Run, tmp_path: Path) -> None:
    for name in ("blank.xlsx", "blank.docx"):
        assert run("blank", "-o", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_bytes().startswith(b"PK")

    assert run("blank", "-o", tmp_path / "blank.pdf").exit_code == 2


def reviewed(run: Run, catalogue: Catalogue, path: Path, words: str) -> tuple[object, ...]:
    """A review of the tiny edition in which one level reads otherwise; the options for it."""
    options = ("--questionnaire", "tiny", "--catalogue", catalogue.root)
    assert run("blank", "-o", path, *options).exit_code == 0
    book = load_workbook(path)
    for cells in book["Wording"].iter_rows(min_row=2):
        if cells[3].value == "The seller.":
            cells[3].value = words
    book.save(path)
    return options


def test_wording_shows_and_applies(run: Run, catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "review.xlsx"
    options = reviewed(run, catalogue, path, "The seller alone.")

    shown = run("wording", path, *options)
    applied = run("wording", path, "--apply", *options)

    assert (shown.exit_code, applied.exit_code) == (0, 0)
    assert "- The seller.\n  + The seller alone." in shown.stdout
    level = catalogue.load().question("LIC-01").levels[1]
    assert level.text.en == "The seller alone."
    assert "0 changes" in run("wording", path, *options).stdout


@pytest.mark.parametrize("words", ["<b>Seller</b>", "Mostly the seller.", "由销售"])
def test_words_that_make_a_fault_are_not_written(
    run: Run, catalogue: Catalogue, tmp_path: Path, words: str
) -> None:
    path = tmp_path / "review.xlsx"
    options = reviewed(run, catalogue, path, words)
    before = catalogue.path("licensing.yaml").read_bytes()

    result = run("wording", path, "--apply", *options)

    assert result.exit_code == 2
    assert "LIC-01: levels.1.text.en" in result.stderr
    assert catalogue.path("licensing.yaml").read_bytes() == before


def test_words_of_a_published_edition_are_not_written(
    run: Run, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "review.xlsx"
    options = reviewed(run, catalogue, path, "The seller alone.")
    run("publish", "2026.1", *options)

    result = run("wording", path, "--apply", *options)

    assert result.exit_code == 2
    assert "frozen" in result.stderr


def test_conflicting_words_are_not_written(run: Run, catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "review.xlsx"
    options = reviewed(run, catalogue, path, "The seller alone.")
    catalogue.edit("licensing.yaml", "en: The seller.", "en: Any seller.")

    result = run("wording", path, "--apply", *options)

    assert result.exit_code == 2
    assert "changed here since" in result.output


def test_file_that_is_no_review_exits_2(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "review.xlsx"
    path.write_text("not a workbook", "utf-8")

    result = run("wording", path)

    assert result.exit_code == 2
    assert "not a readable .xlsx file" in result.stderr
