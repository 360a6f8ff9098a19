"""Each style once: elements that no selector can tell apart share what is computed for them.

The renderer computes a style for every element that has an attribute of its own, and five more for
pseudo-elements that no report uses. Here an element is known by its kin: its parent's kin, its tag
and attributes, and those of the sibling before it. Selectors of our sheets see no more than that;
a sheet that does is left to the renderer.
"""

import re
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any
from xml.etree.ElementTree import Element

from cssselect2 import ElementWrapper
from weasyprint import css
from weasyprint.layout.page import PageType
from weasyprint.logger import PROGRESS_LOGGER

SVG = "{http://www.w3.org/2000/svg}svg"
# Selectors that look at more of an element than its kin: its place, its followers, its own id.
_SEES_MORE = re.compile(
    r":(?:first-|last-|nth-|only-|empty|has\b|target)|~|\[\s*(?:id|href|scope|colspan|rowspan)\b"
    r"|footnote|note\("  # and boxes that leave the page's flow
)
_NEIGHBOUR = re.compile(r"([^\s,>+{}]+)\s*\+")
_NOT_SELECTED = frozenset({"id", "href", "scope", "colspan", "rowspan"})
_SIDES = ("top", "bottom", "left", "right")


class _Kin:
    """What elements share that no selector tells apart: a style, and styles of pseudo-elements."""

    __slots__ = ("number", "pseudos", "style")

    def __init__(self, number: int, style: Any, pseudos: dict[str, Any]) -> None:
        self.number, self.style, self.pseudos = number, style, pseudos


class Named(css.ComputedStyle):
    """The style of an element with an id: that of its kin, but for the anchor."""

    def __init__(self, kin: Any, anchor: str) -> None:
        super().__init__(
            kin.parent_style,
            kin.cascaded,
            kin.pseudo_type,
            kin.root_style,
            kin.base_url,
            kin.font_config,
            kin.initial_page_sizes,
        )
        self.kin, self.specified = kin, kin.specified
        self["anchor"] = anchor

    def __missing__(self, key: str) -> Any:
        value = self[key] = self.kin[key]
        return value


class SharedStyles(css.StyleFor):
    """Stands in for the renderer's table of styles."""

    def __init__(
        self,
        html: Any,
        sheets: Any,
        presentational_hints: bool,
        font_config: Any,
        target_collector: Any,
    ) -> None:
        self.shared = False
        self._kin: dict[Element, _Kin] = {}
        self._named: dict[Element, Named] = {}
        self._pages: dict[object, Any] = {}
        if presentational_hints or _sees_more(html, sheets):
            super().__init__(html, sheets, presentational_hints, font_config, target_collector)
            return
        self.shared = True
        self._cascaded_styles: dict[Any, Any] = {}
        self._computed_styles: dict[Any, Any] = {}
        self.initial_page_sizes = {"box": None, "area": None}
        self._sheets, self.font_config = sheets, font_config
        self._base_url, self._targets = html.base_url, target_collector
        self._known: dict[object, _Kin] = {}
        self._wrappers = {html.etree_element: html.wrapper_element}
        self._path: list[Element] = []
        self._asked = _neighbours_asked_for(html)
        self._neighbours: dict[object, object] = {}
        self._root: Element = html.etree_element
        PROGRESS_LOGGER.info("Step 3 - Applying CSS")
        root = html.etree_element
        kin = self._found(root, None, (None, None, _local(root)))
        self._computed_styles[root, None] = kin.style
        self._walk(root, kin)

    def __call__(self, element: Any, pseudo_type: str | None = None) -> Any:
        kin = self._kin.get(element)
        if kin is None:
            return super().__call__(element, pseudo_type)
        if pseudo_type:
            style = kin.pseudos.get(pseudo_type)
        else:
            style = self._named.get(element) or kin.style
        if style and "settled" not in style.__dict__:
            style.settled = True
            _settle(style)
        return style

    def pseudos(self, element: Any) -> Mapping[str, Any]:
        """The styles of an element's pseudo-elements."""
        return self._kin[element].pseudos

    def set_computed_styles(
        self,
        element: Any,
        parent: Any,
        root: Any = None,
        pseudo_type: str | None = None,
        base_url: str | None = None,
        target_collector: Any = None,
    ) -> None:
        """Pages of one kind share their styles and those of their margins."""
        if not self.shared or type(element) is not PageType:
            super().set_computed_styles(
                element, parent, root, pseudo_type, base_url, target_collector
            )
            return
        cascaded = self._cascaded_styles.get((element, pseudo_type), {})
        key = (
            id(self._computed_styles[parent, None]),
            pseudo_type,
            tuple((name, id(value), str(weight)) for name, (value, weight) in cascaded.items()),
        )
        if key not in self._pages:
            super().set_computed_styles(
                element, parent, root, pseudo_type, base_url, target_collector
            )
            self._pages[key] = self._computed_styles[element, pseudo_type]
        self._computed_styles[element, pseudo_type] = self._pages[key]

    def _walk(self, parent: Element, parent_kin: _Kin) -> None:
        before: object = None
        number, known = parent_kin.number, self._known
        self._path.append(parent)
        for element in parent:
            attributes = element.attrib
            local = element.tag if not attributes else _local(element)
            key = (number, before, local)
            before = self._as_neighbour(element, local)
            kin = known.get(key)
            if kin is None:
                kin = self._found(element, parent, key)
            self._kin[element] = kin
            if "id" in attributes:
                self._name(element, kin, attributes["id"])
            if element.tag != SVG:  # what is drawn has its own styles
                self._walk(element, kin)
        self._path.pop()

    def _as_neighbour(self, element: Element, local: object) -> object:
        """What the next sibling may be told apart by: nothing, where no selector asks for it."""
        if local not in self._neighbours:
            words = {element.tag, *element.get("class", "").split()}
            self._neighbours[local] = local if words & self._asked else None
        return self._neighbours[local]

    def _name(self, element: Element, kin: _Kin, anchor: str) -> None:
        style = self._named[element] = Named(kin.style, anchor)
        if self._targets and style["anchor"]:
            self._targets.collect_anchor(style["anchor"])

    def _found(self, element: Element, parent: Element | None, key: Any) -> _Kin:
        """The kin of the first element of its kind."""
        parent_style = None if parent is None else self._kin[parent].style
        cascaded = self._cascade(element, self._wrapper(element, len(self._path)))
        if parent_style is None:
            root_style: Any = css.InitialStyle(self.font_config)
        else:
            root_style = self._computed_styles[self._root, None]
        style = self._computed(parent_style, cascaded.pop(None, {}), None, root_style)
        if parent is None:
            root_style = style
        style["anchor"]
        pseudos = {
            pseudo: self._computed(style, declared, pseudo, root_style)
            for pseudo, declared in cascaded.items()
            if pseudo
        }
        for one in pseudos.values():
            one["anchor"]
        kin = self._known[key] = _Kin(len(self._known) + 1, style, pseudos)
        self._kin[element] = kin
        return kin

    def _computed(
        self, parent: Any, cascaded: Mapping[str, Any], pseudo: str | None, root: Any
    ) -> Any:
        return css.ComputedStyle(
            parent,
            cascaded,
            pseudo,
            root,
            self._base_url,
            self.font_config,
            self.initial_page_sizes,
        )

    def _wrapper(self, element: Element, depth: int) -> Any:
        """The element as selectors see it, below as many ancestors of the path."""
        if element not in self._wrappers:
            parent = self._wrapper(self._path[depth - 1], depth - 1)
            for wrapper in parent.iter_children():
                self._wrappers.setdefault(wrapper.etree_element, wrapper)
        return self._wrappers[element]

    def _cascade(self, element: Element, wrapper: ElementWrapper) -> dict[str | None, Any]:
        """The declarations that win, by pseudo-element and property."""
        styles: dict[str | None, Any] = {}
        nameless = Element(
            element.tag, {key: value for key, value in element.attrib.items() if key != "id"}
        )
        for specificity, _, declarations, base_url in css.find_style_attributes(
            nameless, False, self._base_url
        ):
            found = css.preprocess_declarations(base_url, declarations)
            _win(styles.setdefault(None, {}), found, "author", inf, specificity)
        for sheet, origin, sheet_specificity in self._sheets:
            for specificity, _, pseudo, (declarations, layer) in sheet.matcher.match(wrapper):
                order = inf if layer is None else sheet.layers.index(layer)
                _win(
                    styles.setdefault(pseudo, {}),
                    declarations,
                    origin,
                    order,
                    sheet_specificity or specificity,
                )
        return styles


