"""The workbook: tables that filter, sort and print, by kind of report."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from compliance.answers import bundle_json
from compliance.reports.forms import make
from tests.reports import samples


def opened(**order: Any) -> Any:
    bundle = samples.typical()
    whole = {
        "bundle": bundle_json(bundle),
        "extras": samples.extras(bundle).as_json(),
        "format": "xlsx",
        **order,
    }
    return openpyxl.load_workbook(io.BytesIO(make(whole, lambda page, pages: None).content))


@pytest.fixture(scope="module")
def english() -> Any:
    return opened()


def test_every_table_filters_keeps_its_head_in_sight_and_repeats_it_on_paper(english: Any) -> None:
    for sheet in english.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "sha256:" in sheet.oddFooter.left.text
        assert all(cell.alignment.wrap_text for row in sheet for cell in row)


def test_no_text_is_hidden_by_the_height_of_its_row(english: Any) -> None:
    answers = english["Answers"]
    widths = [answers.column_dimensions[c[0].column_letter].width for c in answers.columns]

    for row in answers.iter_rows(min_row=2):
        longest = max(
            len(cell.value) / width
            for cell, width in zip(row, widths, strict=True)
            if isinstance(cell.value, str)
        )
        assert answers.row_dimensions[row[0].row].height >= min(409, longest * 11)


def test_days_are_days_and_shares_are_shares(english: Any) -> None:
    plan, gaps, law = (
        english["Remediation plan"],
        english["Gap register"],
        english["Provisions cited"],
    )

    def column(sheet: Any, head: str) -> list[Any]:
        number = next(cell.column for cell in sheet[1] if cell.value == head)
        return [sheet.cell(row, number) for row in range(2, sheet.max_row + 1)]

    assert all(isinstance(cell.value, datetime | date) for cell in column(plan, "Closed by"))
    assert all(cell.number_format == "yyyy-mm-dd" for cell in column(plan, "Due"))
    assert any(isinstance(cell.value, datetime | date) for cell in column(law, "In force from"))
    assert all(cell.number_format == "0%" for cell in column(gaps, "Target"))


@pytest.mark.parametrize(
    ("order", "sheets"),
    [
        ({"variant": "executive"}, ["Summary", "Modules", "Gap register"]),
        (
            {"variant": "plan"},
            ["Summary", "Modules", "Remediation plan", "Gap register", "Provisions cited"],
        ),
        (
            {"variant": "module", "module": "licensing", "language": "zh"},
            ["摘要", "模块", "答案", "差距清单", "整改计划", "佐证清单", "引用的条款"],
        ),
    ],
)
def test_each_kind_of_report_has_its_tables(order: dict[str, str], sheets: list[str]) -> None:
    assert opened(**order).sheetnames == sheets


def test_a_module_report_holds_its_module_alone() -> None:
    book = opened(variant="module", module="licensing")
    bundle = samples.typical()
    licensing = {q.id for q in samples.edition().questions if q.module_id == "licensing"}

    shown = {row[0].value for row in book["Answers"].iter_rows(min_row=2)}

    assert shown <= licensing
    assert shown >= licensing & set(bundle.answers)
    assert book["Modules"].max_row == 2
    assert {row[2].value for row in book["Gap register"].iter_rows(min_row=2)} <= licensing


def test_contradictions_and_questions_not_asked_have_their_tables(english: Any) -> None:
    bundle = samples.typical()
    asked = {row[0].value for row in english["Answers"].iter_rows(min_row=2)}
    omitted = {row[0].value for row in english["Questions not asked"].iter_rows(min_row=2)}

    everything = {question.id for question in samples.edition().questions}
    assert asked | omitted == everything
    assert set(bundle.answers) <= asked
    assert english["Contradictions"].max_row >= 1
