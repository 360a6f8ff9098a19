"""The plan as a spreadsheet and as a calendar."""

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from compliance.remediation.models import ActionState, RemediationAction

WIDTHS = (12, 48, 22, 12, 14, 10, 40, 40)
STATUS = {
    ActionState.OPEN: "NEEDS-ACTION",
    ActionState.IN_PROGRESS: "IN-PROCESS",
    ActionState.DONE: "COMPLETED",
    ActionState.ACCEPTED: "COMPLETED",
    ActionState.DROPPED: "CANCELLED",
}


def workbook(
    actions: Iterable[RemediationAction], headings: tuple[str, ...], states: Mapping[str, str]
) -> bytes:
    """The plan as XLSX. `headings`: question, remedy, owner, due, state, days, note, proof.

    Texts are written as text whatever they begin with, so that none becomes a formula.
    """
    from openpyxl import Workbook  # large, and seldom needed
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(headings[0])
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGH"[number]].width = width
    sheet.freeze_panes = "A2"
    heads = []
    for heading in headings:
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font = Font(bold=True)
        heads.append(cell)
    sheet.append(heads)
    for action in actions:
        row = (
            action.question_id,
            action.title,
            action.owner_name,
            action.due_on,
            states[action.state],
            action.effort_days,
            action.note,
            action.proof,
        )
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def calendar(actions: Iterable[RemediationAction], now: datetime) -> bytes:
    """Actions with a due date as iCalendar to-dos."""
    from icalendar import Calendar, Todo

    found = Calendar()
    found.add("prodid", "-//export-control-self-assessment//remediation//EN")
    found.add("version", "2.0")
    for action in actions:
        if action.due_on is None:
            continue
        todo = Todo()
        todo.add("uid", f"{action.id}@remediation")
        todo.add("dtstamp", now.astimezone(UTC))
        todo.add("summary", f"{action.question_id}: {action.title}")
        todo.add("due", action.due_on)
        todo.add("status", STATUS[ActionState(action.state)])
        if action.note:
            todo.add("description", action.note)
        found.add_component(todo)
    content: bytes = found.to_ical()
    return content


def _cell(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
