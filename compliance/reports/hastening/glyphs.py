"""The glyphs of a finished line, kept from layout to drawing."""

from array import array
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, ffi, pango
from weasyprint.text.fonts import get_pango_font_key

_NEXT = 20  # bytes from one PangoGlyphInfo to the next: glyph, width, x offset, y offset, flags
_ONE_EACH = array("i", range(2000)).tobytes()  # clusters where each byte of text is a glyph
_UNKNOWN = pango.PANGO_GLYPH_UNKNOWN_FLAG
_EMPTY = pango.PANGO_GLYPH_EMPTY


class Face:
    """A font of Pango's in one size. It lives as long as the layout that is kept with it."""

    __slots__ = ("font", "key", "layout", "size")

    def __init__(self, font: Any, layout: Any) -> None:
        self.font, self.layout = font, layout
        self.key, _, self.size = get_pango_font_key(font)


class Run:
    """Glyphs of one face with their widths, and which bytes of the line's text each shows."""

    __slots__ = ("clusters", "face", "glyphs", "length", "offset", "widths")

    def __init__(self, face: Face, table: memoryview, item: Any, clusters: bytes) -> None:
        self.face = face
        self.glyphs, self.widths = table[0::5].tobytes(), table[1::5].tobytes()
        self.offset, self.length = item.offset, item.length
        self.clusters = None if clusters == _ONE_EACH[: len(clusters)] else clusters

    def pairs(self) -> Any:
        return zip(array("i", self.glyphs), array("i", self.widths), strict=True)

    def texts(self, text: bytes) -> dict[int, str]:
        """What each glyph stands for, where it first stands."""
        glyphs = array("i", self.glyphs)
        ends = array("i", self.clusters or _ONE_EACH[: len(self.glyphs)])
        ends.append(self.length)
        found: dict[int, str] = {}
        for index, glyph in enumerate(glyphs):
            if glyph not in found and glyph != _EMPTY:
                start, end = self.offset + ends[index], self.offset + ends[index + 1]
                found[glyph] = text[start:end].decode()
        return found


def runs_of(line: Any, layout: Any, faces: dict[int, Face]) -> tuple[list[Run] | None, bool]:
    """The runs of a line, and whether its layout must be kept.

    None instead of runs where something is set in a way that only the renderer draws: from right
    to left, raised or shifted, or without a glyph.
    """
    found: list[Run] = []
    keep = False
    run = line.runs  # null where a line had only spaces
    while run != ffi.NULL:
        glyph_item = run.data
        run = run.next
        item, string = glyph_item.item, glyph_item.glyphs
        number, analysis = string.num_glyphs, item.analysis
        table = memoryview(ffi.buffer(string.glyphs, number * _NEXT)).cast("i")
        shifted = any(table[2::5]) or any(table[3::5])
        if analysis.level % 2 or shifted or max(table[0::5], default=0) > _EMPTY:
            return None, keep
        address = int(ffi.cast("uintptr_t", analysis.font))
        face = faces.get(address)
        if face is None:
            face = faces[address] = Face(analysis.font, layout)
            keep = True
        found.append(Run(face, table, item, ffi.buffer(string.log_clusters, number * 4)[:]))
    return found, keep


class Pieces(dict[tuple[int, int], str]):
    """How a glyph of some width is written into a page, in one font and size."""

    def __init__(self, font: Any, face: Face) -> None:
        super().__init__()
        self.font, self.face = font, face
        self.extents = ffi.new("PangoRectangle *")

    def __missing__(self, pair: tuple[int, int]) -> str:
        glyph, width = pair
        size = self.face.size
        if glyph == _EMPTY:
            piece = f">{-width / size}<"
        else:
            widths = self.font.widths
            logical = widths.get(glyph)
            if logical is None:
                pango.pango_font_get_glyph_extents(self.face.font, glyph, ffi.NULL, self.extents)
                logical = round(self.extents.width * 1000 * FROM_UNITS / size)
                widths[glyph] = logical
            kerning = logical - width * 1000 * FROM_UNITS / size
            piece = f"{glyph:04x}>{int(kerning)}<" if kerning else f"{glyph:04x}"
        self[pair] = piece
        return piece
