"""From the pages' HTML to the markup of a document: headings, paragraphs, tables, charts, links."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from compliance.reports.document_markup import (
    TWIPS_A_CM,
    anchor,
    bookmark,
    cell,
    drawing,
    field,
    link,
    paragraph,
    row,
    run,
    table,
)
from compliance.reports.pictures import picture

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SVG = "{http://www.w3.org/2000/svg}svg"
BLOCKS = frozenset({"p", "ul", "ol", "table", "div", "section", "h1", "h2", "h3", SVG})
LEFT_OUT = frozenset({"away", "qr", "carried"})  # classes that say nothing in a document
COLOURS = {
    "bad": "A3261E", "warn": "8A5300", "ok": "1E6B3A", "agreed": "1E6B3A", "soft": "4A5A68",
}  # fmt: skip
BOLD = frozenset({"bad", "warn", "ok", "id", "prompt"})
STYLES = {
    "over": "Cover Line", "title": "Cover Title", "sub": "Cover Line", "who": "Cover Firm",
    "lead": "Lead", "notice": "Notice", "alarm": "Alarm", "small": "Small",
}  # fmt: skip
SIZES = {"big": 40, "letter": 64, "cap": 15, "small": 15, "digest": 14}  # in half points
TALLEST = 205.0  # points: with it, the chapter of results stands on one page
RIGHT = '<w:jc w:val="right"/>'
_SPACES = re.compile(r"[ \t\n\r]+")
_WIDTH = re.compile(r"width:\s*([\d.]+)%")


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece of text looks."""

    bold: bool = False
    colour: str | None = None
    size: int | None = None
    mono: bool = False
    kept: bool = False  # white space stands as it is
    stacked: bool = False  # line ends stand as they are, other white space does not
    target: str = ""  # where a link leads


Piece: TypeAlias = tuple[str, Look]


