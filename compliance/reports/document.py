"""The report as an editable document: what stands on the pages of the PDF, in the same order.

Made from the very HTML that the PDF is set from, so that neither says less than the other; only
what is true of the PDF alone (class `carried`) is left out.
"""

import io
from datetime import datetime
from typing import Any

from defusedxml.ElementTree import fromstring

from compliance.language import Language
from compliance.reports.archive import steadied
from compliance.reports.document_flow import Flow
from compliance.reports.document_markup import NAMESPACES, TWIPS_A_CM, field, paragraph, run
from compliance.reports.gap_report import GapReport
from compliance.reports.rendering import ReportLanguage, contents_of, render_html
from compliance.reports.tables import harmless
from compliance.reports.wordings import Wording

ACCENT, SOFT, LINE = "0B5C6B", "4A5A68", "D3DAE0"
LATIN_FACE, HAN_FACE = "Calibri", "Microsoft YaHei"
MARGIN_CM, WIDTH_CM = 1.8, 17.4
_STYLES = (  # name, base, size, bold, colour, points before and after
    ("Heading 1", None, 19, True, ACCENT, 18, 8),
    ("Heading 2", None, 12.5, True, "1B2733", 9, 3),
    ("Cover Title", "Normal", 30, True, "FFFFFF", 0, 6),
    ("Cover Line", "Normal", 12, False, "FFFFFF", 24, 24),
    ("Cover Firm", "Normal", 17, True, None, 18, 12),
    ("Lead", "Normal", 10.5, False, None, 0, 6),
    ("Small", "Normal", 8, False, SOFT, 0, 4),
    ("Notice", "Normal", 9, False, None, 4, 6),
    ("Alarm", "Normal", 9, False, None, 4, 6),
    ("Figure", "Normal", 9, False, None, 4, 4),
    ("Cell", "Normal", 8, False, None, 0, 2),
    ("Cell Head", "Cell", 8, True, SOFT, 0, 2),
    ("Contents Line", "Normal", 10, False, None, 0, 5),
)


def document_bytes(report: GapReport, language: ReportLanguage, when: datetime) -> bytes:
    """The document; the same report gives the same bytes."""
    from docx import Document

    wordings = tuple(Wording(one) for one in language.languages)
    document = Document()
    _style(document, wordings)
    _frame(document, report, wordings)
    html = fromstring(render_html(report, language))
    flow = Flow(document.part, WIDTH_CM, _contents(report, wordings))
    _fill(document, "".join(flow.body(one) for one in html.findall("body")))
    properties = document.core_properties
    properties.author = harmless(report.firm.text)[:250]
    properties.title = f"{_both(report.name[w.language] for w in wordings)} {report.as_of}"
    properties.language = wordings[0].tag
    properties.created = properties.modified = when.replace(tzinfo=None)
    stream = io.BytesIO()
    document.save(stream)
    return steadied(stream.getvalue(), when)


def _both(texts: Any) -> str:
    return " · ".join(dict.fromkeys(texts))


def _contents(report: GapReport, wordings: tuple[Wording, ...]) -> list[tuple[str, str, str]]:
    """Anchor, number and title of each chapter."""
    return [
        (
            one.id,
            one.number,
            _both(w._(one.title) if isinstance(one.title, str) else w(one.title) for w in wordings),
        )
        for one in contents_of(report)
    ]


def _fill(document: Any, markup: str) -> None:
    """Put what was written into the document, before its last section's settings."""
    body = document.element.body
    last = body[-1]
    for old in list(body)[:-1]:
        body.remove(old)
    for one in list(_read(markup)):
        last.addprevious(one)


def _read(markup: str) -> Any:
    """Markup of a document's body, foot or head, as elements in a body of their own."""
    from docx.oxml import parse_xml

    names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
    return parse_xml(f"<w:body {names}>{markup}</w:body>")


def _style(document: Any, wordings: tuple[Wording, ...]) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    styles = document.styles
    normal = styles["Normal"]
    normal.font.size = Pt(9)
    normal.paragraph_format.space_after = Pt(5)
    normal.paragraph_format.line_spacing = 1.1
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {})
    language.set(qn("w:val"), "zh-CN" if wordings[0].language is Language.ZH else "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.rPr.append(language)
    for name, base, size, bold, colour, before, after in _STYLES:
        if base:
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles[base]
        else:
            style = styles[name]
        style.font.size, style.font.bold = Pt(size), bold
        if colour:
            style.font.color.rgb = RGBColor.from_string(colour)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
    for style in (normal, styles["Heading 1"], styles["Heading 2"]):
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            del fonts.attrib[key]
        for script, face in (("ascii", LATIN_FACE), ("hAnsi", LATIN_FACE), ("eastAsia", HAN_FACE)):
            fonts.set(qn(f"w:{script}"), face)
    for name in ("Cover Title", "Cover Line"):
        styles[name].paragraph_format.left_indent = Pt(18)
    _edges(styles)


def _edges(styles: Any) -> None:
    """A line under chapters, a bar and a ground beside notices."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def edge(side: str, colour: str, size: int) -> Any:
        return parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:{side} w:val="single" w:sz="{size}" w:space="4" '
            f'w:color="{colour}"/></w:pBdr>'
        )

    for name, side, colour, ground in (
        ("Heading 1", "bottom", ACCENT, None),
        ("Notice", "left", "8A5300", "FDF1DC"),
        ("Alarm", "left", "A3261E", "FBEAE8"),
    ):
        properties = styles[name].element.get_or_add_pPr()
        properties.insert_element_before(edge(side, colour, 12 if ground is None else 24), "w:shd",
                                         "w:spacing", "w:outlineLvl")  # fmt: skip
        if ground:
            shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{ground}"/>')
            properties.insert_element_before(shade, "w:spacing", "w:outlineLvl")


def _frame(document: Any, report: GapReport, wordings: tuple[Wording, ...]) -> None:
    """Page, running head with firm and kind, running foot with digest and page of pages."""
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(MARGIN_CM)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
    section.different_first_page_header_footer = True
    training = " · ".join(w._("Training") for w in wordings) if report.training else ""
    name = _both(report.name[w.language] for w in wordings)
    head = training or report.firm.text[:90]
    tabs = (
        '<w:tabs><w:tab w:val="clear" w:pos="4680"/><w:tab w:val="clear" w:pos="9360"/>'
        f'<w:tab w:val="right" w:pos="{round(WIDTH_CM * TWIPS_A_CM)}"/></w:tabs>'
    )
    apart = "<w:r><w:tab/></w:r>"
    titles = run(head, size=15, colour=SOFT) + apart + run(name, size=15, colour=SOFT)
    _replace(section.header, paragraph(titles, "Header", tabs))
    digest = run(report.digest, size=12, colour=SOFT)
    between = run(" / ", size=15, colour=SOFT)
    pages = field("PAGE", size=15) + between + field("NUMPAGES", size=15)
    _replace(section.footer, paragraph(digest + apart + pages, "Footer", tabs))
    _replace(section.first_page_footer, paragraph(digest, "Footer"))


def _replace(part: Any, markup: str) -> None:
    part.is_linked_to_previous = False
    for old in list(part._element):
        part._element.remove(old)
    for one in list(_read(markup)):
        part._element.append(one)
