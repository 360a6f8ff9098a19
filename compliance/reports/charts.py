"""Charts as SVG with real text, a title for screen readers, and no more ink than they need.

Every chart stands beside a table with the same figures. Sizes are in the chart's own units, about
a point each; text names its typefaces itself, because page styles do not reach into a chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from markupsafe import Markup, escape

INK, SOFT, LINE, GROUND = "#1b2733", "#4a5a68", "#d3dae0", "#eef2f4"
ACCENT, PALE, WARN, BAD = "#0b5c6b", "#9cc3cb", "#8a5300", "#a3261e"
_WIDE_FROM = 0x2E80  # from here on characters are about as wide as the type is high


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing measured: its name, its figure, and what stands beside it."""

    label: str
    value: float | None  # 0..100; None: nothing applies
    second: float | None = None  # supported, or the last time
    text: str = ""  # the figure in words


def radar(marks: Sequence[Mark], title: str, family: str) -> Markup:
    """One axis a module, out from 0 to 100; the second figure as a dotted line."""
    shown = [mark for mark in marks if mark.value is not None]
    if len(shown) < 3:
        return Markup("")
    width, height, radius = 460, 268, 92
    cx, cy = width / 2, height / 2 + 4
    angles = [2 * pi * i / len(shown) - pi / 2 for i in range(len(shown))]

    def points(shares: Sequence[float]) -> str:
        return " ".join(
            f"{cx + radius * share * cos(a):.1f},{cy + radius * share * sin(a):.1f}"
            for share, a in zip(shares, angles, strict=True)
        )

    parts = []
    for ring in (25, 50, 75, 100):
        dash = "" if ring == 75 else ' stroke-dasharray="1.5 2.5"'
        colour = SOFT if ring == 75 else LINE
        outline = points([ring / 100] * len(shown))
        parts.append(
            f'<polygon points="{outline}" fill="none" stroke="{colour}" stroke-width="0.7"{dash}/>'
        )
        parts.append(_text(cx + 3, cy - radius * ring / 100 + 8, str(ring), size=7, colour=SOFT))
    for mark, angle in zip(shown, angles, strict=True):
        x, y = cx + radius * cos(angle), cy + radius * sin(angle)
        parts.append(
            f'<line x1="{cx}" y1="{cy}" x2="{x:.1f}" y2="{y:.1f}" stroke="{LINE}" '
            'stroke-width="0.7"/>'
        )
        parts.append(_axis_label(mark, cx, cy, radius + 14, angle))
    declared = points([(mark.value or 0) / 100 for mark in shown])
    parts.append(
        f'<polygon points="{declared}" fill="{ACCENT}" fill-opacity="0.13" stroke="{ACCENT}" '
        'stroke-width="1.6"/>'
    )
    if all(mark.second is not None for mark in shown):
        second = points([(mark.second or 0) / 100 for mark in shown])
        parts.append(
            f'<polygon points="{second}" fill="none" stroke="{WARN}" stroke-width="1.2" '
            'stroke-dasharray="4 2"/>'
        )
    for point in declared.split():
        x_text, y_text = point.split(",")
        parts.append(f'<circle cx="{x_text}" cy="{y_text}" r="2.4" fill="{ACCENT}"/>')
    return _svg(width, height, title, family, parts)


def bar(value: float | None, second: float | None, target: float | None, title: str) -> Markup:
    """One bar for a table cell: declared in full colour, supported as a line, target as a tick."""
    width, height = 150, 9
    parts = [f'<rect x="0" y="1" width="{width}" height="7" fill="{GROUND}"/>']
    if value is not None:
        length = value * width / 100
        parts.append(f'<rect x="0" y="1" width="{length:.1f}" height="7" fill="{ACCENT}"/>')
    if second is not None and value is not None and second < value:
        x, length = second * width / 100, (value - second) * width / 100
        parts.append(f'<rect x="{x:.1f}" y="1" width="{length:.1f}" height="7" fill="{PALE}"/>')
    if target is not None:
        x = target * width / 100
        parts.append(
            f'<line x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="9" stroke="{INK}" stroke-width="1"/>'
        )
    return _svg(width, height, title, "", parts)


