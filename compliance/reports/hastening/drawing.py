"""Drawing without questions whose answer is known: boxes that show nothing, square borders, text.

What a page's stream gets are bytes at once, in the order and spelling of the renderer.
"""

from typing import Any

from weasyprint import draw
from weasyprint.draw import border
from weasyprint.draw import text as lettering
from weasyprint.draw.color import get_color
from weasyprint.formatting_structure import boxes
from weasyprint.pdf.stream import Stream
from weasyprint.stacking import StackingContext

from compliance.reports.hastening.glyphs import Pieces
from compliance.reports.hastening.objects import number

_original_text = lettering.draw_text
_original_border = border.draw_border
_original_inline = draw.draw_inline_level
_original_table = draw.draw_table
_original_color = Stream.set_color

_SIDES = ("top", "right", "bottom", "left")


class _Stacked:
    """A state of the stream that ends with its block."""

    __slots__ = ("stream",)

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        self.stream.push_state()

    def __exit__(self, *_: object) -> None:
        self.stream.pop_state()


class _Artifact:
    """What is drawn in its block belongs to no tag."""

    __slots__ = ("written",)

    def __init__(self, stream: Any) -> None:
        self.written = None if stream._tags is None else stream.stream

    def __enter__(self) -> None:
        if self.written is not None:
            self.written.extend((b"/Artifact", b"BMC"))

    def __exit__(self, *_: object) -> None:
        if self.written is not None:
            self.written.append(b"EMC")


def draw_inline_level(
    stream: Any,
    page: Any,
    box: Any,
    offset_x: Any = 0,
    text_overflow: Any = "clip",
    block_ellipsis: Any = "none",
) -> None:
    """A line or a part of it."""
    kind = type(box)
    if kind is not boxes.LineBox and kind is not boxes.InlineBox:
        _original_inline(stream, page, box, offset_x, text_overflow, block_ellipsis)
        return
    if box.background is not None:
        draw.draw_background(stream, box.background)
    if not is_bare(box.style):
        draw_border(stream, box)
    if kind is boxes.LineBox:
        text_overflow, block_ellipsis = box.text_overflow, box.block_ellipsis
    last = len(box.children) - 1
    for index, child in enumerate(box.children):
        ellipsis = block_ellipsis if index == last else "none"
        if type(child) is boxes.TextBox:
            offset = offset_x + child.position_x - box.position_x
            _draw_marked_text(stream, child, offset, text_overflow, ellipsis)
        else:
            offset = offset_x
            if not isinstance(child, StackingContext):
                offset += child.position_x - box.position_x
            draw_inline_level(stream, page, child, offset, text_overflow, ellipsis)


def _draw_marked_text(
    stream: Any, child: Any, offset: Any, text_overflow: Any, ellipsis: Any
) -> None:
    tags = stream._tags
    if tags is None:
        draw_text(stream, child, offset, text_overflow, ellipsis)
        return
    mark = len(tags)
    tags[child] = {"tag": "Span", "mcid": mark}
    written = stream.stream
    written.extend((b"/Span", b"<</MCID %d>>" % mark, b"BDC"))
    draw_text(stream, child, offset, text_overflow, ellipsis)
    written.append(b"EMC")


def draw_text(
    stream: Any, textbox: Any, offset_x: Any, text_overflow: Any, block_ellipsis: Any
) -> None:
    """A piece of a line."""
    layout = textbox.pango_layout
    runs = layout.__dict__.get("runs")
    style = textbox.style
    if (
        runs is None
        or text_overflow == "ellipsis"
        or block_ellipsis != "none"
        or style["visibility"] != "visible"
        or textbox.justification_spacing
    ):
        _original_text(stream, textbox, offset_x, text_overflow, block_ellipsis)
        return
    set_color(stream, style["color"])
    stream.begin_text()
    if textbox.text.strip():
        _show(stream, textbox, runs, layout.text)
    stream.end_text()


def _show(stream: Any, textbox: Any, runs: Any, text: str) -> None:
    written = stream.stream
    x, y = number(textbox.position_x), number(textbox.position_y + textbox.baseline)
    written.append(f"1 0 0 -1 {x} {y} Tm".encode())
    before, string = None, ""
    for run in runs:
        face = run.face
        font = stream._fonts.get(face.key)
        if font is None:
            font, _ = stream.add_font(face.font)
        pieces = _pieces(font, face)
        if face is not before:
            before = face
            if string:
                stream.show_text(string)
            string = ""
            stream.set_font_size(font.hash, face.size)
        known = len(pieces)
        string += "<" + "".join([pieces[pair] for pair in run.pairs()])
        if len(pieces) != known:
            for glyph, shown in run.texts(text.encode()).items():
                font.to_unicode.setdefault(glyph, shown)
        string = string[:-1] if string[-1] == "<" else string + ">"
    written.append(f"[{string}] TJ".encode())


def _pieces(font: Any, face: Any) -> Pieces:
    kept: dict[float, Pieces] | None = font.__dict__.get("pieces")
    if kept is None:
        kept = font.pieces = {}
    pieces = kept.get(face.size)
    if pieces is None:
        pieces = kept[face.size] = Pieces(font, face)
    return pieces


