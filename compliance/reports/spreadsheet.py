"""The report as a workbook: tables that filter and sort, charts of the spreadsheet's own."""

import io
import math
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from compliance.reports.archive import steadied
from compliance.reports.gap_report import GapReport
from compliance.reports.tables import Cell, Table, Tables, harmless
from compliance.reports.wordings import Wording
from compliance.scoring import half_up

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_ACCENT, _LINE, _FACE = "0B5C6B", "D3DAE0", "Calibri"
_SHEET_NAME = 31  # characters that a spreadsheet allows
_LINE_POINTS, _TALLEST = 12.5, 409.0  # of a row; the second is all that a spreadsheet allows
_WIDE_SHEET = 260  # characters; a wider table is printed on two pages side by side
_SHARES = frozenset({"Attainment", "Target"})
_CHART_CM = (16.2, 8.6)


def workbook_bytes(report: GapReport, tables: Tables, when: datetime) -> bytes:
    """The workbook; the same report gives the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    summary = book.active
    rows = _summary(summary, report, tables.wordings)
    found = tables.all()
    shares = {
        head for name in _SHARES for head in (" / ".join(_words(tables.wordings, name)), name)
    }
    for table in found:
        sheet = book.create_sheet(_name(table.title))
        _fill(sheet, table, shares)
        _print(sheet, report, wide=sum(table.widths) > _WIDE_SHEET)
        sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"
    _charts(summary, book[_name(found[0].title)], found[0], tables.wordings, rows + 2)
    book.properties.creator = harmless(report.firm.text)
    book.properties.title = f"{report.name.en} {report.as_of.isoformat()}"
    book.properties.created = when.replace(tzinfo=None)
    stream = io.BytesIO()
    book.save(stream)
    return steadied(stream.getvalue(), when)


def _words(wordings: Sequence[Wording], message: str) -> list[str]:
    return list(dict.fromkeys(w._(message) for w in wordings))


def _name(title: str) -> str:
    return "".join(c for c in title if c not in r"[]:*?/\\")[:_SHEET_NAME].strip()


def _summary(sheet: Any, report: GapReport, wordings: tuple[Wording, ...]) -> int:
    """The head figures; returns how many rows they take."""
    from openpyxl.styles import Alignment, Font

    def label(message: str) -> str:
        return " / ".join(_words(wordings, message))

    overall = report.scorecard.overall
    sheet.title = _name(label("Summary"))
    kind = " / ".join(dict.fromkeys(w(report.name) for w in wordings))
    rows: list[tuple[str, Cell]] = [
        (label("Report"), kind),
        (label("Firm"), report.firm.text),
        (label("Reference"), report.reference.text),
        (label("Questionnaire"), f"{report.edition.questionnaire_id} {report.edition.version}"),
        (label("Law as of"), report.as_of),
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
        said = label("TRAINING: fictional data. Not an assessment of a real firm.")
        rows.insert(0, ("TRAINING", said))
    for number, (head, cell) in enumerate(rows, start=1):
        _write(sheet.cell(number, 1), head).font = Font(name=_FACE, size=10, bold=True)
        written = _write(sheet.cell(number, 2), harmless(cell) if isinstance(cell, str) else cell)
        written.font = Font(name=_FACE, size=10)
        written.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
        sheet.cell(number, 1).alignment = Alignment(vertical="top", wrap_text=True)
        sheet.row_dimensions[number].height = _height((head, cell), (32, 58))
        if head == label("Completion"):
            written.number_format = "0%"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 32, 58
    _print(sheet, report, landscape=False)
    return len(rows)


def _fill(sheet: "Worksheet", table: Table, shares: set[str]) -> None:
    """Heads, rows and their looks; heights are set, for not every program finds them itself."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    wrapped = Alignment(wrap_text=True, vertical="top")
    face, rule = Font(name=_FACE, size=9), Border(bottom=Side("hair", color=_LINE))
    ground = PatternFill("solid", fgColor=_ACCENT)
    bold = Font(name=_FACE, size=9, bold=True, color="FFFFFF")
    for column, head in enumerate(table.heads, start=1):
        cell = _write(sheet.cell(1, column), head)
        cell.font, cell.fill, cell.alignment = bold, ground, wrapped
        sheet.column_dimensions[get_column_letter(column)].width = table.widths[column - 1]
    sheet.row_dimensions[1].height = _height(table.heads, table.widths) + 2
    for number, row in enumerate(table.rows, start=2):
        for column, content in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.font, cell.border, cell.alignment = face, rule, wrapped
            if content not in (None, ""):
                _write(cell, content)
                if table.heads[column - 1] in shares:
                    cell.number_format = "0%"
        sheet.row_dimensions[number].height = _height(row, table.widths)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{len(table.rows) + 1}"


