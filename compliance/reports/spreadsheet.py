"""The report as a workbook: tables that filter and sort, charts of the spreadsheet's own."""

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from compliance.reports.archive import steadied
from compliance.reports.gap_report import GapReport
from compliance.reports.tables import Cell, Table, Tables, harmless
from compliance.reports.wordings import Wording
from compliance.scoring import half_up

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_ACCENT, _GROUND = "0B5C6B", "EEF2F4"
_SHEET_NAME = 31  # characters that a spreadsheet allows


def workbook_bytes(report: GapReport, tables: Tables, when: datetime) -> bytes:
    """The workbook; the same report gives the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    summary = book.active
    _summary(summary, report, tables.wordings)
    found = tables.all()
    for table in found:
        _sheet(book.create_sheet(_name(table.title)), table)
    _charts(summary, book[_name(found[0].title)], found[0], tables.wordings)
    book.properties.creator = harmless(report.firm.text)
    book.properties.title = f"{report.name.en} {report.as_of.isoformat()}"
    book.properties.created = when.replace(tzinfo=None)
    stream = io.BytesIO()
    book.save(stream)
    return steadied(stream.getvalue(), when)


def _name(title: str) -> str:
    return "".join(c for c in title if c not in r"[]:*?/\\")[:_SHEET_NAME].strip()


def _summary(sheet: Any, report: GapReport, wordings: tuple[Wording, ...]) -> None:
    from openpyxl.styles import Font

    def label(message: str) -> str:
        return " / ".join(dict.fromkeys(w._(message) for w in wordings))

    overall = report.scorecard.overall
    sheet.title = _name(label("Summary"))
    rows: list[tuple[str, Cell]] = [
        (label("Firm"), report.firm.text),
        (label("Reference"), report.reference.text),
        (label("Questionnaire"), f"{report.edition.questionnaire_id} {report.edition.version}"),
        (label("Law as of"), report.as_of.isoformat()),
        (label("Grade"), overall.grade),
        (label("Grade before limits"), overall.grade_before_limits),
        (label("Declared score"), _figure(overall.score)),
        (label("Supported by evidence"), _figure(overall.supported_score)),
        (label("Best still possible"), _figure(overall.best_score)),
        (label("Completion"), None if overall.completion is None else float(overall.completion)),
        (label("Gaps"), len(report.gaps)),
        (label("Digest of answers and result"), report.digest),
    ]
    if report.training:
        rows.insert(
            0, ("TRAINING", label("TRAINING: fictional data. Not an assessment of a real firm."))
        )
    for number, (head, cell) in enumerate(rows, start=1):
        _write(sheet.cell(number, 1), head).font = Font(bold=True)
        written = _write(sheet.cell(number, 2), harmless(cell) if isinstance(cell, str) else cell)
        if head == label("Completion"):
            written.number_format = "0%"
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 50


def _sheet(sheet: "Worksheet", table: Table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    wrapped = Alignment(wrap_text=True, vertical="top")
    for column, head in enumerate(table.heads, start=1):
        cell = _write(sheet.cell(1, column), head)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_ACCENT)
        cell.alignment = wrapped
        sheet.column_dimensions[get_column_letter(column)].width = table.widths[column - 1]
    for number, row in enumerate(table.rows, start=2):
        for column, content in enumerate(row, start=1):
            if content not in (None, ""):
                _write(sheet.cell(number, column), content).alignment = wrapped
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{len(table.rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _write(cell: Any, content: Cell) -> Any:
    cell.value = content
    if isinstance(content, str):
        cell.data_type = "s"  # never a formula, whatever it starts with
    return cell


def _charts(summary: Any, modules: Any, table: Table, wordings: tuple[Wording, ...]) -> None:
    from openpyxl.chart import BarChart, RadarChart, Reference

    rows = len(table.rows) + 1
    if rows < 2:
        return
    languages = len(wordings)
    categories = Reference(modules, min_col=1, min_row=2, max_row=rows)
    for chart, anchor in ((RadarChart(), "D1"), (BarChart(), "D20")):
        for column in (languages + 2, languages + 3):
            data = Reference(modules, min_col=column, min_row=1, max_row=rows)
            chart.add_data(data, titles_from_data=True)
        chart.set_categories(categories)
        chart.height, chart.width = 9.5, 17
        chart.title = wordings[0]._("Results by module")
        chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 100
        chart.y_axis.delete = chart.x_axis.delete = False
        summary.add_chart(chart, anchor)


def _figure(number: Any) -> float | None:
    return None if number is None else float(half_up(number, 1))
