"""The charts of a report as pictures, for files that cannot show a drawing.

Reads what `charts` draws: lines, rectangles, circles, polygons and text, in the typefaces of the
report. The same drawing gives the same picture. Pillow comes with the typesetter.
"""

import io
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from compliance.reports.typefaces import DIRECTORY, HAN, LATIN

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

DOTS = 3  # a point of the drawing is this many dots of the picture
_SMOOTH = 2  # drawn larger, then made smaller, so that edges are soft


def picture(svg: "Element") -> bytes:
    """A drawing of ours as PNG."""
    from PIL import Image, ImageDraw

    width, height = (float(number) for number in svg.attrib["viewBox"].split()[2:])
    scale = DOTS * _SMOOTH
    ground = Image.new("RGB", (round(width * scale), round(height * scale)), "white")
    brush = ImageDraw.Draw(ground, "RGBA")  # mixes what it paints with what is there
    for part in svg:
        draw = _SHAPES.get(str(part.tag).rpartition("}")[2])
        if draw:
            draw(brush, part, scale)
    small = ground.resize(
        (round(width * DOTS), round(height * DOTS)), Image.Resampling.LANCZOS
    ).quantize(64)
    stream = io.BytesIO()
    small.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _paint(part: "Element", name: str) -> tuple[int, ...] | None:
    """The colour of a fill or stroke, with its opacity; None: not painted."""
    from PIL import ImageColor

    colour = part.attrib.get(name, "none")
    if colour == "none":
        return None
    opacity = float(part.attrib.get(f"{name}-opacity", "1"))
    return (*ImageColor.getrgb(colour)[:3], round(255 * opacity))


def _number(part: "Element", name: str, scale: float) -> float:
    return float(part.attrib.get(name, "0")) * scale


def _line(draw: "ImageDraw", part: "Element", scale: float) -> None:
    ends = [tuple(_number(part, f"{axis}{end}", scale) for axis in "xy") for end in "12"]
    _stroke(draw, part, ends, scale)


def _rectangle(draw: "ImageDraw", part: "Element", scale: float) -> None:
    x, y, width, height = (_number(part, name, scale) for name in ("x", "y", "width", "height"))
    if width >= 1 and height >= 1:
        draw.rectangle((x, y, x + width - 1, y + height - 1), fill=_paint(part, "fill"))


def _circle(draw: "ImageDraw", part: "Element", scale: float) -> None:
    x, y, radius = (_number(part, name, scale) for name in ("cx", "cy", "r"))
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_paint(part, "fill"))


def _polygon(draw: "ImageDraw", part: "Element", scale: float) -> None:
    corners = [
        tuple(float(number) * scale for number in point.split(","))
        for point in part.attrib["points"].split()
    ]
    fill = _paint(part, "fill")
    if fill:
        draw.polygon(corners, fill=fill)
    _stroke(draw, part, [*corners, corners[0]], scale)


def _stroke(draw: "ImageDraw", part: "Element", points: list[Any], scale: float) -> None:
    colour = _paint(part, "stroke")
    if colour is None:
        return
    width = max(1, round(_number(part, "stroke-width", scale)))
    pattern = [float(one) * scale for one in part.attrib.get("stroke-dasharray", "").split()]
    for start, end in pairwise(points):
        for piece in _dashes(start, end, pattern):
            draw.line(piece, fill=colour, width=width)


def _dashes(start: Any, end: Any, pattern: list[float]) -> list[Any]:
    """A line in the pieces that its pattern shows."""
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    if not pattern or not length:
        return [(start, end)]

    def at(distance: float) -> tuple[float, float]:
        share = min(1.0, distance / length)
        return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)

    on, period = pattern[0], sum(pattern)
    count = int(length / period) + 1
    return [(at(n * period), at(n * period + on)) for n in range(count)]


def _text(draw: "ImageDraw", part: "Element", scale: float) -> None:
    words, bold = part.text or "", part.attrib.get("font-weight") == "700"
    size = round(_number(part, "font-size", scale))
    runs = _runs(words)
    width = sum(_font(han, bold, size).getlength(run) for han, run in runs)
    x, y = _number(part, "x", scale), _number(part, "y", scale)
    x -= {"middle": width / 2, "end": width}.get(part.attrib.get("text-anchor", ""), 0.0)
    for han, run in runs:
        font = _font(han, bold, size)
        draw.text((x, y), run, fill=_paint(part, "fill"), font=font, anchor="ls")
        x += font.getlength(run)


def _runs(words: str) -> list[tuple[bool, str]]:
    """Words in runs of one typeface: whether it is Han, and the run."""
    runs: list[tuple[bool, str]] = []
    for character in words:
        han = ord(character) not in LATIN.characters
        if runs and runs[-1][0] is han:
            runs[-1] = (han, runs[-1][1] + character)
        else:
            runs.append((han, character))
    return runs


@lru_cache(maxsize=16)
def _font(han: bool, bold: bool, size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    files = dict((HAN if han else LATIN).files)
    path = DIRECTORY / files[700 if bold else 400]
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


_SHAPES = {
    "line": _line,
    "rect": _rectangle,
    "circle": _circle,
    "polygon": _polygon,
    "text": _text,
}
