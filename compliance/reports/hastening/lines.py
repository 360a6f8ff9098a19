"""Lines of text: shaped twice and not four times, and never again where the text is the same.

The renderer makes a layout of Pango's anew for every try at a line and once more to draw it. Here
layouts are kept by style, the text tried is as short as it may be, and the glyphs of a finished
line are kept for the drawing. What is rare (hyphens, tabs, several lines given, text from right to
left) is left to the renderer.
"""

from math import inf
from typing import Any

from weasyprint.text import line_break
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import font_features, get_font_description

from compliance.reports.hastening.glyphs import runs_of

_original_split = line_break.split_first_line
_original_strut = line_break.strut
_original_can_break = line_break.can_break_text

_WRAPPED = frozenset({"normal", "pre-wrap", "pre-line"})
_COLLAPSED = frozenset({"normal", "nowrap", "pre-line"})
_LONGEST_KEPT = 600  # characters of a text whose lines are remembered
_BREAKS = bytes(number & 1 for number in range(256))  # the flag of a line break, of Pango's many
_SETTING = (  # the properties on which the setting of a line depends
    "direction",
    "font_family",
    "font_feature_settings",
    "font_kerning",
    "font_language_override",
    "font_size",
    "font_stretch",
    "font_style",
    "font_variant_alternates",
    "font_variant_caps",
    "font_variant_east_asian",
    "font_variant_ligatures",
    "font_variant_numeric",
    "font_variant_position",
    "font_variation_settings",
    "font_weight",
    "hyphenate_character",
    "hyphenate_limit_chars",
    "hyphenate_limit_zone",
    "hyphens",
    "lang",
    "letter_spacing",
    "overflow_wrap",
    "tab_size",
    "text_decoration_line",
    "white_space",
    "word_break",
    "word_spacing",
)
_RECTANGLE = ffi.new("PangoRectangle *")
_ALL = 0xFFFFFFFF


