"""What stands in a line: pieces of text, their height, and their place on the base line."""

from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

from compliance.reports.hastening import lines
from compliance.reports.hastening.percentages import resolve_percentages

_original_vertical = inline.line_box_verticality


def split_text_box(
    context: Any, box: Any, available_width: Any, skip: Any, is_line_start: bool = True
) -> Any:
    """As much of a text as fits: the new box, where to go on, whether a break was given."""
    style = box.style
    encoded = box.text.encode()
    if skip:
        encoded = encoded[skip:]
    if not encoded or style["font_size"] == 0:
        return None, None, False
    layout, length, resume, width, height, baseline = lines.split_first_line(
        encoded.decode() if skip else box.text,
        style,
        context,
        available_width,
        box.justification_spacing,
        is_line_start,
    )
    new_box = None
    if length > 0:
        new_box = box.copy_with_text(layout.text)
        line_height, _ = lines.strut(style)
        leading = (line_height - height) / 2
        new_box.__dict__.update(
            width=width,
            height=height,
            pango_layout=layout,
            margin_top=leading,
            margin_bottom=leading,
            baseline=baseline + leading,
        )
    if resume is None:
        return new_box, None, False
    preserved: Any = False
    if length != resume:
        preserved = encoded[length:resume].decode().strip(" ")
    return new_box, resume + skip, preserved


def line_of_text(
    context: Any,
    linebox: Any,
    position_x: Any,
    position_y: Any,
    available: Any,
    skip_stack: Any,
    containing_block: Any,
) -> Any:
    """A line that is one piece of text, and where to go on after it."""
    child = linebox.children[0]
    skip = 0
    if skip_stack is not None:
        ((_, inner),) = skip_stack.items()
        if inner is not None:
            ((skip, _),) = inner.items()
            skip = skip or 0
    start = position_x + linebox.text_indent
    child.position_x, child.position_y = start, linebox.position_y
    resolve_percentages(child, containing_block)
    room = (position_x + available) * (1 + 1e-9) - start
    text, resume, preserved = split_text_box(context, child, room, skip)
    resume_at = None if resume is None else {0: {resume: None}}
    line = linebox.copy_with_children([] if text is None else [text])
    adjust_line_height(line)
    line.width = 0
    if text is not None:
        line.width = text.position_x + text.margin_width() - line.content_box_x()
    linebox.width, linebox.height = line.width, line.height
    if text is None and not preserved:
        line.height = 0
        return line, resume_at
    if text is not None and text.text[-1:] == " ":
        inline.remove_last_whitespace(context, line)
    last = resume is None or bool(preserved)
    offset_x = inline.text_align(context, line, available, last=last)
    top = 0 - line.baseline
    bottom = top + line.margin_height()
    if text is not None:
        text_top = text.position_y = 0 - text.baseline
        text_bottom = text_top + text.margin_height()
        top = min(top, text_top)
        bottom = max(bottom, text_bottom)
    line.baseline, line.position_y, line.height = -top, top, bottom - top
    line.margin_top = line.margin_bottom = 0
    translate(line, offset_x, position_y - top)
    line.position_y = position_y
    return line, resume_at


def adjust_line_height(box: Any) -> None:
    """Leading above and below, so that the box is as high as its lines."""
    style = box.style
    line_height, box.baseline = lines.strut(style)
    box.height = style["font_size"]
    leading = (line_height - box.height) / 2
    box.margin_top = leading - box.border_top_width - box.padding_top
    box.margin_bottom = leading - box.border_bottom_width - box.padding_bottom


def may_break(last_letter: Any, first: Any, unbroken: bool, child: Any) -> bool:
    """Whether a line may end between two children."""
    if last_letter is True:
        last_letter = " "
    elif last_letter is False:
        last_letter = "\xa0"
    elif unbroken:
        return False
    if last_letter is None or first is None:
        return False
    if first is True or first is False:
        return first
    return bool(lines.can_break_text(last_letter + first, child.style["lang"]))


def translate(box: Any, dx: float, dy: float) -> None:
    if dx == dy == 0:
        return
    box.position_x += dx
    box.position_y += dy
    for child in box.children:
        if type(child) is boxes.TextBox:
            child.position_x += dx
            child.position_y += dy
        elif type(child) is boxes.InlineBox:
            translate(child, dx, dy)
        else:
            child.translate(dx, dy)


def line_box_verticality(line: Any) -> Any:
    """Place what stands on the base line of a line; give its lowest and highest edge."""
    if not _on_base_line(line):
        return _original_vertical(line)
    highest, lowest = _place(line, 0)
    top = 0 - line.baseline
    bottom = top + line.margin_height()
    if highest is None or top < highest:
        highest = top
    if lowest is None or bottom > lowest:
        lowest = bottom
    return lowest, highest


def _on_base_line(box: Any) -> bool:
    for child in box.children:
        kind = type(child)
        if kind is boxes.TextBox:
            if child.style["vertical_align"] != "baseline":
                return False
        elif (
            kind is not boxes.InlineBox
            or child.style["vertical_align"] != "baseline"
            or not _on_base_line(child)
        ):
            return False
    return True


def _place(box: Any, base: float) -> Any:
    highest = lowest = None
    for child in box.children:
        top = child.position_y = base - child.baseline
        bottom = top + child.margin_height()
        if highest is None or top < highest:
            highest = top
        if lowest is None or bottom > lowest:
            lowest = bottom
        if child.children:
            upper, lower = _place(child, base)
            if upper is not None and upper < highest:
                highest = upper
            if lower is not None and lower > lowest:
                lowest = lower
    return highest, lowest
