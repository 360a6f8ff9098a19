"""Home, list, start, task list, what applies, search, check, submit, results, files in and out."""

import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from compliance.answers import parse_bundle
from tests.web.conftest import DEMO, Filled

Clients = Callable[[str], FlaskClient]
OUTLINE = {"title": "Next year", "as_of": "2026-11-24", "path": "full", "previous": ""}


def start(client: FlaskClient, **changes: str):  # type: ignore[no-untyped-def]
    page = client.get("/assessments/new").text
    version = re.search(r'name="version" value="([^"]+)"', page)
    data = {**OUTLINE, "version": version[1] if version else "2026.1", **changes}
    return client.post("/assessments/new", data=data)


# --- Home ---------------------------------------------------------------------------------------


def test_home_without_an_assessment_says_how_to_begin(exporter: FlaskClient) -> None:
    page = exporter.get("/").text

    assert "No assessment yet" in page
    assert "Start an assessment" in page


def test_home_shows_limits_before_the_number(exporter: FlaskClient, filled: Filled) -> None:
    page = exporter.get("/").text

    assert filled.url in page
    assert page.index("at most D") < page.index("Declared")
    assert "Supported" in page
    assert "Most urgent gaps" in page


@pytest.mark.parametrize("role", ["exporter", "officer", "reader", "administrator"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_works_for_every_role_in_both_languages(
    client_of: Clients, filled: Filled, role: str, language: str
) -> None:
    client = client_of(f"{role}@amber.example")
    paths = ["/", "/assessments", "/evidence"] + [
        filled.url + rest
        for rest in ("", "/applies", "/questions", "/check", "/results", "/questions/LIC-01")
    ]

    for path in paths:
        page = client.get(f"{path}?lang={language}")
        assert page.status_code == 200, path
        assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in page.text


def test_a_trainer_is_not_shown_the_firm_s_answers(client_of: Clients, filled: Filled) -> None:
    trainer = client_of("trainer@amber.example")

    assert filled.url not in trainer.get("/", follow_redirects=True).text
    for path in ("/assessments", filled.url, f"{filled.url}/results", "/evidence"):
        assert trainer.get(path).status_code == 403, path


def test_another_firm_s_home_knows_nothing_of_it(client_of: Clients, filled: Filled) -> None:
    page = client_of("exporter@borealis.example").get("/").text

    assert "Amber" not in page
    assert "No assessment yet" in page


# --- Start --------------------------------------------------------------------------------------


def test_an_empty_assessment_begins_with_the_scope(exporter: FlaskClient) -> None:
    answer = start(exporter)

    page = exporter.get(answer.headers["Location"]).text
    assert "Begin with the scope" in page
    assert "Next year" in page


def test_starting_from_last_time_marks_each_answer_to_confirm(
    exporter: FlaskClient, filled: Filled
) -> None:
    url = start(exporter, previous=filled.id, version="2026.1").headers["Location"]

    assert (
        "carried over: confirm or change"
        in exporter.get(f"{url}/sections/licensing/licence-decision").text
    )
    assert "Carried over, to confirm" in exporter.get(f"{url}/check").text
    earlier = exporter.get(f"{filled.url}/bundle.json").get_json()["answers"]
    carried = exporter.get(f"{url}/bundle.json").get_json()["answers"]
    assert carried.keys() == earlier.keys()
    assert carried["LIC-01"] == earlier["LIC-01"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("as_of", "2026-02-30"),
        ("version", "1999.1"),
        ("path", "x"),
        ("previous", "x"),
    ],
)
def test_a_wrong_outline_keeps_what_was_typed(
    exporter: FlaskClient, field: str, value: str
) -> None:
    page = start(exporter, **{"title": "Typed before", field: value})

    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert field == "title" or 'value="Typed before"' in page.text


def test_starting_from_another_firm_s_assessment_is_not_found(
    client_of: Clients, filled: Filled
) -> None:
    assert start(client_of("exporter@borealis.example"), previous=filled.id).status_code == 404


def test_the_short_path_asks_the_core_only(exporter: FlaskClient, filled: Filled) -> None:
    url = start(exporter, previous=filled.id, path="core", version="2026.1").headers["Location"]

    def asked(address: str) -> int:
        found = re.search(r"(\d+) of (\d+) answered", exporter.get(address).text)
        assert found
        return int(found[2])

    assert 0 < asked(url) < asked(filled.url)
    assert "short path" in exporter.get(url).text


# --- Finding one's way --------------------------------------------------------------------------


def test_what_applies_says_why_each_other_question_does_not(
    exporter: FlaskClient, filled: Filled
) -> None:
    page = exporter.get(f"{filled.url}/applies").text

    shown, all_of_them = map(int, re.findall(r"(\d+) of (\d+) questions apply", page)[0])
    assert page.count('id="out-') == all_of_them - shown
    assert "Asked only where" in page


def test_search_finds_by_words_numbers_and_either_language(
    exporter: FlaskClient, filled: Filled
) -> None:
    def found(words: str) -> str:
        return exporter.get(f"{filled.url}/questions", query_string={"q": words}).text

    assert "LIC-01" in found("lic-01")
    assert "LIC-01" in found("许可")
    assert "No question fits" in found("xyzzy-nowhere")


def test_the_next_open_question_is_one_click_away(exporter: FlaskClient, filled: Filled) -> None:
    target = exporter.get(f"{filled.url}/next").headers["Location"]

    assert re.search(r"/sections/.+#q-", target)


# --- Check and submit ---------------------------------------------------------------------------


def test_the_check_names_what_is_missing_with_a_way_there(
    exporter: FlaskClient, filled: Filled
) -> None:
    page = exporter.get(f"{filled.url}/check").text

    for title in ("Not answered", "Without evidence", "We do not know", "Contradictions"):
        assert title in page
    assert f"{filled.url}/sections/" in page


def test_submitting_closes_the_answers_until_it_is_taken_back(
    exporter: FlaskClient, filled: Filled
) -> None:
    exporter.post(f"{filled.url}/submit")
    assert "no longer open for answers" in exporter.get(filled.section()).text
    assert exporter.post(f"{filled.url}/submit").status_code == 409

    exporter.post(f"{filled.url}/take-back")
    assert "Save and continue" in exporter.get(filled.section()).text


def test_a_reader_can_not_submit(client_of: Clients, filled: Filled) -> None:
    assert client_of("reader@amber.example").post(f"{filled.url}/submit").status_code == 403


# --- Results ------------------------------------------------------------------------------------


def test_results_show_the_interval_while_answers_are_missing(
    exporter: FlaskClient, filled: Filled
) -> None:
    page = exporter.get(f"{filled.url}/results").text

    assert re.search(r"\d+\.\d<span class=\"figure-to\">–\d+\.\d", page)
    assert "provisional" in page
    assert page.count('class="dot') >= 7


def test_gaps_can_be_filtered(exporter: FlaskClient, filled: Filled) -> None:
    def gaps(query: str) -> list[str]:
        page = exporter.get(f"{filled.url}/results?{query}").text
        return re.findall(r'<article class="gap" id="gap-([^"]+)"', page)

    everything = gaps("")
    at_once, licensing = gaps("priority=1"), gaps("module=licensing")

    assert 0 < len(at_once) < len(everything)
    assert licensing
    assert all(name.startswith("LIC") for name in licensing)
    assert everything[: len(at_once)] == at_once


# --- Files in and out ---------------------------------------------------------------------------


def test_the_bundle_comes_out_as_it_went_in(exporter: FlaskClient, filled: Filled) -> None:
    out = exporter.get(f"{filled.url}/bundle.json")

    assert out.headers["Content-Disposition"].startswith("attachment")
    given, back = parse_bundle(DEMO.read_bytes()), parse_bundle(out.data)
    assert {i: a.value for i, a in given.answers.items()} == {
        i: a.value for i, a in back.answers.items()
    }


def upload(client: FlaskClient, filled: Filled, name: str, content: bytes):  # type: ignore[no-untyped-def]
    return client.post(f"{filled.url}/import", data={"file": (BytesIO(content), name)})


def carried(page: str) -> dict[str, str]:
    from html import unescape

    names = dict(re.findall(r'name="(answers|digest)" value="([^"]*)"', page))
    return {name: unescape(value) for name, value in names.items()}


def test_a_workbook_filled_in_offline_is_previewed_then_taken_in(
    exporter: FlaskClient, filled: Filled
) -> None:
    book = load_workbook(BytesIO(exporter.get(f"{filled.url}/questionnaire.xlsx").data))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=3):
        if row[0].value == "LIC-01":
            row[3].value, row[5].value = 4, "Filled in on a train"
    stream = BytesIO()
    book.save(stream)

    preview = upload(exporter, filled, "filled.xlsx", stream.getvalue())
    assert "1 answer differs" in preview.text
    assert "Filled in on a train" in preview.text
    assert filled.answer("LIC-01")[0] == 3

    exporter.post(f"{filled.url}/import/confirm", data=carried(preview.text))
    assert filled.answer("LIC-01") == (4, None, "Filled in on a train")


