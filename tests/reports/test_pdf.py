"""What a reader gets: text, order, tags, bookmarks, files, typefaces."""

import hashlib
import json
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from compliance.answers import parse_bundle
from compliance.reports import Extras, Order, ReportLanguage, Variant, compose, render_pdf
from compliance.reports.rendering import contents_of
from compliance.reports.wordings import Wording
from tests.reports import samples
from tests.reports.reading import (
    bookmarks_of,
    fonts_of,
    pages_of,
    squeezed,
    tags_of,
    text_of,
)

pytestmark = pytest.mark.slow

LANGUAGES = {"english_pdf": "en", "chinese_pdf": "zh"}


def headings(language: str) -> list[str]:
    bundle = samples.typical()
    report = compose(samples.edition(), bundle, samples.result_of(bundle), samples.extras(bundle))
    w = Wording(ReportLanguage(language).languages[0])
    return [
        f"{entry.number} {w._(entry.title) if isinstance(entry.title, str) else w(entry.title)}"
        for entry in contents_of(report)
    ]


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_sections_stand_in_the_order_of_the_contents(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    pdf = request.getfixturevalue(name)
    body = squeezed("".join(pages_of(pdf, tmp_path)[2:]))

    places = [body.find(squeezed(heading)) for heading in headings(LANGUAGES[name])]

    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("name", LANGUAGES)
def test_bookmarks_lead_to_every_section(name: str, request: pytest.FixtureRequest) -> None:
    with pikepdf.open(BytesIO(request.getfixturevalue(name))) as document:
        found = [squeezed(title) for title in bookmarks_of(document)]

    assert found[1:] == [squeezed(heading) for heading in headings(LANGUAGES[name])]


def test_every_answer_stands_in_the_report(english_pdf: bytes, tmp_path: Path) -> None:
    text = squeezed("".join(pages_of(english_pdf, tmp_path)))
    bundle = samples.typical()

    missing = [
        key
        for key, answer in bundle.answers.items()
        if key not in text or (answer.comment and squeezed(answer.comment) not in text)
    ]

    assert missing == []


def test_the_summary_keeps_to_its_page(each_pdf: bytes, tmp_path: Path) -> None:
    pages = pages_of(each_pdf, tmp_path)

    assert re.search(r"\n1\s", pages[2])
    assert re.search(r"\n2\s", pages[3])


def test_no_page_is_empty(each_pdf: bytes, tmp_path: Path) -> None:
    assert [
        n for n, page in enumerate(pages_of(each_pdf, tmp_path)) if len(page.split()) < 12
    ] == []


def test_the_digest_stands_on_every_page(
    each_document: pikepdf.Pdf, each_pdf: bytes, tmp_path: Path
) -> None:
    digest = json.loads(each_document.attachments["manifest.json"].get_file().read_bytes())[
        "digest"
    ]

    assert all(digest in squeezed(page) for page in pages_of(each_pdf, tmp_path))


def test_limits_stand_before_the_figures_are_explained(english_pdf: bytes, tmp_path: Path) -> None:
    summary = pages_of(english_pdf, tmp_path)[2]

    assert "At most grade D" in summary
    assert summary.index("What holds the grade") < summary.index("Results by module")


def test_the_law_is_cited_with_its_date_and_doubts(english_pdf: bytes, tmp_path: Path) -> None:
    text = text_of(english_pdf, tmp_path)

    assert "ECL Art. 12 (since 2020-12-01)" in text
    assert "check status" in text
    assert "no legal advice" in text


def test_guidance_is_never_called_a_duty(english_pdf: bytes, tmp_path: Path) -> None:
    assert "MOFCOM’s guidance recommends" in text_of(english_pdf, tmp_path)


def test_what_the_reviewer_said_stands_beside_the_answer(
    english_pdf: bytes, tmp_path: Path
) -> None:
    assert "The file shows something else. 卷宗所见不符。" in text_of(english_pdf, tmp_path)


def test_only_our_typefaces_are_embedded(each_document: pikepdf.Pdf) -> None:
    allowed = {"Report-Latin", "Report-Latin-Han", "Report-Han", "Report-Rare"}

    families = {name.removesuffix("-Bold") for name in fonts_of(each_document)}

    assert families <= allowed


def test_the_file_claims_both_standards_once(each_document: pikepdf.Pdf) -> None:
    metadata = each_document.Root.Metadata.read_bytes()

    assert metadata.count(b"<rdf:RDF") == 1
    assert b'pdfaid:part="3"' in metadata
    assert b'pdfaid:conformance="A"' in metadata
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert each_document.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_the_file_is_tagged(each_document: pikepdf.Pdf) -> None:
    kinds = {str(tag.S) for tag in tags_of(each_document)}

    assert each_document.Root.MarkInfo.Marked
    assert each_document.Root.ViewerPreferences.DisplayDocTitle
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/P", "/L", "/Link"} <= kinds


def test_every_figure_has_words_for_those_who_do_not_see_it(each_document: pikepdf.Pdf) -> None:
    figures = [tag for tag in tags_of(each_document) if tag.S == "/Figure"]

    assert len(figures) > 20
    assert all(str(tag.get("/Alt", "")) for tag in figures)


def test_header_cells_are_tied_to_their_table(each_document: pikepdf.Pdf) -> None:
    cells = [tag for tag in tags_of(each_document) if tag.S == "/TD"]

    assert sum("/A" in tag and "/Headers" in tag.A for tag in cells) > len(cells) * 0.9


def test_the_document_names_its_language(english_pdf: bytes, chinese_pdf: bytes) -> None:
    for pdf, language in ((english_pdf, "en"), (chinese_pdf, "zh-Hans")):
        with pikepdf.open(BytesIO(pdf)) as document:
            assert str(document.Root.Lang) == language


def test_the_attached_files_are_the_answers_and_the_result(each_document: pikepdf.Pdf) -> None:
    bundle = samples.typical()
    files = {
        name: document_file.get_file().read_bytes()
        for name, document_file in each_document.attachments.items()
    }

    manifest = json.loads(files["manifest.json"])

    assert parse_bundle(files["answers.json"]) == bundle
    assert json.loads(files["result.json"]) == samples.result_of(bundle)
    for name, digest in manifest["files"].items():
        assert digest == f"sha256:{hashlib.sha256(files[name]).hexdigest()}"
    assert len(each_document.Root.AF) == 3
    assert {str(one.AFRelationship) for one in each_document.Root.AF} == {"/Data"}


def test_nothing_in_the_file_acts(each_pdf: bytes, each_document: pikepdf.Pdf) -> None:
    assert "/OpenAction" not in each_document.Root
    for found in each_document.objects:
        if isinstance(found, pikepdf.Dictionary):
            assert found.get("/S") not in {"/JavaScript", "/Launch", "/URI", "/SubmitForm"}


def test_the_same_report_has_the_same_bytes_in_another_process() -> None:
    program = (
        "from tests.reports import samples\n"
        "from compliance.reports import Order, Variant, render_pdf\n"
        "import hashlib\n"
        "b = samples.typical()\n"
        "r = samples.result_of(b)\n"
        "p = render_pdf(samples.edition(), b, r, Order(variant=Variant.EXECUTIVE))\n"
        "print(hashlib.sha256(p).hexdigest())\n"
    )
    digests = set()
    for zone, seed in (("Asia/Shanghai", "7"), ("America/Lima", "1")):
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            cwd=samples.ROOT,
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed},
            text=True,
        )
        digests.add(done.stdout.strip())

    assert len(digests) == 1


