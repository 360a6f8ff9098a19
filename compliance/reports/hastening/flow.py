"""Walks through the tree of boxes, with what is asked of a box again and again kept by style."""

from collections.abc import Iterator
from typing import Any

from weasyprint import anchors as anchoring
from weasyprint import stacking
from weasyprint.formatting_structure import boxes
from weasyprint.layout import background
from weasyprint.layout import float as floating

from compliance.reports.hastening.drawing import is_bare

_original_avoid = floating.avoid_collisions
_original_backgrounds = background.layout_box_backgrounds
_original_anchors = anchoring.gather_anchors
_original_dispatch = stacking._dispatch
_original_in_flow = boxes.Box.is_in_normal_flow
_original_context = boxes.Box.establishes_formatting_context
_original_decoration = boxes.ParentBox.remove_decoration
_OWN_CONTEXT = (boxes.InlineBlockBox, boxes.InlineFlexBox, boxes.InlineGridBox)


def is_in_normal_flow(box: Any) -> bool:
    """Whether the box stands where its siblings leave room."""
    own = box.style.__dict__
    found: bool | None = own.get("in_flow")
    if found is None:
        found = own["in_flow"] = _original_in_flow(box)
    return found


def is_floated(box: Any) -> bool:
    own = box.style.__dict__
    found: bool | None = own.get("floated")
    if found is None:
        found = own["floated"] = box.style["float"] in {
            "left",
            "right",
            "inline-start",
            "inline-end",
        }
    return found


def page_values(box: Any) -> tuple[str, str]:
    """The names of pages on which a box starts and ends."""
    return _page_value(box, 1), _page_value(box, -1)


def _page_value(box: Any, step: int) -> str:
    value: str = box.style["page"]
    while isinstance(box, boxes.ParentBox) and not isinstance(box, boxes.TableBox):
        for child in box.children[::step]:
            if is_in_normal_flow(child) or is_floated(child):
                box = child
                value = child.style["page"] or value
                break
        else:
            break
    return value


def descendants(box: Any, placeholders: bool = False) -> Iterator[Any]:
    """A box and all below it, parents first."""
    waiting = [box]
    while waiting:
        one = waiting.pop()
        if isinstance(one, boxes.Box):
            yield one
            waiting.extend(reversed(one.children))
        elif placeholders:
            waiting.append(one._box)
        else:
            yield one


def establishes_formatting_context(box: Any) -> bool:
    """Whether margins and floats of what is inside stay inside."""
    own = box.style.__dict__
    known = own.get("contexts")
    if known is None:
        known = own["contexts"] = {}
    kind = type(box)
    if kind not in known:
        known[kind] = bool(_original_context(box))
    return known[kind]  # type: ignore[no-any-return]


def collapse_margin(margins: Any) -> Any:
    """The largest of the margins above nothing, and the smallest below."""
    largest = smallest = 0
    for margin in margins:
        if margin > largest:
            largest = margin
        elif margin < smallest:
            smallest = margin
    return largest + smallest


def remove_decoration(box: Any, start: bool, end: bool) -> None:
    """Take border, padding and margin from an end at which the box goes on elsewhere."""
    if start or end:
        _original_decoration(box, start, end)


def avoid_collisions(context: Any, box: Any, containing_block: Any, outer: bool = True) -> Any:
    """Where a box may stand beside floats; mostly there are none."""
    if (
        context.excluded_shapes
        or outer
        or containing_block.style["direction"] != "ltr"
        or is_floated(box)
    ):
        return _original_avoid(context, box, containing_block, outer)
    position_y = box.border_box_y() - box.margin_top
    left = containing_block.content_box_x()
    right = left + containing_block.width - box.margin_right
    left += box.margin_left
    return left - box.margin_left, position_y, right - left


def layout_box_backgrounds(
    page: Any, box: Any, get_image: Any, layout_children: bool = True, style: Any = None
) -> None:
    """Backgrounds of a box and of those in it."""
    if not layout_children or style is not None:
        _original_backgrounds(page, box, get_image, layout_children, style)
        return
    for child in box.all_children():
        layout_box_backgrounds(page, child, get_image)
    if box is page or not is_bare(box.style):
        _original_backgrounds(page, box, get_image, False)


