"""The markup of a document in small pieces: runs, paragraphs, fields, tables, pictures.

Written as text and read once: a hundred times faster than building it through a library.
"""

import re
from collections.abc import Sequence

# They only write.
from xml.sax.saxutils import escape, quoteattr  # nosec B406

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
TWIPS_A_CM = 567
_UNITS_A_POINT = 12_700
_LONGEST_NAME = 40  # of a bookmark
_REFUSED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff\u200b]")


def run(
    text: str,
    *,
    bold: bool = False,
    colour: str | None = None,
    size: int | None = None,
    mono: bool = False,
) -> str:
    """Text of one look; a line end in it is a line break. `size` in half points."""
    looks = [
        '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>' if mono else "",
        "<w:b/>" if bold else "",
        f'<w:color w:val="{colour}"/>' if colour else "",
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else "",
    ]
    properties = f"<w:rPr>{''.join(looks)}</w:rPr>" if any(looks) else ""
    lines = _REFUSED.sub("", text).split("\n")
    shown = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else "" for line in lines
    )
    return f"<w:r>{properties}{shown}</w:r>"


def field(instruction: str, shown: str = "1", *, size: int | None = None) -> str:
    """A field that the program brings up to date, with what it shows until then."""
    look = f'<w:rPr><w:sz w:val="{size}"/></w:rPr>' if size else ""
    return (
        f'<w:r>{look}<w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        f'<w:r>{look}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r>{look}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r>{look}<w:t>{escape(shown)}</w:t></w:r>"
        f'<w:r>{look}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def paragraph(content: str, style: str = "", properties: str = "") -> str:
    """A paragraph; `properties` is markup that follows the style's."""
    named = f"<w:pStyle w:val={quoteattr(style.replace(' ', ''))}/>" if style else ""
    looks = f"<w:pPr>{named}{properties}</w:pPr>" if named or properties else ""
    return f"<w:p>{looks}{content}</w:p>"


def anchor(name: str) -> str:
    """A bookmark's name: letters, digits and underscores alone."""
    return ("b_" + re.sub(r"\W", "_", name, flags=re.ASCII))[:_LONGEST_NAME]


def bookmark(name: str, number: int) -> str:
    """A place that links lead to."""
    starts = f'<w:bookmarkStart w:id="{number}" w:name="{anchor(name)}"/>'
    return f'{starts}<w:bookmarkEnd w:id="{number}"/>'


def link(name: str, content: str) -> str:
    """A link to a bookmark."""
    return f'<w:hyperlink w:anchor="{anchor(name)}" w:history="1">{content}</w:hyperlink>'


def cell(content: str, width: int, *, span: int = 1, ground: str = "") -> str:
    """A cell of a table, `width` in twentieths of a point."""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{ground}"/>' if ground else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{shade}</w:tcPr>'
        f"{content or paragraph('')}</w:tc>"
    )


def row(cells: str, *, head: bool = False, whole: bool = True, tall: int = 0) -> str:
    """A row; `head` is repeated on each page, `whole` is not torn between pages."""
    properties = "".join(
        (
            "<w:cantSplit/>" if whole else "",
            f'<w:trHeight w:val="{tall}" w:hRule="atLeast"/>' if tall else "",
            "<w:tblHeader/>" if head else "",
        )
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{cells}</w:tr>"


def table(rows: str, widths: Sequence[int], *, ruled: bool = True, line: str = "D3DAE0") -> str:
    """A table of fixed columns, with a rule under each row or without any."""
    rule = f'w:val="single" w:sz="4" w:space="0" w:color="{line}"'
    borders = f"<w:tblBorders><w:bottom {rule}/><w:insideH {rule}/></w:tblBorders>" if ruled else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{borders}'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="40" w:type="dxa"/>'
        '<w:left w:w="0" w:type="dxa"/><w:bottom w:w="20" w:type="dxa"/>'
        '<w:right w:w="110" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        + paragraph("", properties='<w:spacing w:before="0" w:after="80" w:line="120"/>')
    )


def drawing(relation: str, number: int, words: str, width: float, height: float) -> str:
    """A picture in the run of text, with its alternative text; measures in points."""
    across, down = round(width * _UNITS_A_POINT), round(height * _UNITS_A_POINT)
    described = quoteattr(_REFUSED.sub("", words))
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{across}" cy="{down}"/>'
        f'<wp:docPr id="{number}" name="Chart {number}" descr={described}/>'
        f'<a:graphic><a:graphicData uri="{NAMESPACES["pic"]}"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr id="{number}" name="Chart {number}" descr={described}/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>"
        f'<a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
