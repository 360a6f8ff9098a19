"""The blank questionnaire for reviewers: a workbook they may edit, a document they may print.

The workbook keeps, beside each text, what was given to the reviewer, so that a review made
against an older state is noticed.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compliance.catalogue.edition import Edition, Question
from compliance.catalogue.errors import CatalogueError, Fault
from compliance.catalogue.wording import Row

SHEET = "Wording"
HEADINGS = ("File", "Entry", "Field", "English", "中文", "Remark", "English given", "中文 given")
EDITABLE = (4, 5, 6)  # English, 中文, Remark
WIDTHS = (30, 12, 22, 70, 60, 30, 10, 10)
MAX_BYTES = 20_000_000
Given = Mapping[tuple[str, str, str], Mapping[str, str]]


def blank_workbook(edition: Edition, rows: tuple[Row, ...]) -> bytes:
    """The workbook: one row a text; reviewers edit the columns English and 中文."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, Protection
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.create_sheet(SHEET, 0)
    del book[book.sheetnames[1]]
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append((row.file, row.entry, row.path, row.en, row.zh, "", row.en, row.zh))
    for position, width in enumerate(WIDTHS, start=1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].hidden = position > len(HEADINGS) - 2
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.data_type = "s"  # a text that begins with = is no formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.protection = Protection(locked=cell.column not in EDITABLE)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "D2"
    sheet.protection.sheet = True
    book.properties.title = f"{edition.questionnaire_id} {edition.version}"
    book.properties.description = edition.digest
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_review(path: Path) -> tuple[tuple[Row, ...], Given]:
    """The rows of a reviewed workbook and what the reviewer was given.

    Raises CatalogueError where the file is no such workbook, or a text in it is empty.
    """
    faults: list[Fault] = []
    rows: list[Row] = []
    given: dict[tuple[str, str, str], dict[str, str]] = {}
    for number, cells in enumerate(_cells(path), start=2):
        file, entry, field, en, zh, _, en_given, zh_given = (_text(cell) for cell in cells)
        if not (file or entry or field):
            continue
        for heading, words in (("English", en), ("中文", zh)):
            if not words:
                faults.append(Fault(path.name, number, entry, field, f"{heading} is empty"))
        row = Row(file, entry, field, en, zh)
        rows.append(row)
        given[row.key] = {"en": en_given, "zh": zh_given}
    if faults:
        raise CatalogueError(faults)
    return tuple(rows), given


def _cells(path: Path) -> list[tuple[Any, ...]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if path.stat().st_size > MAX_BYTES:
        raise CatalogueError([Fault(path.name, 0, "", "", f"larger than {MAX_BYTES} bytes")])
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise CatalogueError([Fault(path.name, 0, "", "", "not a readable .xlsx file")]) from error
    if SHEET not in book.sheetnames:
        raise CatalogueError([Fault(path.name, 0, "", "", f"no sheet {SHEET}")])
    lines = list(book[SHEET].iter_rows(values_only=True, max_col=len(HEADINGS)))
    book.close()
    if not lines or tuple(lines[0]) != HEADINGS:
        message = "the headings must be " + ", ".join(HEADINGS)
        raise CatalogueError([Fault(path.name, 1, "", "", message)])
    return [(*line, *([None] * (len(HEADINGS) - len(line)))) for line in lines[1:]]


def _text(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def blank_document(edition: Edition) -> bytes:
    """The document: each question in both languages, with room for remarks."""
    from docx import Document

    document = Document()
    document.core_properties.title = edition.title.en
    document.core_properties.comments = edition.digest
    document.add_heading(edition.title.en, 0)
    document.add_paragraph(edition.title.zh)
    document.add_paragraph(f"{edition.questionnaire_id} {edition.version}")
    for module in edition.modules:
        document.add_heading(f"{module.title.en} · {module.title.zh}", 1)
        document.add_paragraph(module.intro.en)
        document.add_paragraph(module.intro.zh)
        for section in module.sections:
            document.add_heading(f"{section.title.en} · {section.title.zh}", 2)
            for question in section.questions:
                _question(document, question, edition)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _question(document: Any, question: Question, edition: Edition) -> None:
    document.add_heading(f"{question.id}  {question.prompt.en}", 3)
    document.add_paragraph(question.prompt.zh)
    table = document.add_table(rows=0, cols=3)
    table.style = "Table Grid"
    for name, en, zh in _lines(question):
        cells = table.add_row().cells
        cells[0].text, cells[1].text, cells[2].text = name, en, zh
    for provision_id in question.provisions:
        provision = edition.provisions[provision_id]
        cells = table.add_row().cells
        cells[0].text = provision_id
        cells[1].text = f"{provision.instrument_name.en}, {provision.citation.en}"
        cells[2].text = f"{provision.instrument_name.zh}{provision.citation.zh}"
    cells = table.add_row().cells
    cells[0].text = "Remark · 备注"
    document.add_paragraph()


def _lines(question: Question) -> list[tuple[str, str, str]]:
    texts = (("why", question.why), ("help", question.help))
    lines = [(name, text.en, text.zh) for name, text in texts]
    lines += [(str(level.value), level.text.en, level.text.zh) for level in question.levels]
    lines += [(option.value, option.text.en, option.text.zh) for option in question.options]
    if question.evidence_expected:
        expected = question.evidence_expected
        lines.append(("evidence", expected.en, expected.zh))
    if question.remedy:
        steps = zip(question.remedy.action.en, question.remedy.action.zh, strict=True)
        lines += [(f"remedy {n}", en, zh) for n, (en, zh) in enumerate(steps, start=1)]
    return lines
