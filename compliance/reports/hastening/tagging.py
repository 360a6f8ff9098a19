"""The tag tree: the same elements, kept as what is written and not as dictionaries."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.logger import LOGGER
from weasyprint.pdf.tags import _get_pdf_tag

from compliance.reports.hastening.objects import dictionary_data
from compliance.reports.hastening.styles import SVG


class Tag:
    """An element of the tag tree, which the file writes as any of its objects."""

    __slots__ = ("generation", "kids", "kind", "more", "number", "offset", "page", "parent")
    free, compressible = "n", True

    def __init__(self, pdf: Any, kind: str, page: bytes, parent: bytes) -> None:
        self.number, self.generation, self.offset = len(pdf.objects), 0, 0
        pdf.objects.append(self)
        self.kind, self.page, self.parent = kind, page, parent
        self.kids: list[bytes] = []
        self.more: dict[str, Any] = {}

    @property
    def reference(self) -> bytes:
        return b"%d 0 R" % self.number

    @property
    def data(self) -> bytes:
        return b"<</Type /StructElem/S /%b/K [%b]/Pg %b/P %b%b" % (
            self.kind.encode(),
            b" ".join(self.kids),
            self.page,
            self.parent,
            dictionary_data(self.more)[2:],
        )


class _Root:
    """The document's own element, which the renderer makes."""

    def __init__(self, element: Any) -> None:
        self.kind, self.kids, self.reference = "Document", element["K"], element.reference


class _Tree:
    """The tags of one page."""

    def __init__(self, pdf: Any, page_number: int, nums: Any, annotations: Any, tags: Any) -> None:
        self.pdf, self.nums, self.annotations, self.marks = pdf, nums, annotations, tags
        self.page = pdf.page_references[page_number]

    def of(self, box: Any, parent: Any) -> list[Tag]:
        """The tags of a box, each with the language that its element names."""
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        found = self._of(box, parent)
        element = box.element
        if element is not None and element.tag != "html":
            language = element.attrib.get("lang")
            if language:
                for tag in found:
                    tag.more.setdefault("Lang", pydyf.String(language))
        return found

    def _of(self, box: Any, parent: Any) -> list[Tag]:
        name = None if box.element is None else box.element_tag
        kind = _KINDS[name]
        if name in {"html", "body"} or isinstance(box, boxes.PageBox):
            return [tag for child in box.children for tag in self.of(child, parent)]
        if isinstance(box, boxes.MarginBox):
            for child in box.children:
                self.of(child, parent)
            return []
        if kind in {"TD", "TH"}:
            if parent.kind in {"TD", "TH"}:
                kind = "NonStruct"
        elif kind == "LI":
            if parent.kind == "LI":
                kind = "LBody"
            elif parent.kind == "LBody":
                kind = "NonStruct"
            elif name in {"dt", "dd"} or _without_bullet(box, name):
                item = Tag(self.pdf, "LI", self.page, parent.reference)
                item.kids += [tag.reference for tag in self.of(box, item)]
                return [item]
        tag = Tag(self.pdf, kind, self.page, parent.reference)
        box = self._special(box, kind, tag)
        self._link(box, tag)
        self._children(box, kind, tag, parent)
        if isinstance(box, boxes.ReplacedBox):
            mark = self.marks.pop(box)["mcid"]
            tag.kids.append(b"%d" % mark)
            self.nums[mark] = tag.reference
        if kind == "Table":
            _tie(box, tag.number)
        return [tag]

    def _special(self, box: Any, kind: str, tag: Tag) -> Any:
        """What pictures and cells say of themselves; the box whose children follow."""
        if kind in {"TD", "TH"}:
            attributes = tag.more["A"] = pydyf.Dictionary({"O": "/Table"})
            if box.colspan != 1:
                attributes["ColSpan"] = box.colspan
            if box.rowspan != 1:
                attributes["RowSpan"] = box.rowspan
            box.mark = tag
        elif kind == "Figure":
            x, y = box.content_box_x(), box.content_box_y()
            corners = pydyf.Array((x, y, x + box.width, y + box.height))
            tag.more["A"] = pydyf.Dictionary({"O": "/Layout", "BBox": corners})
            self._describe(box.element, tag)
        elif kind == "Table" and box.is_table_wrapper:
            wrapper, table = box, box.get_wrapped_table()
            if table:
                box = table.copy_with_children([])
                for child in wrapper.children:
                    box.children.extend(child.children if child is table else [child])
        return box

    def _describe(self, element: Any, tag: Tag) -> None:
        title = element.find("{http://www.w3.org/2000/svg}title")
        if title is not None and title.text:
            tag.more["Alt"] = pydyf.String(title.text)
        elif element.tag != SVG:
            LOGGER.error('Image "%s" has no required alt description', element.get("src"))

    def _link(self, box: Any, tag: Tag) -> None:
        annotation = box.link_annotation
        if annotation:
            reference = pydyf.Dictionary(
                {"Type": "/OBJR", "Obj": annotation.reference, "Pg": self.page}
            )
            self.pdf.add_object(reference)
            self.annotations.append((tag.reference, annotation))
            tag.kids.append(reference.reference)

    def _children(self, box: Any, kind: str, tag: Tag, parent: Any) -> None:
        kids, reference = tag.kids, tag.reference
        for child in _unlined(box.children):
            if isinstance(child, boxes.TextBox):
                kid = self.marks.pop(child)
                mark = kid["mcid"]
                if kind == "Link":
                    kids.append(b"%d" % mark)
                    self.nums[mark] = reference
                else:
                    piece = Tag(self.pdf, kid["tag"], self.page, reference)
                    piece.kids.append(b"%d" % mark)
                    kids.append(piece.reference)
                    self.nums[mark] = piece.reference
            else:
                nested = child.element_tag in {"ul", "ol"} and tag.kind == "LI"
                above = parent if nested else tag
                index = len(above.kids)
                above.kids[index:index] = [one.reference for one in self.of(child, above)]