def steps(marks: Sequence[Mark], title: str, family: str) -> Markup:
    """Scores one after the other: how far each step of the plan leads, or the trend in time."""
    width, height, base, top = 460, 132, 104, 16
    scale = (base - top) / 100
    slot = width / max(1, len(marks))
    parts = [
        f'<line x1="0" y1="{base}" x2="{width}" y2="{base}" stroke="{SOFT}" stroke-width="0.8"/>'
    ]
    for level in (40, 55, 70, 85):
        y = base - level * scale
        parts.append(
            f'<line x1="0" y1="{y:.1f}" x2="{width}" y2="{y:.1f}" stroke="{LINE}" '
            'stroke-width="0.6" stroke-dasharray="1.5 2.5"/>'
        )
        parts.append(_text(0, y - 1.5, str(level), size=6.5, colour=SOFT))
    for index, mark in enumerate(marks):
        middle = slot * (index + 0.5)
        wide = min(44.0, slot * 0.5)
        if mark.value is not None:
            tall = mark.value * scale
            first = index == 0
            parts.append(
                f'<rect x="{middle - wide / 2:.1f}" y="{base - tall:.1f}" width="{wide:.1f}" '
                f'height="{tall:.1f}" fill="{SOFT if first else ACCENT}"/>'
            )
            parts.append(
                _text(middle, base - tall - 4, mark.text, size=8.5, anchor="middle", bold=True)
            )
        lines = _wrapped(mark.label, 8, slot - 4)
        for row, line in enumerate(lines[:2]):
            parts.append(_text(middle, base + 11 + row * 10, line, size=8, anchor="middle"))
    return _svg(width, height, title, family, parts)


def _axis_label(mark: Mark, cx: float, cy: float, distance: float, angle: float) -> str:
    x, y = cx + distance * cos(angle), cy + distance * sin(angle)
    side = cos(angle)
    anchor = "middle" if abs(side) < 0.2 else ("start" if side > 0 else "end")
    room = 96.0 if anchor != "middle" else 150.0
    lines = [*_wrapped(mark.label, 8.5, room), mark.text]
    first = y - (len(lines) - 1) * 5 + (sin(angle) * (len(lines) - 1) * 5) + 3
    return "".join(
        _text(x, first + 10.5 * row, line, size=8.5, anchor=anchor, bold=row == len(lines) - 1)
        for row, line in enumerate(lines)
    )


def _wrapped(label: str, size: float, room: float) -> list[str]:
    """Lines no wider than there is room; Chinese breaks anywhere, English between words."""
    wide = any(ord(c) >= _WIDE_FROM for c in label)
    pieces, joint = (list(label), "") if wide else (label.split(" "), " ")
    lines, line = [], ""
    for piece in pieces:
        longer = f"{line}{joint}{piece}" if line else piece
        if line and _width(longer, size) > room:
            lines.append(line)
            line = piece
        else:
            line = longer
    return [*lines, line] if line else lines


def fitting(text: str, size: float, room: float) -> str:
    """As much of a text as there is room for, with an ellipsis where it is cut."""
    if _width(text, size) <= room:
        return text
    while text and _width(text, size) > room - size:
        text = text[:-1]
    return text.rstrip() + "…"


def _width(text: str, size: float) -> float:
    return sum(size if ord(c) >= _WIDE_FROM else size * 0.52 for c in text)


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    colour: str = INK,
    anchor: str = "start",
    bold: bool = False,
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" '
        f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )


def _svg(width: float, height: float, title: str, family: str, parts: Sequence[str]) -> Markup:
    names = f' font-family="{escape(family)}"' if family else ""
    return Markup(  # noqa: S704 - every text in it is escaped above
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}pt" height="{height:g}pt"{names}><title>{escape(title)}</title>'
        f"{''.join(parts)}</svg>"
    )
