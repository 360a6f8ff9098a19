"""From elements to boxes, without the questions whose answer is known for all kin."""

from typing import Any

from weasyprint.formatting_structure import boxes, build
from weasyprint.html import HTML_HANDLERS

from compliance.reports.hastening.styles import SVG, SharedStyles

_original = build.element_to_box
_BOX_OF = build.BOX_TYPE_FROM_DISPLAY


def element_to_box(
    element: Any,
    style_for: Any,
    get_image_from_uri: Any,
    base_url: Any,
    target_collector: Any,
    counter_style: Any,
    footnotes: Any,
    state: Any = None,
) -> Any:
    """The boxes of an element; lists and other rare things as the renderer makes them."""
    ours = type(style_for) is SharedStyles and style_for.shared
    rest = (get_image_from_uri, base_url, target_collector, counter_style, footnotes)
    if state is None or not ours or not isinstance(element.tag, str):
        return _original(element, style_for, *rest, state)
    style = style_for(element)
    simple = style.__dict__.get("simple")
    if simple is None:
        simple = style.simple = _is_simple(style, style_for.pseudos(element))
    if not simple:
        return _original(element, style_for, *rest, state)
    display = style["display"]
    if display == ("none",):
        return []
    tag = element.tag
    box: Any = _BOX_OF[display[:2]](tag, style, element, [])
    _, counter_values, counter_scopes, _ = state
    if style["anchor"]:
        target_collector.store_target(style["anchor"], counter_values, box)
    children: list[Any] = []
    box.children = children
    box.string_set = []
    if tag == SVG:
        return HTML_HANDLERS[tag](element, box, get_image_from_uri, base_url)
    counter_scopes.append(set())
    anonymous = style.anonymous_style
    text = element.text
    if text:
        children.append(boxes.TextBox(tag, anonymous, element, text))
    for child in element:
        children.extend(element_to_box(child, style_for, *rest, state))
        text = child.tail
        if text:
            if children and isinstance(children[-1], boxes.TextBox):
                children[-1].text += text
            else:
                children.append(boxes.TextBox(tag, anonymous, element, text))
    for name in counter_scopes.pop():
        counter_values[name].pop()
        if not counter_values[name]:
            counter_values.pop(name)
    if tag in HTML_HANDLERS:
        return HTML_HANDLERS[tag](element, box, get_image_from_uri, base_url)
    return [box]


def as_it_is(box: Any) -> Any:
    """In the place of passes that look for boxes which no sheet of ours has."""
    return box


def _is_simple(style: Any, pseudos: Any) -> bool:
    """Whether only text and elements make the box: no counter, mark or content of its own."""
    return (
        not pseudos.keys() & {"before", "after", "first-letter", "first-line"}
        and "list-item" not in style["display"]
        and not style["counter_reset"]
        and not style["counter_set"]
        and style["counter_increment"] == "auto"
        and style["string_set"] == "none"
        and style["bookmark_level"] == "none"
    )