def gather_anchors(
    box: Any,
    anchors: Any,
    links: Any,
    bookmarks: Any,
    forms: Any,
    parent_matrix: Any = None,
    parent_form: Any = None,
    parent_link: Any = None,
) -> None:
    """Anchors, links and bookmarks of a box and of those in it."""
    style = box.style
    plain = style.__dict__.get("plain")
    if plain is None:
        plain = style.plain = (
            not style["transform"]
            and style["bookmark_level"] == "none"
            and not style["anchor"]
            and style["appearance"] != "auto"
        )
    if not plain or box.link or parent_link or parent_matrix:
        _original_anchors(
            box, anchors, links, bookmarks, forms, parent_matrix, parent_form, parent_link
        )
        return
    for child in box.all_children():
        if type(child) is not boxes.TextBox:
            gather_anchors(child, anchors, links, bookmarks, forms, None, parent_form, None)


def dispatch(
    box: Any, page: Any, child_contexts: Any, blocks: Any, floats: Any, blocks_and_cells: Any
) -> Any:
    """Sort a box and those in it by the order of painting."""
    if not isinstance(box, boxes.Box):
        return _original_dispatch(box, page, child_contexts, blocks, floats, blocks_and_cells)
    style = box.style
    flat = style.__dict__.get("flat")
    if flat is None:
        flat = style.flat = (
            style["position"] == "static"
            and style["opacity"] == 1
            and not style["transform"]
            and style["overflow"] == "visible"
            and style["float"] == "none"
            and style["z_index"] == "auto"
        )
    if not flat or isinstance(box, _OWN_CONTEXT):
        return _original_dispatch(box, page, child_contexts, blocks, floats, blocks_and_cells)
    if isinstance(box, boxes.BlockLevelBox):
        index = len(blocks)
        own: dict[Any, Any] = {}
        box = dispatch_children(box, page, child_contexts, blocks, floats, own)
        blocks.insert(index, box)
        blocks_and_cells[box] = own
    elif isinstance(box, boxes.TableCellBox):
        own = {}
        box = dispatch_children(box, page, child_contexts, blocks, floats, own)
        blocks_and_cells[box] = own
    else:
        box = dispatch_children(box, page, child_contexts, blocks, floats, blocks_and_cells)
    return box


def dispatch_children(
    box: Any, page: Any, child_contexts: Any, blocks: Any, floats: Any, blocks_and_cells: Any
) -> Any:
    """The box itself where all its children stay in it, else a copy."""
    if not isinstance(box, boxes.ParentBox):
        return box
    children = [
        result
        for child in box.children
        if (result := dispatch(child, page, child_contexts, blocks, floats, blocks_and_cells))
        is not None
    ]
    if len(children) == len(box.children) and all(
        new is old for new, old in zip(children, box.children, strict=True)
    ):
        return box
    return box.copy_with_children(children)


def border_width(box: Any) -> Any:
    """Width of the border box; sums stand in the renderer's order, as rounding depends on it."""
    return (
        box.width
        + box.padding_left
        + box.padding_right
        + box.border_left_width
        + box.border_right_width
    )


def border_height(box: Any) -> Any:
    return (
        box.height
        + box.padding_top
        + box.padding_bottom
        + box.border_top_width
        + box.border_bottom_width
    )


def margin_width(box: Any) -> Any:
    return (
        box.width
        + box.padding_left
        + box.padding_right
        + box.border_left_width
        + box.border_right_width
        + box.margin_left
        + box.margin_right
    )


def margin_height(box: Any) -> Any:
    return (
        box.height
        + box.padding_top
        + box.padding_bottom
        + box.border_top_width
        + box.border_bottom_width
        + box.margin_top
        + box.margin_bottom
    )


def relative_positioning(box: Any, containing_block: Any) -> None:
    """Nothing: no sheet of ours moves a box from its place."""
