"""Whatever people paste, every other form stands: text as text, within bounds, in a child."""

import csv
import io
import json
import unicodedata
import zipfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import docx
import openpyxl
import pytest
from trestle.oscal.assessment_results import AssessmentResults

from compliance.answers import Answer, Bundle, EvidenceRef, bundle_json, parse_bundle
from compliance.reports import RenderingFailedError, render_in_child
from compliance.reports.tables import TRIGGERS
from tests.reports import samples

pytestmark = pytest.mark.slow
PAPERS = 10_000
ODD = (
    "\u202eevil\u202c \u2066x\u2069 \ufeff😀👨‍👩‍👧 مرحبا \uffff \ue123 𠮷 <w:p> ]]> &bogus; "
    "{{7*7}} <script>alert(1)</script> " + "e\u0301" * 200
)
MARKUP = ("<script>alert(1)</script>", "{{7*7}}", "]]>", "&bogus;")


def hostile() -> Bundle:
    papers = tuple(EvidenceRef(f"=Paper {n} {ODD[:40]}", "@ref") for n in range(PAPERS))
    return samples.bundle_of(
        {
            "SCP-01": Answer(value=("manufacturer",)),
            "SCP-09": Answer(value="word " * 200_000, comment="x" * 1_000_000),
            "LIC-01": Answer(value=1, comment="\n".join(["line"] * 200_000)),
            "LIC-02": Answer(value="looked-none", comment=ODD, evidence=papers),
            "LIC-03": Answer(value=1, comment="\t=cmd|'/c calc'!A0"),
        },
        name=f"=HYPERLINK(1) {ODD}",
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Each form, made as a worker makes it."""
    folder = tmp_path_factory.mktemp("hostile")
    order = {"bundle": bundle_json(hostile()), "language": "both"}

    def made(form: str) -> bytes:
        target = folder / form
        render_in_child({**order, "format": form}, target, wall_s=300)
        return target.read_bytes()

    return {form: made(form) for form in ("csv", "json", "oscal", "xlsx", "docx")}


def steering(text: str) -> set[str]:
    """Characters that change how what stands around them is shown."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"}} - {*"\n\r\t"}


def cells_of(book: Any) -> list[Any]:
    return [cell for sheet in book for row in sheet for cell in row if cell.value is not None]


def test_tables_hold_text_that_neither_runs_nor_steers(files: dict[str, bytes]) -> None:
    content = files["csv"].decode("utf-8-sig")
    csv.field_size_limit(1_000_000)
    cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]

    assert [cell[:40] for cell in cells if cell.startswith(TRIGGERS)] == []
    assert steering(content) == set()
    assert all(len(cell) < 33_000 for cell in cells)
    assert any(cell.endswith("[…]") for cell in cells)
    assert all(any(one in cell for cell in cells) for one in MARKUP)


def test_the_workbook_opens_with_every_paper_and_no_formula(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = cells_of(book)
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]

    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert [text[:40] for text in texts if text.startswith(TRIGGERS)] == []
    assert steering("".join(texts)) == set()
    assert sum("Paper " in text for text in texts) > PAPERS
    assert len(files["xlsx"]) < 3_000_000


def test_the_document_opens_with_markup_as_text_and_long_answers_cut(
    files: dict[str, bytes],
) -> None:
    document = docx.Document(io.BytesIO(files["docx"]))
    text = "".join(one.text or "" for one in document.element.iter() if one.tag.endswith("}t"))

    assert steering(text) == set()
    assert all(one in text for one in MARKUP)
    assert "more characters" in text
    assert len(text) < 1_500_000
    assert len(files["docx"]) < 3_000_000
    with zipfile.ZipFile(io.BytesIO(files["docx"])) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                fromstring(archive.read(name))
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert 'TargetMode="External"' not in links


def test_the_exchange_file_keeps_to_its_schema_with_every_paper(files: dict[str, bytes]) -> None:
    content = json.loads(files["oscal"])["assessment-results"]

    results = AssessmentResults.parse_obj(content)
    observations = content["results"][0]["observations"]
    papers = [len(one.get("relevant-evidence", ())) for one in observations]

    assert results.results
    assert max(papers) == PAPERS
    assert steering(files["oscal"].decode().replace("\\ufeff", "")) == set()


def test_the_bundle_comes_back_whole(files: dict[str, bytes]) -> None:
    """The one form that is read by programs alone keeps each character."""
    assert parse_bundle(files["json"]) == hostile()


@pytest.mark.parametrize(
    "text", ["a\x00b", "half \ud800 a character"], ids=["NUL", "half a character"]
)
def test_text_that_no_database_takes_is_refused_in_words(text: str, tmp_path: Path) -> None:
    bundle = bundle_json(samples.nearly_empty())
    bundle["answers"]["SCP-01"]["comment"] = text  # type: ignore[index]

    with pytest.raises(RenderingFailedError, match="without NUL or half characters"):
        render_in_child({"bundle": bundle, "format": "csv"}, tmp_path / "x")