def test_an_untouched_workbook_changes_nothing(exporter: FlaskClient, filled: Filled) -> None:
    book = exporter.get(f"{filled.url}/questionnaire.xlsx").data

    page = upload(exporter, filled, "same.xlsx", book)

    assert "The file says what stands here already" in page.text


def test_no_cell_of_the_workbook_is_a_formula(exporter: FlaskClient, filled: Filled) -> None:
    for number, text in enumerate(("=1+1", "@SUM(1)", "-2+3", "＝1+1"), 1):
        exporter.put(
            f"{filled.url}/answers/LIC-01",
            json={"value": 3, "comment": text},
            headers={"If-Match": f'"{number}"'},
        )
        book = load_workbook(BytesIO(exporter.get(f"{filled.url}/questionnaire.xlsx").data))

        assert all(c.data_type != "f" for row in book.worksheets[0].iter_rows() for c in row)


def test_a_change_between_preview_and_confirmation_is_shown_again(
    exporter: FlaskClient, filled: Filled
) -> None:
    bundle = json.loads(DEMO.read_bytes())
    bundle["answers"]["LIC-01"]["value"] = 4
    preview = upload(exporter, filled, "a.json", json.dumps(bundle).encode())
    exporter.put(f"{filled.url}/answers/LIC-01", json={"value": 0}, headers={"If-Match": '"1"'})

    answer = exporter.post(f"{filled.url}/import/confirm", data=carried(preview.text))

    assert answer.status_code == 409
    assert filled.answer("LIC-01")[0] == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b'{"format": "other"}'),
        ("a.xlsx", b"no workbook"),
        ("a.exe", b"MZ"),
        ("", b""),
    ],
)
def test_a_file_that_can_not_be_read_says_so(
    exporter: FlaskClient, filled: Filled, name: str, content: bytes
) -> None:
    page = upload(exporter, filled, name, content)

    assert page.status_code == 422
    assert "There is a problem" in page.text


def test_forged_answers_at_the_confirmation_are_refused(
    exporter: FlaskClient, filled: Filled
) -> None:
    for forged in ("", "[]", '{"NO-01": {"value": 1}}', '{"LIC-01": {"value": 99}}'):
        answer = exporter.post(
            f"{filled.url}/import/confirm", data={"answers": forged, "digest": ""}
        )
        assert answer.status_code == 422, forged
