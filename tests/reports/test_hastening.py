"""The renderer made faster writes the same bytes, and is the renderer again afterwards."""

import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest

from compliance.reports import (
    Extras,
    ReportLanguage,
    Variant,
    compose,
    hastening,
    portfolio,
    render_html,
    standing_of,
)
from compliance.reports.hastening import SWITCH, hastened, suits
from compliance.reports.rendering import render_portfolio
from compliance.reports.typesetting import renderer, typeset
from tests.reports import samples

PAGE = """<html lang="en"><head><title>Page</title><style>/*typefaces*/
@page{{size:A5;margin:15mm;@bottom-right{{content:counter(page)}}}}
html{{font:9pt 'Report Latin','Report Han','Report Rare'}}
td,p{{overflow-wrap:anywhere}}
td{{border-bottom:.5pt solid #d3dae0;padding:1mm}}
.kept{{white-space:pre-wrap}}
.kept td{{border-left:1pt solid #a3261e}}
.stack{{white-space:pre-line}}
.note{{background:#eef2f4;border-left:2pt solid #8a5300}}
.box{{border:.7pt solid #d3dae0}}
h1{{bookmark-level:1}}
</style></head><body>{}</body></html>"""
STRANGE = {
    "several lines": "one\ntwo two  \n\n three\n",
    "spaces": "   a   b  c    ",
    "tabs": "a\tb\tc",
    "soft hyphens": "an\xadti\xadcir\xadcum\xadven\xadtion of the anti\xadcircum\xadvention " * 2,
    "no break": "2\xa0000\xa0000\xa0RMB " * 12,
    "long word": "a" * 120,
    "invisible spaces": "b" * 40 + "\u200b" + "c" * 60 + "\u200b" + "d" * 50,
    "right to left": "שלום עולם and العربية",
    "other letters": "Ελληνικά Русский ﬁ ½ № ™",
    "joined marks": "e\u0301 a\u0308 한글 ✓ □ 𠮷 €",
    "mixed": "第12条 requires “a licence” (许可证)，see ECL Art. 12；否则……" * 3,
    "marks of markup": "&lt;b&gt; &amp;amp; \\ ( ) [ ]",
}


def page(content: str) -> str:
    from compliance.reports.typefaces import HAN, LATIN, RARE

    faces = "".join(face.css for face in (LATIN, HAN, RARE))
    return PAGE.format(content).replace("/*typefaces*/", faces)


def both_ways(html: str, monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, bytes]:
    """Bytes made faster, and made by the renderer as it is."""
    assert suits(html)
    faster = typeset(html, (), samples.SEALED)
    monkeypatch.setenv(SWITCH, "1")
    assert not suits(html)
    return faster, typeset(html, (), samples.SEALED)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "variant", "language"),
    [
        ("typical", "full", "en"),
        ("nearly_empty", "full", "zh"),
        ("full", "module", "both"),
        ("full", "executive", "zh"),
        ("typical", "plan", "en"),
    ],
)
def test_a_report_has_the_same_bytes_however_it_is_made(
    kind: str, variant: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = getattr(samples, kind)()
    extras = samples.extras(bundle) if kind == "full" else Extras()
    module = "catch_all" if variant == "module" else None
    report = compose(
        samples.edition(), bundle, samples.result_of(bundle), extras, Variant(variant), module
    )

    faster, plain = both_ways(render_html(report, ReportLanguage(language)), monkeypatch)

    assert faster == plain


@pytest.mark.slow
def test_a_portfolio_with_its_shades_has_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    firms = [
        standing_of(bundle.firm_name, f"EX-{number}", samples.result_of(bundle), overdue=number)
        for number, bundle in enumerate((samples.typical(), samples.full(), samples.perfect()))
    ]
    found = portfolio(samples.edition(), "Group", samples.DAY, firms)

    faster, plain = both_ways(render_portfolio(found, ReportLanguage.BOTH, "ab" * 32), monkeypatch)

    assert faster == plain


@pytest.mark.slow
def test_strange_text_has_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(
        f'<tr><th>{name}</th><td><p class="kept">{text}</p></td><td class="stack">{text}</td></tr>'
        for name, text in STRANGE.items()
    )
    inline = " ".join(
        f'<b>{text}</b> <i>({name})</i>, <a href="#top">{text}</a>'
        for name, text in STRANGE.items()
    )
    content = (
        f'<h1 id="top">Head</h1><table class="kept">{rows}</table>'
        f'<ul><li class="box">{inline}</li><li></li></ul><div class="note">{inline}</div>'
    )

    faster, plain = both_ways(page(content), monkeypatch)

    assert faster == plain


def test_the_renderer_is_itself_again_even_after_a_failure() -> None:
    renderer()
    from compliance.reports.hastening.places import MISSING, places

    def found() -> list[Any]:
        return [vars(place.owner).get(place.name, MISSING) for place in places()]

    before = found()

    with suppress(ZeroDivisionError), hastened():
        meanwhile = found()
        1 / 0  # noqa: B018

    assert meanwhile == [place.new for place in places()]
    assert found() == before == [place.old for place in places()]


def test_another_version_of_the_renderer_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    hastening._is_known.cache_clear()
    monkeypatch.setitem(hastening.RENDERER, "weasyprint", "70.1")

    assert not suits(page("<p>Text</p>"))

    monkeypatch.undo()
    hastening._is_known.cache_clear()
    assert suits(page("<p>Text</p>"))


@pytest.mark.parametrize(
    "content",
    [
        '<p style="float:left">Text</p>',
        '<p style="position:relative">Text</p>',
        '<div style="display:flex"><p>Text</p></div>',
        '<p style="columns:2">Text</p>',
        "<style>p:first-child{color:red}</style><p>Text</p>",
        "<style>h1~p{color:red}</style><p>Text</p>",
        '<input value="1"/>',
        '<p dir="rtl">Text</p>',
    ],
)
def test_a_page_that_asks_for_more_is_left_to_the_renderer(content: str) -> None:
    assert not suits(page(content))


def test_the_renderer_is_not_touched_where_nothing_is_set() -> None:
    program = (
        "import sys, compliance.reports, compliance.web\n"
        "heavy = ('weasyprint', 'compliance.reports.hastening.places')\n"
        "print([name for name in heavy if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=samples.ROOT,
    )

    assert done.stdout.strip() == "[]"