class Flow:
    """Writes one document; `contents` is anchor, number and title of each chapter."""

    def __init__(self, part: Any, width_cm: float, contents: Sequence[tuple[str, str, str]]):
        self.part, self.contents = part, contents
        self.width = round(width_cm * TWIPS_A_CM)
        self.number = 0  # of bookmarks and pictures
        self.places: set[str] = set()

    def body(self, body: "Element") -> str:
        """The markup of all pages."""
        self.places = {str(one.get("id")) for one in body.iter() if one.get("id")}
        return "".join(self._blocks(body, self.width, ""))

    def _blocks(self, parent: "Element", width: int, style: str) -> Iterator[str]:
        """The children of an element as paragraphs and tables."""
        for one in parent:
            if not _classes(one) & LEFT_OUT:
                yield from self._block(one, width, style)

    def _block(self, one: "Element", width: int, style: str) -> Iterator[str]:
        classes = _classes(one)
        match one.tag:
            case "h1" | "h2" | "h3":
                yield self._heading(one, classes)
            case "ul" | "ol":
                yield from self._list(one, classes)
            case "table":
                yield self._table(one, width)
            case "div" | "section":
                yield from self._group(one, classes, width, style)
            case _ if one.tag == SVG:
                yield paragraph(self._picture(one), "Figure", '<w:jc w:val="center"/>')
            case _:
                named = style or next((STYLES[c] for c in STYLES if c in classes), "")
                yield paragraph(self._inline(one, _look(one, Look())), named)

    def _group(self, one: "Element", classes: set[str], width: int, style: str) -> Iterator[str]:
        if classes & {"verdict", "pair"}:
            yield self._beside(list(one), width, ruled="verdict" in classes)
        elif "band" in classes:
            inside = "".join(self._blocks(one, width, ""))
            yield table(row(cell(inside, width, ground="0B5C6B")), [width], ruled=False)
        else:
            yield from self._blocks(one, width, style)

    def _list(self, one: "Element", classes: set[str]) -> Iterator[str]:
        if "toc" in classes:
            yield self._toc()
            return
        for item in one:
            yield paragraph(self._inline(item, Look()), "List Bullet")

    def _heading(self, one: "Element", classes: set[str]) -> str:
        plain = "plainhead" in classes  # of the contents, which do not list themselves
        fresh = plain or "new" in classes
        style = "Normal" if plain else "Heading 1" if one.tag == "h1" else "Heading 2"
        content = self._inline(one, Look(bold=True, size=38) if plain else Look())
        keep = f"<w:keepNext/>{'<w:pageBreakBefore/>' if fresh else ''}"
        return paragraph(self._place(one) + content, style, keep)

    def _place(self, one: "Element") -> str:
        if not one.get("id"):
            return ""
        self.number += 1
        return bookmark(str(one.get("id")), self.number)

    def _toc(self) -> str:
        """A table of contents that the program can bring up to date, filled in from the start."""
        lines = []
        tabs = (
            '<w:tabs><w:tab w:val="left" w:pos="500"/>'
            f'<w:tab w:val="right" w:leader="dot" w:pos="{self.width}"/></w:tabs>'
        )
        for place, number, title in self.contents:
            words = run(number) + "<w:r><w:tab/></w:r>" + run(title) + "<w:r><w:tab/></w:r>"
            page = field(f"PAGEREF {anchor(place)} \\h")
            lines.append(paragraph(link(place, words + page), "Contents Line", tabs))
        return "".join(lines)

    def _beside(self, parts: Sequence["Element"], width: int, *, ruled: bool) -> str:
        """Parts next to each other."""
        each = width // len(parts)
        cells = "".join(
            cell(
                "".join(
                    self._blocks(one, each, "") if one.tag == "div" else self._block(one, each, "")
                ),
                each,
            )
            for one in parts
        )
        return table(row(cells), [each] * len(parts), ruled=ruled, line="1B2733")

    def _table(self, found: "Element", width: int) -> str:
        heads = {id(line) for part in found.findall("thead") for line in part}
        lines = list(found.iter("tr"))
        facts = bool(_classes(found) & {"facts"})
        widths = _widths(lines, width, facts)
        written = []
        for line in lines:
            if _classes(line) & LEFT_OUT:
                continue
            head = id(line) in heads
            cells, at = [], 0
            for one in line:
                span = int(one.get("colspan", "1"))
                across = sum(widths[at : at + span])
                cells.append(cell(self._cell(one, across, head, facts), across, span=span))
                at += span
            torn = bool(_classes(line) & {"long"})
            sign = 800 if any("sign" in _classes(one) for one in line) else 0
            written.append(row("".join(cells), head=head, whole=not torn, tall=sign))
        return table("".join(written), widths)

    def _cell(self, one: "Element", width: int, head: bool, facts: bool) -> str:
        style = "Cell Head" if head else "Cell"
        look = _look(one, Look(colour="4A5A68" if facts and one.tag == "th" else None))
        side = RIGHT if "n" in _classes(one) else ""
        parts: list[str] = []
        loose = [(one.text or "", look)]
        for child in one:
            if child.tag in BLOCKS:
                self._close(parts, loose, style, side)
                if child.tag == SVG:
                    parts.append(paragraph(self._picture(child, width), style))
                elif child.tag == "p":
                    within = _look(child, look)
                    parts.append(paragraph(self._inline(child, within), style, side))
                else:
                    parts += self._block(child, width, style)
            else:
                loose += self._walk(child, look)
            loose.append((child.tail or "", look))
        self._close(parts, loose, style, side)
        whole = "".join(parts) or paragraph("", style)
        place = self._place(one)
        return whole.replace("</w:pPr>", f"</w:pPr>{place}", 1) if place else whole

    def _close(self, parts: list[str], loose: list[Piece], style: str, side: str) -> None:
        """Make a paragraph of the text that stood between blocks."""
        if any(words.strip() for words, _ in loose):
            parts.append(paragraph(self._pieces(loose), style, side))
        loose.clear()

    def _inline(self, one: "Element", look: Look) -> str:
        pieces = [(one.text or "", look)]
        drawings: list[str] = []
        for child in one:
            if child.tag == SVG:
                drawings.append(self._picture(child))
            elif not _classes(child) & LEFT_OUT:
                pieces += self._walk(child, look)
            pieces.append((child.tail or "", look))
        return self._pieces(pieces) + "".join(drawings)

    def _walk(self, one: "Element", look: Look) -> Iterator[Piece]:
        """The text under an element, piece by piece, each with its look."""
        if one.tag == "br":
            yield "\n", replace(look, kept=True)
            return
        inner = _look(one, look)
        if one.tag == "a" and str(one.get("href", "")).removeprefix("#") in self.places:
            inner = replace(inner, target=str(one.get("href"))[1:])
        yield one.text or "", inner
        for child in one:
            yield from self._walk(child, inner)
            yield child.tail or "", inner

    def _pieces(self, pieces: Sequence[Piece]) -> str:
        """Runs; white space is as in HTML: a row of it is one space, none at the ends."""
        shown: list[Piece] = []
        for text, look in pieces:
            words = _spaced(text, look)
            if not look.kept and (not shown or shown[-1][0][-1:] in {" ", "\n"}):
                words = words.lstrip(" ")
            if words:
                shown.append((words, look))
        while shown and not shown[-1][0].strip():
            shown.pop()
        return "".join(_run(words, look) for words, look in shown)

    def _picture(self, svg: "Element", room: int = 0) -> str:
        title = svg.findtext("{http://www.w3.org/2000/svg}title") or ""
        width, height = (float(one) for one in svg.attrib["viewBox"].split()[2:])
        relation, _image = self.part.get_or_add_image(io.BytesIO(picture(svg)))
        self.number += 1
        scale = min(1.0, (room - 130) / 20 / width) if room else min(1.0, TALLEST / height)
        return drawing(relation, self.number, title, width * scale, height * scale)


def _spaced(text: str, look: Look) -> str:
    """Text with its white space as the pages show it."""
    if look.kept:
        return text
    if look.stacked:
        return "\n".join(_SPACES.sub(" ", line) for line in text.split("\n"))
    return _SPACES.sub(" ", text)


def _run(words: str, look: Look) -> str:
    made = run(words, bold=look.bold, colour=look.colour, size=look.size, mono=look.mono)
    return link(look.target, made) if look.target else made


def _classes(one: "Element") -> set[str]:
    return set(str(one.get("class", "")).split())


def _look(one: "Element", look: Look) -> Look:
    classes = _classes(one)
    colour = next((COLOURS[name] for name in COLOURS if name in classes), look.colour)
    size = next((SIZES[name] for name in SIZES if name in classes), look.size)
    return Look(
        bold=look.bold or one.tag == "b" or bool(classes & (BOLD | {"letter", "big"})),
        colour=colour,
        size=size,
        mono=look.mono or "mono" in classes,
        kept=look.kept or "words" in classes,
        stacked=look.stacked or "stack" in classes,
        target=look.target,
    )


def _widths(lines: Sequence["Element"], width: int, facts: bool) -> list[int]:
    """Columns in twentieths of a point: as the pages have them."""
    first = lines[0] if lines else ()
    shares = []
    for one in first:
        found = _WIDTH.search(str(one.get("style", "")))
        shares += [float(found.group(1)) if found else 0.0]
    if facts and len(shares) == 2:
        shares = [32.0, 68.0]
    whole = sum(shares)
    if not whole or 0.0 in shares:
        shares, whole = [1.0] * len(shares), float(len(shares))
    return [round(width * share / whole) for share in shares]
