"""Geometry of the charts on pages; the drawing itself is templates/components/charts.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

CENTRE_X, CENTRE_Y, RADIUS = 230.0, 165.0, 118.0


@dataclass(frozen=True, slots=True)
class Axis:
    """One spoke of a radar: its short label, and figures of 0..100."""

    label: str
    name: str
    value: float | None  # None: no score yet
    second: float | None = None  # what is supported by evidence
    partial: bool = False  # some of its questions are unanswered


@dataclass(frozen=True, slots=True)
class Spoke:
    """An axis with its places on the canvas."""

    axis: Axis
    end: tuple[float, float]
    text: tuple[float, float]
    anchor: str
    dot: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Radar:
    """Everything that the template draws."""

    spokes: tuple[Spoke, ...]
    rings: tuple[str, ...]
    target: str
    area: str
    closed: bool  # all axes have a score: only then an area may be filled
    second: str


def radar(axes: Sequence[Axis], target: float) -> Radar:
    """A radar from the first axis at the top, clockwise. `target` is 0..100."""
    angles = [2 * pi * i / max(len(axes), 1) - pi / 2 for i in range(len(axes))]
    values = [axis.value for axis in axes]
    seconds = [axis.second for axis in axes]
    return Radar(
        spokes=tuple(_spoke(axis, angle) for axis, angle in zip(axes, angles, strict=True)),
        rings=tuple(_points([(share, a) for a in angles]) for share in (25, 50, 75, 100)),
        target=_points([(target, a) for a in angles]),
        area=_points(_known(values, angles)),
        closed=None not in values and bool(values),
        second=_points(_known(seconds, angles)) if None not in seconds else "",
    )


def _known(values: Sequence[float | None], angles: Sequence[float]) -> list[tuple[float, float]]:
    return [(v, a) for v, a in zip(values, angles, strict=True) if v is not None]


def _spoke(axis: Axis, angle: float) -> Spoke:
    text = _at(100, angle, beyond=16)
    side = cos(angle)
    anchor = "middle" if abs(side) < 0.3 else "start" if side > 0 else "end"
    dot = None if axis.value is None else _at(axis.value, angle)
    return Spoke(axis, _at(100, angle), (text[0], text[1] + 4), anchor, dot)


def _at(value: float, angle: float, beyond: float = 0) -> tuple[float, float]:
    reach = RADIUS * value / 100 + beyond
    return round(CENTRE_X + reach * cos(angle), 1), round(CENTRE_Y + reach * sin(angle), 1)


def _points(polar: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in (_at(value, angle) for value, angle in polar))


def trend(scores: Sequence[float]) -> tuple[str, tuple[float, float]]:
    """Points of a small line over a canvas of 144 × 40, and its last point."""
    step = 136 / max(len(scores) - 1, 1)
    places = [
        (round(4 + i * step, 1), round(36 - score * 0.32, 1)) for i, score in enumerate(scores)
    ]
    return " ".join(f"{x},{y}" for x, y in places), places[-1]