class Type:
    """How a style sets text: layouts ready for use, and the lines that were set."""

    __slots__ = (
        "attributes",
        "collapsed",
        "context",
        "description",
        "faces",
        "free",
        "lines",
        "plain",
        "whole",
        "wrapped",
    )

    def __init__(self, style: Any) -> None:
        self.plain = (
            style["text_decoration_line"] == "none"
            and style["letter_spacing"] == "normal"
            and not style["word_spacing"]
            and style["hyphens"] in {"manual", "none"}
            and style["direction"] == "ltr"
            and style["font_size"] > 0
        )
        self.wrapped = style["white_space"] in _WRAPPED
        self.collapsed = style["white_space"] in _COLLAPSED
        self.free: list[Any] = []
        self.whole: dict[str, Any] = {}
        self.lines: dict[Any, Any] = {}
        if self.plain:
            self._prepare(style)

    def _prepare(self, style: Any) -> None:
        kept = style.font_config.__dict__
        self.faces: dict[int, Any] = kept.setdefault("faces", {})
        self.context = ffi.gc(
            pango.pango_font_map_create_context(style.font_config.font_map),
            gobject.g_object_unref,
        )
        pango.pango_context_set_round_glyph_positions(self.context, False)
        pango.pango_context_set_base_dir(self.context, PANGO_DIRECTION[style["direction"]])
        language = style["lang"]
        if style["font_language_override"] != "normal":
            self.plain = False
        elif language:
            pointer, _ = unicode_to_char_p(language)
            pango.pango_context_set_language(
                self.context, pango.pango_language_from_string(pointer)
            )
        self.description = get_font_description(style)
        features = font_features(
            style["font_kerning"],
            style["font_variant_ligatures"],
            style["font_variant_position"],
            style["font_variant_caps"],
            style["font_variant_numeric"],
            style["font_variant_alternates"],
            style["font_variant_east_asian"],
            style["font_feature_settings"],
        )
        self.attributes = None
        if features:
            self.plain = False
        elif style["overflow_wrap"] in {"anywhere", "break-word"}:
            self.attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
            attribute = pango.pango_attr_insert_hyphens_new(False)
            attribute.start_index, attribute.end_index = 0, _ALL
            pango.pango_attr_list_change(self.attributes, attribute)

    def take(self) -> Any:
        """A layout of this type, without a width."""
        if self.free:
            return self.free.pop()
        layout = ffi.gc(pango.pango_layout_new(self.context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(layout, False)
        pango.pango_layout_set_font_description(layout, self.description)
        if self.attributes is not None:
            pango.pango_layout_set_attributes(layout, self.attributes)
        return layout


def type_of(style: Any) -> Type:
    """One for all styles of a document that set text alike."""
    found: Type | None = style.__dict__.get("type")
    if found is None:
        kept = style.__dict__.get("cache", {}).setdefault("types", {})  # a chart's style has none
        key = str([style[name] for name in _SETTING])
        found = kept.get(key)
        if found is None:
            found = kept[key] = Type(style)
        style.type = found
    return found


def split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: Any,
    justification_spacing: Any,
    is_line_start: bool = True,
    minimum: bool = False,
) -> Any:
    """As much of a text as fits on a line."""
    own = style.__dict__.get("type") or type_of(style)
    rest = (context, max_width, justification_spacing, is_line_start, minimum)
    if not own.plain or justification_spacing:
        return _by_renderer(text, style, *rest)
    width = max_width if own.wrapped else None
    if width is None:
        width = inf
    found = own.whole.get(text)
    if found is not None and found[3] <= width:
        return found
    key = (text, width, is_line_start, minimum)
    found = own.lines.get(key)
    if found is not None:
        return found
    end = text.find("\n")
    if end > 0:
        found = split_first_line(text[:end], style, *rest)
        if found[2] is None:
            found = (*found[:2], len(text[:end].encode()) + 1, *found[3:])
        return found
    if end < 0 and "\t" not in text and "\xad" not in text:
        found = _set(own, text, width, style["font_size"])
    if found is None:
        found = _by_renderer(text, style, *rest)
    if found[2] is None and found[0].__dict__.get("runs") is not None:
        own.whole[text] = found
    elif len(text) < _LONGEST_KEPT:
        own.lines[key] = found
    return found


def _by_renderer(text: str, style: Any, context: Any, max_width: Any, *rest: Any) -> Any:
    return _original_split(text, style, context, max_width, *rest)


def _set(own: Type, text: str, width: float, size: float) -> Any:
    """The first line, or None where the renderer must look closer."""
    limited = width < 2**21
    layout = own.take()
    tried = text
    if limited:
        pango.pango_layout_set_width(layout, int(max(0, width) * TO_UNITS))
        many = int(width / size * (2.2 if text[:40].isascii() else 1.3)) + 30
        tried = text[:many]
    pango.pango_layout_set_text(layout, tried.encode().replace(b"\0", b""), -1)
    line = pango.pango_layout_get_line_readonly(layout, 0)
    second = pango.pango_layout_get_line_readonly(layout, 1)
    found = None
    pango.pango_layout_line_get_extents(line, ffi.NULL, _RECTANGLE)
    line_width = _RECTANGLE.width * FROM_UNITS
    if second == ffi.NULL:
        if len(tried) == len(text) and line_width <= width:
            found = _finished(own, layout, line, text, None, width)
    elif line_width <= width:
        spare = 8 if len(tried) < len(text) else 0
        found = _broken(own, layout, tried, second.start_index, width, spare)
    if found is None or not found[0].__dict__.pop("keeps", False):
        pango.pango_layout_set_width(layout, -1)
        own.free.append(layout)
    return found


def _broken(own: Type, layout: Any, text: str, resume: int, width: float, spare: int) -> Any:
    """The line before a break, unless the next word fits but for the space after it."""
    encoded = text.encode()
    first = encoded[:resume].decode()
    start, end = len(first) + 1, len(text) - spare
    point: int | None = None
    if end > start:
        flags = pango.pango_layout_get_log_attrs_readonly(layout, ffi.NULL)
        low = ffi.buffer(flags + start, 4 * (end - start))[:][::4]
        found = low.translate(_BREAKS).find(1)
        point = None if found < 0 else found
    if point is None and spare:
        return None
    rest = encoded[resume:].decode()
    word = rest[:point].rstrip(" ")
    if own.collapsed and word and rest[point or -1] == " ":
        pango.pango_layout_set_text(layout, (first + word).encode(), -1)
        line = pango.pango_layout_get_line_readonly(layout, 0)
        second = pango.pango_layout_get_line_readonly(layout, 1)
        resume = len((first + word).encode()) + 1 if second == ffi.NULL else second.start_index
        length = line.length
    else:
        length = pango.pango_layout_get_line_readonly(layout, 0).length
    pango.pango_layout_set_width(layout, -1)
    shown = encoded[:length].decode()
    if own.collapsed:
        shown = shown.rstrip(" ")
    pango.pango_layout_set_text(layout, shown.encode(), -1)
    line = pango.pango_layout_get_line_readonly(layout, 0)
    return _finished(own, layout, line, shown, resume, width)


def _finished(
    own: Type, layout: Any, line: Any, text: str, resume: int | None, width: float
) -> Any:
    done = line_break.Layout.__new__(line_break.Layout)
    done.justification_spacing, done.max_width, done.text = 0, width, text
    done.first_line_direction = line.resolved_dir
    pango.pango_layout_line_get_extents(line, ffi.NULL, _RECTANGLE)
    measured_width = _RECTANGLE.width * FROM_UNITS
    height = _RECTANGLE.height * FROM_UNITS
    baseline = pango.pango_layout_get_baseline(layout) * FROM_UNITS
    done.runs, done.keeps = runs_of(line, layout, own.faces)
    return done, line.length, resume, measured_width, height, baseline


def strut(style: Any) -> Any:
    """Height and baseline of a line of a style."""
    found = style.__dict__.get("strut")
    if found is None:
        found = style.strut = _original_strut(style)
    return found


_CAN_BREAK: dict[tuple[str, Any], bool] = {}


def can_break_text(text: str, lang: Any) -> bool:
    """Whether a line may end within a text; short ones are asked again and again."""
    if len(text) > 2:
        return bool(_original_can_break(text, lang))
    key = (text, lang)
    if key not in _CAN_BREAK:
        _CAN_BREAK[key] = bool(_original_can_break(text, lang))
    return _CAN_BREAK[key]
