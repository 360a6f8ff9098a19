"""Whatever people paste stands on the page as text, within bounds, and reaches nothing."""

import http.server
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from compliance.answers import Answer, EvidenceRef
from compliance.reports import Order, Variant, render_pdf
from compliance.reports.typefaces import BOX
from compliance.reports.typesetting import typeset
from tests.reports import samples
from tests.reports.reading import fonts_of, squeezed, text_of

pytestmark = pytest.mark.slow


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that notes who calls."""
    calls: list[str] = []

    class Notes(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Notes) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", calls
        server.shutdown()
        thread.join()


def payloads(address: str) -> list[str]:
    return [
        f'<img src="{address}/img" alt="x"/>',
        '<link rel="attachment" href="file:///etc/passwd"/>',
        '<object data="file:///etc/hostname"></object>',
        f"<style>@import url({address}/css); p{{background:url(file:///etc/passwd)}}</style>",
        "</td></tr></table><h1>Grade A</h1>",
        "<script>alert(1)</script> {{ 7 * 7 }} {% for x in y %} ]]> --> &amp; &bogus;",
        f'<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{address}/s"/></svg>',
    ]


def report_of(answers: dict[str, Answer], name: str = "Firm") -> bytes:
    bundle = samples.bundle_of({"SCP-01": Answer(value="manufacturer"), **answers}, name)
    order = Order(variant=Variant.MODULE, module="scope")
    return render_pdf(samples.edition(), bundle, samples.result_of(bundle), order)


def test_markup_is_text_and_reaches_nothing(
    listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, calls = listener
    texts = payloads(address)
    answers = {
        "SCP-09": Answer(value=texts[0], comment="\n".join(texts)),
        "SCP-06": Answer(value="none", evidence=tuple(EvidenceRef(t, t) for t in texts)),
    }

    pdf = report_of(answers, name=texts[4])

    text = squeezed(text_of(pdf, tmp_path))
    with pikepdf.open(BytesIO(pdf)) as document:
        files = sorted(document.attachments)
    assert calls == []
    assert files == ["answers.json", "manifest.json", "result.json"]
    for one in texts:
        assert squeezed(one) in text


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "app:../../../etc/passwd",
        "app:/etc/passwd",
        "app:OFL.txt",
        "data:image/svg+xml,%3Csvg/%3E",
        "ftp://x/y.ttf",
    ],
)
def test_the_renderer_itself_fetches_nothing_but_typefaces(address: str) -> None:
    """Even if markup got through, the second line holds."""
    page = (
        f'<html lang="en"><head><title>t</title><link rel="attachment" href="{address}"/></head>'
        f'<body><img src="{address}" alt="x"/>'
        f'<a rel="attachment" href="{address}">x</a></body></html>'
    )

    pdf = typeset(page, (), samples.SEALED)

    with pikepdf.open(BytesIO(pdf)) as document:
        assert list(document.attachments) == []
    assert b"root:" not in pdf


def test_odd_characters_do_not_break_the_page_or_bring_in_other_typefaces(tmp_path: Path) -> None:
    odd = (
        "a\x00b \u202eevil\u202c 😀 👨‍👩‍👧 مرحبا שלום \uffff \ue123 𠮷 ⠿ 한국 ไทย " + "e\u0301" * 50
    )

    pdf = report_of({"SCP-09": Answer(value=odd, comment=odd)}, name=odd[:60])

    text = text_of(pdf, tmp_path)
    with pikepdf.open(BytesIO(pdf)) as document:
        families = {name.removesuffix("-Bold") for name in fonts_of(document)}
    assert families <= {"Report-Latin", "Report-Han", "Report-Rare"}
    assert BOX in text
    assert "have no typeface here" in text
    assert "\u202e" not in text


def test_very_long_answers_are_cut_with_a_notice(tmp_path: Path) -> None:
    long = "word " * 200_000

    pdf = report_of({"SCP-09": Answer(value=long, comment="x" * 1_000_000)})

    text = text_of(pdf, tmp_path)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.pages) < 12
        whole = document.attachments["answers.json"].get_file().read_bytes()
    assert "more characters in the attached answers" in text
    assert len(whole) > 1_900_000


def test_ten_thousand_pieces_of_evidence_are_cut_with_a_notice(tmp_path: Path) -> None:
    many = tuple(EvidenceRef(f"Paper {number}") for number in range(10_000))

    pdf = report_of({"SCP-09": Answer(value="x", evidence=many)})

    assert "more in the attached answers" in text_of(pdf, tmp_path)