def set_color(stream: Any, color: Any, stroke: bool = False) -> None:
    """Choose the ink, unless it is chosen already."""
    inks = stream._resources.__dict__.setdefault("inks", {})
    ink = inks.get(id(color))
    if ink is None:
        *channels, alpha = color
        written = None
        if color.space == "srgb":
            written = " ".join(number(one) for one in color.to("srgb").coordinates)
        ink = inks[id(color)] = (color, alpha, (color.space, *channels), f"a{alpha}", written)
    _, alpha, channels, name, written = ink
    if stroke or written is None:
        _original_color(stream, color, stroke)
        return
    if stream._current_alpha != name:
        stream.set_alpha(alpha)
    if stream._current_color != channels:
        stream._current_color = channels
        stream.stream.append(f"{written} rg".encode())


def draw_border(stream: Any, box: Any) -> None:
    """Borders; one side of a square box at once, the rest as the renderer draws it."""
    widths = (
        box.border_top_width,
        box.border_right_width,
        box.border_bottom_width,
        box.border_left_width,
    )
    style = box.style
    if is_bare(style) and widths == (0, 0, 0, 0):
        return
    side = sum(width != 0 for width in widths) == 1 and _one_side(style, widths)
    if not side or stream._tags is None:
        _original_border(stream, box)
        return
    color = get_color(style, f"border_{side}_color")
    written = stream.stream
    written.extend((b"/Artifact", b"BMC"))
    stream.push_state()
    written.append(_edge(box, side, widths))
    set_color(stream, color)
    written.append(_frame(box, widths))
    stream.pop_state()
    written.append(b"EMC")


def _one_side(style: Any, widths: tuple[float, ...]) -> str:
    """The side of the only border, where it is solid, square and seen."""
    side = next(name for name, width in zip(_SIDES, widths, strict=True) if width)
    plain = style.__dict__.get("one_side")
    if plain is None:
        plain = style.one_side = {}
    known = plain.get(side)
    if known is None:
        known = plain[side] = (
            side
            if style["visibility"] == "visible"
            and style["column_width"] == style["column_count"] == "auto"
            and style["border_image_source"][0] == "none"
            and style[f"border_{side}_style"] == "solid"
            and get_color(style, f"border_{side}_color").alpha
            and is_square(style)
            else ""
        )
    return str(known)


def _edge(box: Any, side: str, widths: tuple[float, ...]) -> bytes:
    """The path that keeps the other sides out."""
    x, y = box.border_box_x(), box.border_box_y()
    width, height = box.border_width(), box.border_height()
    top, right, bottom, left = widths
    if side in {"top", "bottom"}:
        main = y if side == "top" else y + height
        inner = main + (top if side == "top" else -bottom)
        points = ((x + width, main), (x, main), (x + left, inner), (x + width + -right, inner))
    else:
        main = x if side == "left" else x + width
        inner = main + (left if side == "left" else -right)
        points = ((main, y + height), (main, y), (inner, y + top), (inner, y + height + -bottom))
    path = " l\n".join(f"{number(across)} {number(down)}" for across, down in points)
    return f"{path.replace(' l', ' m', 1)} l\nW*\nn".encode()


def _frame(box: Any, widths: tuple[float, ...]) -> bytes:
    top, right, bottom, left = widths
    x, y = box.border_box_x(), box.border_box_y()
    width, height = box.border_width(), box.border_height()
    inner = (x + left, y + top, width - left - right, height - top - bottom)
    outer = (x + 0, y + 0, width - 0 - 0, height - 0 - 0)
    path = "\n".join(" ".join([*map(number, one), "re"]) for one in (inner, outer))
    return f"{path}\nf*".encode()


def draw_table(stream: Any, table: Any) -> None:
    """A table whose cells may have borders and backgrounds."""
    if table.style["border_collapse"] == "collapse":
        _original_table(stream, table)
        return
    draw.draw_background(stream, table.background)
    columns = [one for group in table.column_groups for one in (group, *group.children)]
    rows = [row for group in table.children for row in group.children]
    for one in (*columns, *table.children):
        if one.background is not None:
            draw.draw_background(stream, one.background)
        if one in table.children:
            for row in one.children:
                draw.draw_background(stream, row.background)
                for cell in row.children:
                    if cell.background is not None and _shown(cell):
                        draw.draw_background(stream, cell.background)
    draw_border(stream, table)
    for row in rows:
        for cell in row.children:
            if _shown(cell):
                draw_border(stream, cell)


def _shown(cell: Any) -> bool:
    return not cell.empty or cell.style["empty_cells"] == "show"


def is_bare(style: Any) -> bool:
    """Whether a style by itself draws nothing: no border, background, shadow, picture."""
    bare: bool | None = style.__dict__.get("bare")
    if bare is None:
        bare = style.bare = _is_bare(style)
    return bare


def _is_bare(style: Any) -> bool:
    return (
        is_square(style)
        and not any(style[f"border_{side}_width"] for side in _SIDES)
        and style["column_width"] == style["column_count"] == "auto"
        and style["border_image_source"][0] == "none"
        and style["mask_border_source"][0] == "none"
        and not style["box_shadow"]
        and all(kind == "none" for kind, _ in style["background_image"])
        and (style["visibility"] == "hidden" or get_color(style, "background_color").alpha == 0)
    )


def is_square(style: Any) -> bool:
    """Whether no corner is round."""
    square: bool | None = style.__dict__.get("square")
    if square is None:
        corners = ("top_left", "top_right", "bottom_right", "bottom_left")
        square = style.square = all(
            (0, "px") in style[f"border_{corner}_radius"] for corner in corners
        )
    return square


def draw_outline(stream: Any, box: Any) -> None:
    """No sheet of ours has outlines, and others are not drawn here."""


def stacked(stream: Any) -> _Stacked:
    return _Stacked(stream)


def artifact(stream: Any) -> _Artifact:
    return _Artifact(stream)
