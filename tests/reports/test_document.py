"""The editable document: what the PDF says, in the same order, on pages that hold together."""

import io
import re
import zipfile
from typing import Any
from xml.etree.ElementTree import fromstring

import docx
import pytest
from docx.oxml.ns import qn
from PIL import Image

from compliance.reports import Extras, ReportLanguage, Variant, compose
from compliance.reports.document import WIDTH_CM, document_bytes
from compliance.reports.document_markup import TWIPS_A_CM
from compliance.reports.pictures import picture
from compliance.reports.rendering import contents_of
from compliance.reports.wordings import Wording
from tests.reports import samples


def made(
    kind: str = "typical",
    language: str = "en",
    variant: Variant = Variant.FULL,
    extras: Extras | None = None,
) -> bytes:
    bundle = getattr(samples, kind)()
    module = "licensing" if variant is Variant.MODULE else None
    report = compose(
        samples.edition(),
        bundle,
        samples.result_of(bundle),
        extras or samples.extras(bundle),
        variant,
        module,
    )
    return document_bytes(report, ReportLanguage(language), samples.SEALED)


@pytest.fixture(scope="module")
def english() -> bytes:
    return made()


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def headings(content: bytes) -> list[str]:
    document = opened(content)
    found = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    return [" ".join(words.split()) for words in found]


@pytest.mark.parametrize(
    ("variant", "language"),
    [
        (Variant.FULL, "zh"),
        (Variant.EXECUTIVE, "en"),
        (Variant.MODULE, "zh"),
        (Variant.PLAN, "en"),
    ],
)
def test_chapters_stand_in_the_order_of_the_pdf(variant: Variant, language: str) -> None:
    bundle = samples.typical()
    module = "licensing" if variant is Variant.MODULE else None
    report = compose(
        samples.edition(),
        bundle,
        samples.result_of(bundle),
        samples.extras(bundle),
        variant,
        module,
    )
    (w,) = (Wording(one) for one in ReportLanguage(language).languages)

    found = headings(made(language=language, variant=variant))

    assert found == [
        f"{one.number} {w._(one.title) if isinstance(one.title, str) else w(one.title)}"
        for one in contents_of(report)
    ]


def test_a_table_of_contents_leads_to_every_chapter(english: bytes) -> None:
    body = part(english, "word/document.xml")
    anchors = set(re.findall(r'w:hyperlink w:anchor="([^"]+)"', body))
    places = set(re.findall(r'w:bookmarkStart w:id="\d+" w:name="([^"]+)"', body))
    lines = [p for p in opened(english).paragraphs if p.style.name == "Contents Line"]

    assert len(lines) == len(headings(english)) > 20
    assert body.count("PAGEREF b_") == len(lines)
    assert anchors <= places
    assert len(anchors) > 100  # gaps, exhibits, provisions


def test_pages_are_numbered_and_name_firm_and_digest(english: bytes) -> None:
    section = opened(english).sections[0]
    foot = section.footer._element.xml

    assert samples.typical().firm_name[:60] in section.header.paragraphs[0].text
    assert "sha256:" in section.footer.paragraphs[0].text
    assert " PAGE " in foot
    assert " NUMPAGES " in foot
    assert "sha256:" in section.first_page_footer.paragraphs[0].text


@pytest.mark.parametrize(
    ("kind", "language"), [("nearly_empty", "both"), ("typical", "zh"), ("full", "en")]
)
def test_every_table_fits_the_page_and_repeats_its_head(kind: str, language: str) -> None:
    tables = opened(made(kind, language)).tables
    room = WIDTH_CM * TWIPS_A_CM + 20  # columns are rounded

    for table in tables:
        grid = [int(one.get(qn("w:w"))) for one in table._tbl.tblGrid]
        assert sum(grid) <= room
        for line in table._tbl.tr_lst:
            widths = [int(c.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for c in line.tc_lst]
            assert sum(widths) <= room
    heads = [t for t in tables if t._tbl.tr_lst[0].find(f".//{qn('w:tblHeader')}") is not None]
    assert len(heads) > 15


def test_charts_are_pictures_with_words_for_those_who_do_not_see_them(english: bytes) -> None:
    body = part(english, "word/document.xml")
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]*)"', body)

    assert len(described) > 40
    assert all(described)
    assert any("Radar" in words for words in described)


def test_a_picture_shows_what_is_drawn() -> None:
    svg = fromstring(
        '<svg viewBox="0 0 20 10"><rect x="0" y="0" width="10" height="10" fill="#0b5c6b"/>'
        '<line x1="15" y1="0" x2="15" y2="10" stroke="#a3261e" stroke-width="2"/>'
        '<text x="1" y="8" font-size="8" fill="#ffffff" text-anchor="start">级</text></svg>'
    )

    image = Image.open(io.BytesIO(picture(svg))).convert("RGB")

    assert image.size == (60, 30)
    assert image.getpixel((1, 1)) == (0x0B, 0x5C, 0x6B)
    assert image.getpixel((55, 15)) == (255, 255, 255)
    assert image.getpixel((45, 15)) == (0xA3, 0x26, 0x1E)
    assert max(image.getpixel((x, 15))[0] for x in range(3, 27)) > 200  # type: ignore[index]


def test_chinese_has_typefaces_and_language_of_its_own() -> None:
    styles = part(made("nearly_empty", "zh"), "word/styles.xml")

    assert 'w:eastAsia="Microsoft YaHei"' in styles
    assert re.search(r'<w:lang [^>]*w:val="zh-CN"', styles)


def test_what_is_true_of_the_pdf_alone_is_left_out(english: bytes) -> None:
    text = "\n".join(p.text for p in opened(english).paragraphs)

    assert "attached to this file" not in text
    assert "travel inside" not in text
    assert "no legal advice" in text


def test_a_training_says_so_on_every_page() -> None:
    document = opened(made("nearly_empty", extras=Extras(training=True)))

    assert "Training" in document.sections[0].header.paragraphs[0].text
    assert any("TRAINING" in p.text for p in document.paragraphs)
