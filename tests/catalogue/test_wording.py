"""Reviewers get the words, and their changes come back as a diff and into readable YAML."""

import io
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from compliance.catalogue import (
    CatalogueError,
    Edition,
    apply_wording,
    blank_document,
    blank_workbook,
    read_review,
    wording_changes,
    wording_rows,
)
from compliance.catalogue.wording import WordingChange, rewritten
from tests.catalogue.conftest import Catalogue

LONG = (
    "A second person, who earns nothing from the deal, decides for each and every order that leaves"
    " the house: and writes down why; then signs."
)


class Review:
    """The workbook in the hands of a reviewer."""

    def __init__(self, catalogue: Catalogue, path: Path) -> None:
        self.catalogue, self.path = catalogue, path
        rows = wording_rows("tiny", "2026.1", catalogue.root)
        path.write_bytes(blank_workbook(catalogue.load(), rows))

    def write(self, entry: str, field: str, column: int, text: str | None) -> None:
        book = load_workbook(self.path)
        for cells in book["Wording"].iter_rows(min_row=2):
            if (cells[1].value, cells[2].value) == (entry, field):
                cells[column].value = text
                break
        else:
            raise AssertionError(f"no row {entry} {field}")
        book.save(self.path)

    def changes(self) -> tuple[WordingChange, ...]:
        proposed, given = read_review(self.path)
        return wording_changes(wording_rows("tiny", "2026.1", self.catalogue.root), proposed, given)


@pytest.fixture
def review(catalogue: Catalogue, tmp_path: Path) -> Review:
    return Review(catalogue, tmp_path / "review.xlsx")


ENGLISH, CHINESE = 3, 4


def test_untouched_review_changes_nothing(review: Review) -> None:
    assert review.changes() == ()


def test_every_text_of_the_edition_has_a_row(edition: Edition) -> None:
    rows = wording_rows(edition.questionnaire_id, edition.version, Path("questionnaires").resolve())
    texts = {row.en for row in rows}

    for question in edition.questions:
        assert {question.prompt.en, question.why.en, question.help.en} <= texts
        assert {level.text.en for level in question.levels} <= texts
        assert not question.remedy or set(question.remedy.action.en) <= texts
    assert len({row.key for row in rows}) == len(rows)


def test_change_is_told_with_its_place(review: Review) -> None:
    review.write("LIC-01", "levels.1.text", ENGLISH, "The seller alone.")
    review.write("LIC-01", "remedy.action.1", CHINESE, "设计判断表")

    found = [(c.row.entry, c.row.path, c.language, c.now, c.proposed) for c in review.changes()]

    assert found == [
        ("LIC-01", "levels.1.text", "en", "The seller.", "The seller alone."),
        ("LIC-01", "remedy.action.1", "zh", "设计表格", "设计判断表"),
    ]


def test_applied_words_stand_in_the_edition_and_nothing_else_moves(review: Review) -> None:
    file = review.catalogue.path("licensing.yaml")
    before = file.read_text("utf-8").splitlines()
    review.write("LIC-01", "levels.1.text", ENGLISH, 'The "seller": alone, # or not.')
    review.write("LIC-01", "remedy.action.1", CHINESE, "设计判断表")

    apply_wording(review.changes(), review.catalogue.root)

    question = review.catalogue.load().question("LIC-01")
    assert question.levels[1].text.en == 'The "seller": alone, # or not.'
    assert question.remedy is not None
    assert question.remedy.action.zh == ("指定专人", "设计判断表")
    after = file.read_text("utf-8").splitlines()
    assert len(after) == len(before)
    assert sum(one != two for one, two in zip(before, after, strict=True)) == 2
    assert review.changes() == ()


def test_text_changed_here_since_is_a_conflict(review: Review) -> None:
    review.write("LIC-01", "levels.1.text", ENGLISH, "The seller alone.")
    review.catalogue.edit("licensing.yaml", "en: The seller.", "en: Any seller.")

    (change,) = review.changes()

    assert change.conflicts
    assert (change.exported, change.now) == ("The seller.", "Any seller.")


def test_text_changed_here_only_is_not_the_reviewers(review: Review) -> None:
    review.catalogue.edit("licensing.yaml", "en: The seller.", "en: Any seller.")

    assert review.changes() == ()


def test_emptied_text_is_refused_with_its_row(review: Review) -> None:
    review.write("LIC-01", "levels.1.text", CHINESE, None)

    with pytest.raises(CatalogueError, match=r"LIC-01: levels\.1\.text: 中文 is empty"):
        review.changes()


def test_row_of_no_text_is_refused(review: Review) -> None:
    book = load_workbook(review.path)
    book["Wording"].append(("tiny/2026.1/licensing.yaml", "LIC-99", "prompt", "New?", "新？"))
    book.save(review.path)

    with pytest.raises(CatalogueError, match="LIC-99: prompt: no such text"):
        review.changes()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a workbook", b"a,b\n"])
def test_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "review.xlsx"
    path.write_bytes(content)

    with pytest.raises(CatalogueError, match=r"review\.xlsx: not a readable"):
        read_review(path)


def test_other_workbook_is_refused(review: Review) -> None:
    book = load_workbook(review.path)
    book["Wording"].title = "Sheet1"
    book.save(review.path)

    with pytest.raises(CatalogueError, match="no sheet Wording"):
        read_review(review.path)


def test_text_that_looks_like_a_formula_stays_text(catalogue: Catalogue) -> None:
    catalogue.edit("licensing.yaml", "en: The seller.", "en: '=1+1 seller.'")
    rows = wording_rows("tiny", "2026.1", catalogue.root)

    book = load_workbook(io.BytesIO(blank_workbook(catalogue.load(), rows)))

    sheet = book["Wording"]
    assert isinstance(sheet, Worksheet)
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value == "=1+1 seller."]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize(
    "words",
    [
        "plain words",
        "with: colon",
        "- dash",
        "yes",
        "12",
        "# hash",
        'quote "q"',
        "back\\slash",
        LONG,
    ],
)
@pytest.mark.parametrize("style", ["plain", "quoted", "block", "folded"])
def test_rewritten_yaml_reads_back_the_words(words: str, style: str) -> None:
    prompt = {
        "plain": "{en: old words, zh: 旧}  # kept",
        "quoted": '{en: "old words", zh: "旧"}  # kept',
        "block": "\n      en: old words\n      zh: 旧  # kept",
        "folded": "\n      en: old\n        words\n      zh: 旧  # kept",
    }[style]
    source = f"x:\n  - id: Q-1\n    prompt: {prompt}\n"
    (row,) = [r for r in rows_of(source) if r.entry == "Q-1"]

    result = rewritten(source, [WordingChange(row, "en", row.en, words, None)])

    assert yaml.safe_load(result)["x"][0]["prompt"] == {"en": words, "zh": "旧"}
    assert "# kept" in result
    assert max(map(len, result.splitlines())) <= 200


def rows_of(source: str) -> list[object]:
    from compliance.catalogue.source import read_yaml
    from compliance.catalogue.wording import _rows

    return list(_rows(read_yaml(source.encode(), "x.yaml"), "x.yaml", "", ""))


def test_document_shows_both_languages(catalogue: Catalogue) -> None:
    from docx import Document

    edition = catalogue.load()

    content = blank_document(edition)

    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    question = edition.questions[0]
    assert question.prompt.en in text
    assert question.prompt.zh in text
