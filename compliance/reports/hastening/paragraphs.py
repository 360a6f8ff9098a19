"""Lines of a paragraph, for text and inline elements from left to right with nothing floating.

Whatever else stands in a line (pictures, inline blocks, placed boxes) goes to the renderer's own
functions, which come back here for what is in it.
"""

from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

from compliance.reports.hastening import line_parts as parts
from compliance.reports.hastening.flow import is_in_normal_flow
from compliance.reports.hastening.percentages import resolve_percentages

_original_line = inline.get_next_linebox
_original_box = inline.split_inline_box
_original_level = inline.split_inline_level
_original_skip = inline.skip_first_whitespace


def get_next_linebox(
    context: Any,
    linebox: Any,
    position_y: Any,
    bottom_space: Any,
    skip_stack: Any,
    containing_block: Any,
    absolute_boxes: Any,
    fixed_boxes: Any,
    first_letter_style: Any,
    first_line_style: Any,
) -> Any:
    """The next line and where to go on after it."""
    style = linebox.style
    if (
        context.excluded_shapes
        or first_letter_style
        or first_line_style
        or containing_block.style["direction"] != "ltr"
        or style["direction"] != "ltr"
        or style["text_align_all"] == "justify"
    ):
        return _original_line(
            context,
            linebox,
            position_y,
            bottom_space,
            skip_stack,
            containing_block,
            absolute_boxes,
            fixed_boxes,
            first_letter_style,
            first_line_style,
        )
    skip_stack = skip_first_whitespace(linebox, skip_stack)
    if skip_stack == "continue":
        return None, None
    linebox.position_y = position_y
    linebox.width = linebox.height = 0
    left = containing_block.content_box_x()
    right = left + containing_block.width - linebox.margin_right
    left += linebox.margin_left
    available = right - left
    position_x = left - linebox.margin_left
    position_y = linebox.border_box_y() - linebox.margin_top
    linebox.position_x = position_x
    if len(linebox.children) == 1 and type(linebox.children[0]) is boxes.TextBox:
        return parts.line_of_text(
            context, linebox, position_x, position_y, available, skip_stack, containing_block
        )
    placeholders: list[Any] = []
    absolutes: list[Any] = []
    fixed: list[Any] = []
    line, resume_at, preserved, _, _, _ = split_inline_box(
        context,
        linebox,
        position_x + linebox.text_indent,
        position_x + available,
        bottom_space,
        skip_stack,
        containing_block,
        absolutes,
        fixed,
        placeholders,
        [],
        [],
        None,
        None,
    )
    linebox.width, linebox.height = line.width, line.height
    if inline.is_phantom_linebox(line) and not preserved:
        line.height = 0
    else:
        inline.remove_last_whitespace(context, line)
        offset_x = inline.text_align(
            context, line, available, last=resume_at is None or bool(preserved)
        )
        bottom, top = parts.line_box_verticality(line)
        line.baseline = -top
        line.position_y = top
        line.height = bottom - top
        line.margin_top = line.margin_bottom = 0
        parts.translate(line, offset_x, position_y - top)
        line.position_y = position_y
    absolute_boxes.extend(absolutes)
    fixed_boxes.extend(fixed)
    for placeholder in placeholders:
        if "inline" in placeholder.style.specified["display"]:
            placeholder.translate(0, position_y - placeholder.position_y)
        else:
            placeholder.translate(
                line.position_x - placeholder.position_x,
                position_y + line.height - placeholder.position_y,
            )
    return line, resume_at


def skip_first_whitespace(box: Any, skip_stack: Any) -> Any:
    """Where to start, after spaces that a line does not start with."""
    if isinstance(box, boxes.TextBox):
        index = 0
        if skip_stack is not None:
            ((index, _),) = skip_stack.items()
        text = box.text
        if not index and text and text[0] != " ":
            return None
    return _original_skip(box, skip_stack)


