"""The other forms: complete, harmless, the same each time."""

import csv
import io
import json
import re
import zipfile
from typing import Any

import docx
import openpyxl
import pytest
from trestle.oscal.assessment_results import AssessmentResults

from compliance.answers import Answer, EvidenceRef, NotApplicable, bundle_json, parse_bundle
from compliance.reports import Action, Extras, Review
from compliance.reports.forms import FORMS, Made, make
from compliance.reports.tables import TRIGGERS, harmless
from tests.reports import samples

HOSTILE = [
    "=1+1",
    "@SUM(1)",
    "-2+3",
    "+4",
    "\t=cmd|'/c calc'!A0",
    "\r=1",
    "＝1+1",
    " =1",
    "\n@x",
    "＋1",
]
ANSWERED = list(samples.typical().answers)


def made(form: str, bundle: object = None, language: str = "en", **more: Any) -> Made:
    whole = bundle_json(bundle or samples.typical())  # type: ignore[arg-type]
    order = {"bundle": whole, "format": form, "language": language, **more}
    return make(order, lambda page, pages: None)


def hostile() -> object:
    answers = dict(samples.typical().answers)
    for text, key in zip(HOSTILE, [k for k in answers if k.startswith("LIC")], strict=False):
        proof = (EvidenceRef(text, text),)
        answers[key] = Answer(value=answers[key].value, comment=text, evidence=proof)
    answers["SCP-09"] = Answer(value=HOSTILE[0])
    return samples.bundle_of(answers, name="=HYPERLINK(1)")


def text_of_workbook(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(str(c.value) for sheet in book for row in sheet for c in row if c.value)


def text_of_document(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [t.text for t in document.element.body.iter() if t.tag.endswith("}t") and t.text]
    return "\n".join(cells)


def text_of(form: str, content: bytes) -> str:
    readers = {"xlsx": text_of_workbook, "docx": text_of_document}
    return readers.get(form, bytes.decode)(content)


@pytest.mark.parametrize("form", ["xlsx", "docx", "csv", "json", "oscal"])
def test_every_answered_question_appears_in_every_full_form(form: str) -> None:
    text = text_of(form, made(form).content)

    missing = [key for key in ANSWERED if not re.search(rf"(?<![\w-]){key}(?![\w-])", text)]

    assert missing == []
    assert len(ANSWERED) > 150


@pytest.mark.parametrize("form", ["xlsx", "docx", "csv", "json", "oscal"])
def test_every_comment_appears_in_every_full_form(form: str) -> None:
    bundle = samples.typical()
    content = made(form).content
    text = json.dumps(json.loads(content), ensure_ascii=False) if form == "oscal" else ""
    text = text or text_of(form, content)

    for answer in bundle.answers.values():
        assert answer.comment.replace('"', '\\"' if form in {"json", "oscal"} else '"') in (
            text.replace('""', '"') if form == "csv" else text
        )


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"pdf", "zip"}))
@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_same_order_gives_the_same_bytes(form: str, language: str) -> None:
    assert made(form, language=language).content == made(form, language=language).content


def test_no_cell_of_the_tables_can_run() -> None:
    content = made("csv", hostile()).content.decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]

    assert [cell for cell in cells if cell.startswith(TRIGGERS)] == []
    assert "'=1+1" in cells


def test_no_cell_of_the_workbook_can_run() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made("xlsx", hostile()).content))

    cells = [cell for sheet in book for row in sheet for cell in row]

    assert [cell for cell in cells if cell.data_type == "f"] == []
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert [text for text in texts if text.startswith(TRIGGERS)] == []


def test_numbers_stay_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made("xlsx").content))
    modules = book["Modules"]

    assert [cell.data_type for cell in modules[2][1:5]] == ["n"] * 4


def test_the_workbook_draws_its_own_charts() -> None:
    with zipfile.ZipFile(io.BytesIO(made("xlsx").content)) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        drawn = b"".join(archive.read(name) for name in charts)

    assert b"radarChart" in drawn
    assert b"barChart" in drawn


@pytest.mark.parametrize("text", HOSTILE)
def test_a_trigger_gets_a_mark_before_it(text: str) -> None:
    assert not harmless(text).startswith(TRIGGERS)


