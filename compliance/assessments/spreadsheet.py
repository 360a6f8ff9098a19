"""The questionnaire as a workbook to fill in offline, and the way back to answers.

One row a question; two columns are filled in (answer, comment) and one more for "does not apply".
A row that nobody touched changes nothing, because taking in compares with what stands.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from compliance.answers import UNKNOWN, Answer, BundleError, Fault, parse_answer
from compliance.assessments.standing import Standing
from compliance.catalogue import Kind, Question
from compliance.language import Text

SHEET = Text("Answers", "答案")
HEADINGS = (
    Text("No.", "题号"),
    Text("Question", "题目"),
    Text("What may be answered", "可填内容"),
    Text("Answer", "答案"),
    Text("Why it does not apply", "不适用的理由"),
    Text("Comment", "说明"),
)
HOW = Text(
    "Fill in the columns Answer, Why it does not apply, and Comment. Of several choices each has a "
    "line of its own in the cell. A question mark says: we do not know.",
    "请填写“答案”“不适用的理由”和“说明”三列。多选时在单元格内每行填一项；填问号表示“我们不清楚”。",
)
YES_PARTIAL_NO = {
    "yes": Text("yes", "是"),
    "partial": Text("partial", "部分"),
    "no": Text("no", "否"),
}
WIDTHS = (9, 56, 62, 18, 34, 48)
FIRST_ROW = 3
MOST_ROWS = 2000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def questionnaire_workbook(standing: Standing, language: str) -> bytes:
    """The questions that are asked, with the answers that stand, as XLSX."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  # a new workbook has a sheet
    sheet.title = SHEET[language]
    sheet.append([HOW[language]])
    sheet.append([heading[language] for heading in HEADINGS])
    for question in standing.asked:
        answer = standing.answers.get(question.id, Answer())
        claim = answer.not_applicable
        sheet.append(
            [
                question.id,
                question.prompt[language],
                _allowed(question, language),
                "",
                claim.reason if claim else "",
                answer.comment,
            ]
        )
        row = sheet.max_row
        _set(sheet.cell(row, 4), _shown(question, answer, language))
        for column in (2, 3, 5, 6):
            _set(sheet.cell(row, column), sheet.cell(row, column).value)
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions["ABCDEF"[number - 1]].width = width
    for row_cells in sheet.iter_rows(min_row=FIRST_ROW):
        for cell in row_cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        for cell in row_cells[3:]:
            cell.fill = PatternFill("solid", fgColor="FFFDF1DC")
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C3"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_workbook(standing: Standing, content: bytes) -> dict[str, Answer]:
    """Question id -> answer, of every row that says anything; raises BundleError with all faults.

    The caller has checked that the bytes are a harmless workbook.
    """
    faults: list[Fault] = []
    answers: dict[str, Answer] = {}
    for number, cells in _rows(content):
        question_id = str(cells[0] or "").strip()
        if not question_id:
            continue
        if not standing.edition.has_question(question_id):
            faults.append(Fault(f"A{number}", repr(question_id), "a number of this questionnaire"))
            continue
        question = standing.edition.question(question_id)
        raw = _raw(question, cells)
        if raw is None:
            continue
        try:
            answers[question_id] = parse_answer(question, raw, f"row {number}, {question_id}")
        except BundleError as fault:
            faults += fault.faults
    if faults:
        raise BundleError(faults)
    return answers


def _rows(content: bytes) -> Iterator[tuple[int, tuple[Any, ...]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(
            min_row=FIRST_ROW, max_row=MOST_ROWS, max_col=len(HEADINGS), values_only=True
        )
        for number, cells in enumerate(rows, FIRST_ROW):
            yield number, (*cells, *(None,) * (len(HEADINGS) - len(cells)))
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError):
        raise BundleError(
            [Fault("file", "something else", "the workbook that was downloaded here")]
        ) from None


def _raw(question: Question, cells: tuple[Any, ...]) -> dict[str, Any] | None:
    """A row as the plain JSON of an answer, None where it says nothing."""
    value, reason, comment = cells[3], _text(cells[4]), _text(cells[5])
    raw: dict[str, Any] = {"comment": comment} if comment else {}
    if reason:
        raw["not_applicable"] = {"reason": reason}
    if value is not None and _text(value):
        raw["value"] = _value(question, value)
    return raw or None


def _value(question: Question, cell: Any) -> Any:
    text = _text(cell)
    if text in ("?", "？") and question.scored:
        return UNKNOWN
    read = _READERS.get(question.kind)
    return read(question, cell, text) if read else text


def _level(_question: Question, _cell: Any, text: str) -> Any:
    return int(text[0]) if text[:1].isascii() and text[:1].isdigit() else text


def _number(_question: Question, cell: Any, text: str) -> Any:
    if isinstance(cell, int | float):
        return cell
    try:
        return float(text)
    except ValueError:
        return text


def _day(_question: Question, cell: Any, text: str) -> Any:
    return cell.date().isoformat() if hasattr(cell, "date") else text


def _several(question: Question, _cell: Any, text: str) -> Any:
    return [value for line in text.splitlines() for value in _choices(question, line)]


def _one(question: Question, _cell: Any, text: str) -> Any:
    return _choice(question, text)


_READERS: dict[Kind, Callable[[Question, Any, str], Any]] = {
    Kind.MATURITY: _level,
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.MULTIPLE_CHOICE: _several,
    Kind.SINGLE_CHOICE: _one,
    Kind.YES_PARTIAL_NO: _one,
}


def _choices(question: Question, line: str) -> list[str]:
    """The choices of a line: one, or several with semicolons between them."""
    whole = _choice(question, line.strip())
    if any(option.value == whole for option in question.options):
        return [whole]
    parts = [part.strip() for part in line.replace("；", ";").split(";")]
    return [_choice(question, part) for part in parts if part]


def _choice(question: Question, text: str) -> str:
    """The value behind a word, in either language; the text itself where there is none."""
    words = {} if question.options else dict(YES_PARTIAL_NO)
    words |= {option.value: option.text for option in question.options}
    folded = text.casefold()
    for value, said in words.items():
        if folded in (value, said.en.casefold(), said.zh):
            return value
    return text


def _allowed(question: Question, language: str) -> str:
    match question.kind:
        case Kind.MATURITY:
            return "\n".join(f"{level.value}  {level.text[language]}" for level in question.levels)
        case Kind.YES_PARTIAL_NO:
            return " / ".join(word[language] for word in YES_PARTIAL_NO.values())
        case Kind.SINGLE_CHOICE | Kind.MULTIPLE_CHOICE:
            return "\n".join(option.text[language] for option in question.options)
        case Kind.NUMBER:
            return question.unit[language] if question.unit else "0–"
        case Kind.DATE:
            return "2026-11-24"
        case _:
            return ""


def _shown(question: Question, answer: Answer, language: str) -> Any:
    value = answer.value
    if value is None:
        return None
    if value == UNKNOWN:
        return "?"
    if question.kind is Kind.YES_PARTIAL_NO:
        return YES_PARTIAL_NO[str(value)][language]
    if question.options:
        chosen = value if isinstance(value, tuple) else (value,)
        return "\n".join(question.option(str(one)).text[language] for one in chosen)
    return value


def _set(cell: Any, value: Any) -> None:
    """Write a value that no spreadsheet program takes for a formula."""
    cell.value = value
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        cell.data_type = "s"
        cell.quotePrefix = True


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()