class _Kinds(dict[str | None, str]):
    def __missing__(self, name: str | None) -> str:
        kind = self[name] = str(_get_pdf_tag(name))
        return kind


_KINDS = _Kinds()


def build_box_tree(
    box: Any, parent: Any, pdf: Any, page_number: int, nums: Any, annotations: Any, tags: Any
) -> list[Tag]:
    """The tags of a page."""
    return _Tree(pdf, page_number, nums, annotations, tags).of(box, _Root(parent))


def _unlined(children: Any) -> Iterator[Any]:
    for child in children:
        if isinstance(child, boxes.LineBox):
            yield from child.children
        else:
            yield child


def _without_bullet(box: Any, name: str | None) -> bool:
    style = box.style
    bare = "list-item" not in style["display"] or style["list_style_type"] == "none"
    return name == "li" and bare


def _tie(table: Any, number: int) -> None:
    """Name the header cells of a table, and tie the others to them."""
    rows = list(_rows(table))
    of_column: dict[int, list[bytes]] = defaultdict(list)
    of_row: dict[int, list[bytes]] = defaultdict(list)
    for row, column, cell in _placed(rows):
        if cell.element is not None and cell.element_tag == "th":
            key = b"(%d-%d-%d)" % (number, row, column)
            cell.mark.more["ID"] = key
            if cell.element.attrib.get("scope") == "row":
                of_row[row].append(key)
            else:
                of_column[column].append(key)
    for row, column, cell in _placed(rows):
        if cell.element is not None and cell.element_tag == "td":
            heads = [head for span in range(cell.rowspan) for head in of_row[row + span]]
            heads += [head for span in range(cell.colspan) for head in of_column[column + span]]
            cell.mark.more["A"]["Headers"] = b"[%b]" % b" ".join(heads)


def _rows(table: Any) -> Iterator[Any]:
    for child in table.children:
        if child.element_tag == "tr":
            yield child
        else:
            yield from _rows(child)


def _placed(rows: Any) -> Iterator[tuple[int, int, Any]]:
    """Cells with their row and column."""
    spans: dict[int, int] = defaultdict(int)
    for number, row in enumerate(rows):
        column = 0
        for cell in row.children:
            yield number, column, cell
            for _ in range(cell.colspan):
                spans[column] = cell.rowspan - 1
                column += 1
            if spans[column]:
                column += 1
                spans[column] -= 1