def _height(row: Sequence[Cell], widths: Sequence[int]) -> float:
    """Points that a row needs so that no text is hidden, as far as a spreadsheet allows."""
    lines = max((_lines(cell, width) for cell, width in zip(row, widths, strict=True)), default=1)
    return min(_TALLEST, lines * _LINE_POINTS + 2)


def _lines(cell: Cell, width: int) -> int:
    if not isinstance(cell, str):
        return 1
    room = max(4.0, width * 1.08 - 1)  # the width counts characters of a larger type
    return sum(max(1, math.ceil(_wide(line) / room)) for line in cell.split("\n"))


def _wide(text: str) -> int:
    """Width in narrow characters; a Chinese one takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _print(sheet: Any, report: GapReport, *, landscape: bool = True, wide: bool = False) -> None:
    """A4, as many pages long as it takes, with digest and page below."""
    from openpyxl.worksheet.properties import PageSetupProperties

    setup = sheet.page_setup
    setup.paperSize = sheet.PAPERSIZE_A4
    setup.orientation = "landscape" if landscape else "portrait"
    setup.fitToWidth, setup.fitToHeight = (2 if wide else 1), 0
    if wide:
        setup.pageOrder = "overThenDown"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.6
    sheet.oddFooter.left.text, sheet.oddFooter.left.size = report.digest, 7
    sheet.oddFooter.right.text, sheet.oddFooter.right.size = "&P / &N", 8


def _write(cell: Any, content: Cell) -> Any:
    cell.value = content
    if isinstance(content, str):
        cell.data_type = "s"  # never a formula, whatever it starts with
    elif isinstance(content, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _charts(
    summary: Any, modules: Any, table: Table, wordings: tuple[Wording, ...], below: int
) -> None:
    """Radar and bars of the modules, under the head figures."""
    from openpyxl.chart import BarChart, RadarChart, Reference
    from openpyxl.chart.label import DataLabelList

    rows = len(table.rows) + 1
    if rows < 2:
        return
    languages = len(wordings)
    categories = Reference(modules, min_col=1, min_row=2, max_row=rows)
    radar: Any = RadarChart()
    bars: Any = BarChart()
    radar.type, bars.type = "marker", "bar"
    for chart, place in ((radar, f"A{below}"), (bars, f"A{below + 19}")):
        for column, colour in ((languages + 2, _ACCENT), (languages + 3, "B87A1D")):
            data = Reference(modules, min_col=column, min_row=1, max_row=rows)
            chart.add_data(data, titles_from_data=True)
            look = chart.series[-1].graphicalProperties
            look.line.solidFill = colour
            if chart is bars:
                look.solidFill = colour
        chart.set_categories(categories)
        chart.width, chart.height = _CHART_CM
        chart.title = wordings[0]._("Results by module")
        chart.legend.position = "b"
        chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 100
        chart.y_axis.delete = chart.x_axis.delete = False
        summary.add_chart(chart, place)
    bars.gapWidth = 60
    bars.x_axis.scaling.orientation = "maxMin"  # the first module on top
    bars.dataLabels = DataLabelList()
    bars.dataLabels.showVal = True
    for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(bars.dataLabels, other, False)


def _figure(number: Any) -> float | None:
    return None if number is None else float(half_up(number, 1))
