"""Used lengths of a box, worked out once for a style and a width."""

from typing import Any

from weasyprint.formatting_structure.boxes import Box, PageBox
from weasyprint.layout import percent

_original = percent.resolve_percentages
_SET = (
    *(
        f"{kind}_{side}"
        for kind in ("margin", "padding")
        for side in ("left", "right", "top", "bottom")
    ),
    *(f"{bound}{axis}" for axis in ("width", "height") for bound in ("", "min_", "max_")),
    *(f"border_{side}_width" for side in ("top", "right", "bottom", "left")),
)


def resolve_percentages(box: Any, containing_block: Any) -> None:
    """Set the used lengths of a box."""
    key: tuple[Any, ...] | None
    if isinstance(containing_block, Box):
        key = (containing_block.width, containing_block.height)
    else:
        key = tuple(containing_block)
    style = box.style
    kept = style.__dict__.get("lengths")
    if kept is None:
        kept = style.lengths = {}
        if all(_is_fixed(style[name]) for name in _SET):
            kept["fixed"] = True
    if kept.get("fixed"):
        key = None
    found = kept.get(key)
    if found is None:
        _original(box, containing_block)
        if isinstance(box, PageBox) or style["border_collapse"] == "collapse":
            return
        own = box.__dict__
        kept[key] = {name: own[name] for name in _SET}
    else:
        box.__dict__.update(found)


def _is_fixed(value: Any) -> bool:
    """Whether a length is the same whatever it stands in."""
    return value == "auto" or type(value) in {int, float} or getattr(value, "unit", "%") != "%"