def test_characters_that_a_workbook_refuses_are_dropped() -> None:
    nasty = {"LIC-01": Answer(value=2, comment="a\x00b\x0bcd\uffff" + "x" * 100_000)}

    content = made_with(nasty)

    assert "abcd" in text_of_workbook(content)


def made_with(answers: dict[str, Answer]) -> bytes:
    from compliance.language import Language
    from compliance.reports import compose
    from compliance.reports.spreadsheet import workbook_bytes
    from compliance.reports.tables import Tables
    from compliance.reports.wordings import Wording

    bundle = samples.bundle_of(answers)
    report = compose(samples.edition(), bundle, samples.result_of(bundle))
    tables = Tables(report, bundle, [Wording(Language.EN)])
    return workbook_bytes(report, tables, samples.SEALED)


@pytest.mark.parametrize("kind", ["nearly_empty", "typical", "perfect", "full"])
def test_oscal_keeps_to_its_schema(kind: str) -> None:
    content = json.loads(made("oscal", getattr(samples, kind)()).content)

    results = AssessmentResults.parse_obj(content["assessment-results"])

    assert len(results.results) == 1
    assert len(results.results[0].observations) >= 1


def test_oscal_says_which_controls_are_not_satisfied() -> None:
    found = json.loads(made("oscal").content)["assessment-results"]["results"][0]
    gaps = {gap["question"] for gap in samples.result_of(samples.typical())["gaps"]}  # type: ignore[index]

    failed = {
        one["target"]["target-id"]
        for one in found["findings"]
        if one["target"]["status"]["state"] == "not-satisfied"
    }

    assert failed == gaps
    assert len(found["risks"]) == len(gaps)


def test_oscal_says_in_full_what_firm_and_reviewer_said() -> None:
    proof = EvidenceRef("Register", "DMS 1", "0123456789abcdef" * 4)
    claim = NotApplicable("We sell nothing of that kind, neither here nor abroad.", True)
    bundle = samples.bundle_of(
        {
            "SCP-01": Answer(value=("manufacturer",)),
            "LIC-01": Answer(value=1, comment="word " * 2_000 + "end", evidence=(proof,)),
            "CL-16": Answer(not_applicable=claim),
        }
    )
    extras = Extras(
        training=True,
        reviews={"LIC-01": Review("returned", value=0, comment="Not so.", by="Wang Wei")},
        actions=(Action("LIC-01", owner="Export desk", note="Budget approved"),),
    )

    found = json.loads(made("oscal", bundle, extras=extras.as_json()).content)
    (result,) = found["assessment-results"]["results"]
    said = {one["title"]: one for one in result["observations"]}
    stated = {one["name"]: one["value"] for one in result["props"]}
    risk = next(one for one in result["risks"] if one["title"].startswith("LIC-01"))

    assert "word end" in said["LIC-01"]["remarks"]
    assert "Wang Wei · Level 0" in said["LIC-01"]["remarks"]
    assert "Not so." in said["LIC-01"]["remarks"]
    assert {"name": "review", "value": "returned"}.items() <= next(
        one for one in said["LIC-01"]["props"] if one["name"] == "review"
    ).items()
    assert said["LIC-01"]["relevant-evidence"][0]["props"][0]["value"] == proof.sha256
    assert claim.reason in said["CL-16"]["remarks"]
    assert risk["remediations"][0]["remarks"] == "Owner: Export desk · open · Budget approved"
    assert stated["training"] == "yes"
    assert stated["provisional"] == "yes"
    assert found["assessment-results"]["metadata"]["title"].startswith("Training")


def test_the_bundle_comes_back_whole() -> None:
    assert parse_bundle(made("json").content) == samples.typical()


def test_the_document_repeats_its_heads_and_speaks_its_language() -> None:
    with zipfile.ZipFile(io.BytesIO(made("docx", language="zh").content)) as archive:
        body = archive.read("word/document.xml").decode()
        styles = archive.read("word/styles.xml").decode()

    assert body.count("<w:tblHeader") >= 5
    assert "差距清单" in body
    assert 'w:val="zh-CN"' in styles
