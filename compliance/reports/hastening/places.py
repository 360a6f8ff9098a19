"""Which functions of the renderer are replaced, and by which of ours.

A function is replaced under every name that a module of the renderer has given it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

import cssselect2
import pydyf
import weasyprint
from weasyprint import anchors, css, draw, stacking
from weasyprint.draw import border
from weasyprint.draw import text as lettering
from weasyprint.formatting_structure import boxes, build
from weasyprint.layout import background, block, inline, percent
from weasyprint.layout import float as floating
from weasyprint.pdf import stream, tags
from weasyprint.text import line_break

from compliance.reports.hastening import (
    building,
    drawing,
    flow,
    line_parts,
    lines,
    objects,
    paragraphs,
    percentages,
    styles,
    tagging,
)

MISSING = object()

_FUNCTIONS: dict[Any, Any] = {
    css.StyleFor: styles.SharedStyles,
    build.element_to_box: building.element_to_box,
    build.flex_boxes: building.as_it_is,
    build.grid_boxes: building.as_it_is,
    percent.resolve_percentages: percentages.resolve_percentages,
    line_break.split_first_line: lines.split_first_line,
    line_break.strut: lines.strut,
    line_break.can_break_text: lines.can_break_text,
    inline.get_next_linebox: paragraphs.get_next_linebox,
    inline.split_inline_box: paragraphs.split_inline_box,
    inline.split_inline_level: paragraphs.split_inline_level,
    inline.split_text_box: line_parts.split_text_box,
    inline.line_box_verticality: line_parts.line_box_verticality,
    inline._adjust_line_height: line_parts.adjust_line_height,
    block.relative_positioning: flow.relative_positioning,
    block.collapse_margin: flow.collapse_margin,
    floating.avoid_collisions: flow.avoid_collisions,
    background.layout_box_backgrounds: flow.layout_box_backgrounds,
    anchors.gather_anchors: flow.gather_anchors,
    stacking._dispatch: flow.dispatch,
    stacking._dispatch_children: flow.dispatch_children,
    draw.draw_inline_level: drawing.draw_inline_level,
    draw.draw_table: drawing.draw_table,
    border.draw_border: drawing.draw_border,
    border.draw_outline: drawing.draw_outline,
    lettering.draw_text: drawing.draw_text,
}
_SQUARE = (0, 0)
_MEMBERS: tuple[tuple[Any, str, Any], ...] = (
    (boxes.Box, "is_in_normal_flow", flow.is_in_normal_flow),
    (boxes.Box, "is_floated", flow.is_floated),
    (boxes.Box, "establishes_formatting_context", flow.establishes_formatting_context),
    (boxes.ParentBox, "remove_decoration", flow.remove_decoration),
    (boxes.Box, "descendants", flow.descendants),
    (boxes.Box, "border_width", flow.border_width),
    (boxes.Box, "border_height", flow.border_height),
    (boxes.Box, "margin_width", flow.margin_width),
    (boxes.Box, "margin_height", flow.margin_height),
    (boxes.Box, "background", None),  # unless a box has one of its own
    (boxes.Box, "border_top_left_radius", _SQUARE),
    (boxes.Box, "border_top_right_radius", _SQUARE),
    (boxes.Box, "border_bottom_left_radius", _SQUARE),
    (boxes.Box, "border_bottom_right_radius", _SQUARE),
    (boxes.ParentBox, "page_values", flow.page_values),
    (stream.Stream, "set_color", drawing.set_color),
    (stream.Stream, "stacked", drawing.stacked),
    (stream.Stream, "artifact", drawing.artifact),
    (tags, "_build_box_tree", tagging.build_box_tree),
    (cssselect2.ElementWrapper, "query_all", styles.query_all),
    (pydyf, "_to_bytes", objects.to_bytes),
    (pydyf.Dictionary, "data", property(objects.dictionary_data)),
    (pydyf.Array, "data", property(objects.array_data)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One name of the renderer's, with what stands there and what is put there."""

    owner: Any
    name: str
    old: Any
    new: Any


@lru_cache
def places() -> tuple[Place, ...]:
    """Every name to be replaced."""
    members = (
        Place(owner, name, vars(owner).get(name, MISSING), new) for owner, name, new in _MEMBERS
    )
    return (*_named(), *members)


def _named() -> Iterator[Place]:
    for module in sorted(_modules(weasyprint), key=lambda module: module.__name__):
        for name, value in vars(module).items():
            if callable(value) and value in _FUNCTIONS:
                yield Place(module, name, value, _FUNCTIONS[value])


def _modules(package: ModuleType) -> set[ModuleType]:
    """A package and all its modules that are imported: each stands in the one above it."""
    found = {package}
    for value in vars(package).values():
        if isinstance(value, ModuleType) and value.__name__.startswith(f"{package.__name__}."):
            found |= _modules(value)
    return found