def _win(style: dict[str, Any], found: Any, origin: str, order: float, specificity: Any) -> None:
    for name, values, importance in found:
        weight = (css.declaration_precedence(origin, importance), order, specificity)
        old = style.get(name, (None, None))[1]
        if old is None or old <= weight:
            style[name] = values, weight


def _local(element: Element) -> object:
    """What a selector may see of an element by itself."""
    attributes = element.attrib
    seen = tuple(item for item in attributes.items() if item[0] not in _NOT_SELECTED)
    return (element.tag, "href" in attributes, seen)


def _sees_more(html: Any, sheets: Any) -> bool:
    named = any(sheet.matcher.id_selectors for sheet, _, _ in sheets)
    texts = (css.get_child_text(style) for style in html.etree_element.iter("style"))
    anchors = (link.get("name") for link in html.etree_element.iter("a"))
    return named or any(_SEES_MORE.search(text) for text in texts) or any(anchors)


def _neighbours_asked_for(html: Any) -> frozenset[str]:
    """Tags and classes that stand before a plus sign in a sheet; the renderer's own has none."""
    texts = (css.get_child_text(style) for style in html.etree_element.iter("style"))
    before = (found for text in texts for found in _NEIGHBOUR.findall(text))
    return frozenset(word for found in before for word in re.split(r"[.:\[]", found) if word)


def _settle(style: Any) -> None:
    """Padding and margins that do not apply to parts of a table."""
    display = style["display"]
    if "table" in display and style["border_collapse"] == "collapse":
        for side in _SIDES:
            style[f"padding_{side}"] = css.ZERO_PIXELS
    if len(display) == 1 and display[0].startswith("table-") and display[0] != "table-caption":
        for side in _SIDES:
            style[f"margin_{side}"] = css.ZERO_PIXELS


class _Mentioned:
    """An element found by its tag, as far as the renderer asks of it."""

    def __init__(self, element: Element) -> None:
        self.etree_element = element


def query_all(wrapper: ElementWrapper, *selectors: str) -> Iterator[_Mentioned]:
    """Elements by tag: the renderer looks for nothing else in this way."""
    for element in wrapper.etree_element.iter():
        if element.tag in selectors:
            yield _Mentioned(element)