def test_the_executive_report_is_short(executive_pdf: bytes) -> None:
    with pikepdf.open(BytesIO(executive_pdf)) as document:
        assert len(document.pages) <= 4


@pytest.mark.parametrize(
    ("kind", "variant", "language"),
    [
        ("nearly_empty", "executive", "en"),
        ("nearly_empty", "module", "both"),
        ("nearly_empty", "plan", "zh"),
        ("perfect", "executive", "zh"),
        ("perfect", "module", "en"),
        ("perfect", "plan", "both"),
        ("full", "executive", "en"),
        ("full", "executive", "zh"),
        ("full", "executive", "both"),
        ("full", "module", "zh"),
    ],
)
def test_every_variant_can_be_made_of_every_assessment(
    language: str, kind: str, variant: str, complaints: object
) -> None:
    bundle = getattr(samples, kind)()
    module = "catch_all" if variant == "module" else None
    order = Order(ReportLanguage(language), Variant(variant), module, samples.extras(bundle))

    pdf = render_pdf(samples.edition(), bundle, samples.result_of(bundle), order)

    assert complaints.said == []  # type: ignore[attr-defined]
    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.pages) >= 2
        if variant == "executive" and language != "both":
            assert len(document.pages) <= 4


def test_a_report_of_both_languages_says_everything_twice(tmp_path: Path) -> None:
    bundle = samples.typical()
    order = Order(ReportLanguage.BOTH, Variant.MODULE, "licensing")

    pdf = render_pdf(samples.edition(), bundle, samples.result_of(bundle), order)

    text = squeezed(text_of(pdf, tmp_path, in_order_of_tags=True))
    with pikepdf.open(BytesIO(pdf)) as document:
        languages = {str(tag.Lang) for tag in tags_of(document) if "/Lang" in tag}
    for question in samples.edition().module("licensing").questions:
        if question.id in bundle.answers:
            assert squeezed(question.prompt.zh) in text
    assert languages == {"en", "zh-Hans"}


def test_a_training_report_says_so_on_every_page(tmp_path: Path) -> None:
    bundle = samples.typical()
    order = Order(variant=Variant.EXECUTIVE, extras=Extras(training=True))

    pdf = render_pdf(samples.edition(), bundle, samples.result_of(bundle), order)

    assert all("TRAINING" in page for page in pages_of(pdf, tmp_path))