def split_inline_box(
    context: Any,
    box: Any,
    position_x: Any,
    max_x: Any,
    bottom_space: Any,
    skip_stack: Any,
    containing_block: Any,
    absolute_boxes: Any,
    fixed_boxes: Any,
    line_placeholders: Any,
    waiting_floats: Any,
    line_children: Any,
    first_letter_style: Any,
    first_line_style: Any,
) -> Any:
    """As much of an inline box as fits on a line."""
    style = box.style
    rest = (
        absolute_boxes,
        fixed_boxes,
        line_placeholders,
        waiting_floats,
        line_children,
        first_letter_style,
        first_line_style,
    )
    if first_line_style or style["position"] == "relative" or style["direction"] != "ltr":
        return _original_box(
            context, box, position_x, max_x, bottom_space, skip_stack, containing_block, *rest
        )
    max_x *= 1 + 1e-9
    is_start = skip_stack is None
    first_x, first_skip = position_x, skip_stack
    is_line = isinstance(box, boxes.LineBox)
    left_spacing = box.padding_left + box.margin_left + box.border_left_width
    right_spacing = box.padding_right + box.margin_right + box.border_right_width
    kept: list[Any] = []
    waiting: list[Any] = []
    preserved_break: Any = False
    first_letter: Any = None
    last_letter: Any = None
    unbroken = style["white_space"] in {"pre", "nowrap"}
    skip = 0
    if not is_start:
        ((skip, skip_stack),) = skip_stack.items()
    children = box.children
    last_index = len(children) - 1
    resume_at: Any = None
    for index in range(skip, last_index + 1):
        child = children[index]
        child.position_y = box.position_y
        if not is_in_normal_flow(child):
            inline._out_of_flow_layout(
                context,
                box,
                containing_block,
                index,
                child,
                kept,
                line_children,
                waiting,
                waiting_floats,
                absolute_boxes,
                fixed_boxes,
                line_placeholders,
                {"left": 0, "right": 0},
                max_x,
                position_x,
                bottom_space,
            )
            continue
        floats: list[Any] = []
        width = max_x
        more = (absolute_boxes, fixed_boxes, line_placeholders, floats, line_children, None, None)
        new_child, resume_at, preserved, first, last, _ = split_inline_level(
            context, child, position_x, width, bottom_space, skip_stack, containing_block, *more
        )
        if right_spacing and index == last_index and resume_at is None:
            width -= right_spacing
            new_child, resume_at, preserved, first, last, _ = split_inline_level(
                context, child, position_x, width, bottom_space, skip_stack, containing_block, *more
            )
        skip_stack = None
        if preserved:
            preserved_break = True
        if parts.may_break(last_letter, first, unbroken, child):
            kept.extend(waiting)
            waiting = []
        if first_letter is None:
            first_letter = first
        last_letter = True if child.trailing_collapsible_space else last
        if new_child is not None:
            if is_line:
                line_children.append((index, new_child))
            new_x = new_child.position_x + new_child.margin_width()
            if new_x > max_x:
                trailing = inline.trailing_whitespace_size(context, new_child)
                if new_x - trailing > max_x:
                    earlier = inline._break_waiting_children(
                        context,
                        containing_block,
                        max_x,
                        bottom_space,
                        first_skip,
                        absolute_boxes,
                        fixed_boxes,
                        line_placeholders,
                        waiting_floats,
                        line_children,
                        kept,
                        waiting,
                        None,
                        None,
                    )
                    if earlier:
                        resume_at = earlier
                        break
            position_x = new_x
            waiting.append((index, new_child, child))
        if resume_at is not None:
            kept.extend(waiting)
            resume_at = {index: resume_at}
            break
    else:
        kept.extend(waiting)
        resume_at = None
    new_box = box.copy_with_children([child for _, child, _ in kept])
    new_box.remove_decoration(start=not is_start, end=resume_at is not None)
    if not is_line:
        new_box.position_x = first_x
        if left_spacing and (style["box_decoration_break"] == "clone" or is_start):
            for child in new_box.children:
                child.translate(dx=left_spacing)
    new_box.width = 0
    for child in reversed(new_box.children):
        if is_in_normal_flow(child):
            new_box.width = child.position_x + child.margin_width() - new_box.content_box_x()
            break
    parts.adjust_line_height(new_box)
    if box.is_leader:
        first_letter, last_letter = True, False
    return new_box, resume_at, preserved_break, first_letter, last_letter, {"left": 0, "right": 0}


def split_inline_level(
    context: Any,
    box: Any,
    position_x: Any,
    max_x: Any,
    bottom_space: Any,
    skip_stack: Any,
    containing_block: Any,
    absolute_boxes: Any,
    fixed_boxes: Any,
    line_placeholders: Any,
    waiting_floats: Any,
    line_children: Any,
    first_letter_style: Any,
    first_line_style: Any,
) -> Any:
    """As much of a text, or an inline box, as fits."""
    rest = (
        absolute_boxes,
        fixed_boxes,
        line_placeholders,
        waiting_floats,
        line_children,
        first_letter_style,
        first_line_style,
    )
    kind = type(box)
    if first_line_style or (kind is not boxes.TextBox and kind is not boxes.InlineBox):
        return _original_level(
            context, box, position_x, max_x, bottom_space, skip_stack, containing_block, *rest
        )
    resolve_percentages(box, containing_block)
    if kind is boxes.InlineBox:
        if box.margin_left == "auto":
            box.margin_left = 0
        if box.margin_right == "auto":
            box.margin_right = 0
        return split_inline_box(
            context, box, position_x, max_x, bottom_space, skip_stack, containing_block, *rest
        )
    box.position_x = position_x
    skip = 0
    if skip_stack is not None:
        ((skip, _),) = skip_stack.items()
        skip = skip or 0
    new_box, resume, preserved = parts.split_text_box(
        context, box, max_x - position_x, skip, not line_children
    )
    text = box.text
    first_letter = last_letter = None
    if text:
        first_letter = text[0]
        last_letter = text[-1] if resume is None else text.encode()[:resume].decode()[-1]
    resume_at = None if resume is None else {resume: None}
    return new_box, resume_at, preserved, first_letter, last_letter, {"left": 0, "right": 0}
