"""Sections: shown, saved as a form, saved answer by answer; refused where they must be."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Filled

Clients = Callable[[str], FlaskClient]
REASON = "We export goods only and have no technology."


def fields(page: str, **changes: str | list[str]) -> dict[str, str | list[str]]:
    """What a browser would send for a page, with some fields changed: `LIC_01__value="2"`."""
    found: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]+>", page):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or ('type="hidden"' not in tag and " checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        kept = found.setdefault(name[1], [])
        assert isinstance(kept, list)
        kept.append(unescape(value[1]) if value else "")
    for name, text in re.findall(
        r'<textarea[^>]+name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL
    ):
        found[name] = unescape(text)
    for name, value in changes.items():
        question, field = name.split("__")
        found[f"{question.replace('_', '-')}-{field}"] = value
    return found


def put(client: FlaskClient, filled: Filled, question: str, base: int, **answer: object):  # type: ignore[no-untyped-def]
    return client.put(
        f"{filled.url}/answers/{question}", json=answer, headers={"If-Match": f'"{base}"'}
    )


# --- Reading and refusal ------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["exporter", "officer", "reader", "administrator"])
def test_whoever_may_read_sees_the_section(client_of: Clients, filled: Filled, role: str) -> None:
    page = client_of(f"{role}@amber.example").get(filled.section())

    assert page.status_code == 200
    assert "LIC-01" in page.text


@pytest.mark.parametrize(
    ("role", "status"), [("reader", 403), ("administrator", 403), ("trainer", 403)]
)
def test_whoever_may_not_answer_is_refused(
    client_of: Clients, filled: Filled, role: str, status: int
) -> None:
    client = client_of(f"{role}@amber.example")

    assert client.post(filled.section(), data={}).status_code == status
    assert put(client, filled, "LIC-01", 1, value=4).status_code == status
    assert filled.answer("LIC-01")[0] == 3


def test_a_reader_sees_no_button_to_save(client_of: Clients, filled: Filled) -> None:
    page = client_of("reader@amber.example").get(filled.section()).text

    assert "Save and continue" not in page
    assert "You may read these answers but not change them." in page
    assert "autosave.js" not in page


def test_another_firm_finds_nothing(client_of: Clients, filled: Filled) -> None:
    stranger = client_of("exporter@borealis.example")

    for path in ("", "/results", "/check", "/applies", "/questions/LIC-01", "/bundle.json"):
        assert stranger.get(filled.url + path).status_code == 404, path
    assert stranger.get(filled.section()).status_code == 404
    assert stranger.post(filled.section(), data={}).status_code == 404
    assert put(stranger, filled, "LIC-01", 1, value=0).status_code == 404


def test_nobody_signed_in_is_sent_to_sign_in(client: FlaskClient, filled: Filled) -> None:
    assert client.get(filled.section()).headers["Location"].startswith("/login?next=")
    assert put(client, filled, "LIC-01", 1, value=0).status_code == 401


def test_a_form_that_came_too_late_leads_back_to_its_page(
    client: FlaskClient, filled: Filled
) -> None:
    late = client.post("/assessments/new", data={"title": "Next year"})
    elsewhere = client.post(f"{filled.url}/submit")

    assert late.headers["Location"] == "/login?" + urlencode({"next": "/assessments/new"})
    assert elsewhere.headers["Location"] == "/login?next=%2F"


def test_a_section_that_came_after_its_session_ended_is_sent_again(
    strict_app: Flask, sign_in: Callable[..., FlaskClient], client_of: Clients, filled: Filled
) -> None:
    strict_app.config["WTF_CSRF_ENABLED"] = False  # for the way in
    typed = fields(client_of("exporter@amber.example").get(filled.section()).text)
    typed["LIC-01-comment"] = "Written on the last <day>"
    strict_app.config["WTF_CSRF_ENABLED"] = True

    signed_out = strict_app.test_client()
    late = signed_out.post(filled.section(), data=typed)
    strict_app.config["WTF_CSRF_ENABLED"] = False
    back = sign_in(signed_out, "exporter@amber.example")
    strict_app.config["WTF_CSRF_ENABLED"] = True
    old_token = back.post(filled.section(), data=fields(late.text))
    saved = back.post(filled.section(), data=fields(old_token.text))

    assert late.status_code == 401
    assert "Written on the last &lt;day&gt;" in late.text
    assert old_token.status_code == 400
    assert saved.status_code == 302
    assert filled.answer("LIC-01")[2] == "Written on the last <day>"


def test_a_section_that_does_not_exist_is_not_found(exporter: FlaskClient, filled: Filled) -> None:
    assert exporter.get(filled.section("licensing", "nowhere")).status_code == 404


# --- The form -----------------------------------------------------------------------------------


def test_what_changed_is_saved_and_the_next_section_follows(
    exporter: FlaskClient, filled: Filled
) -> None:
    page = exporter.get(filled.section()).text

    answer = exporter.post(
        filled.section(), data=fields(page, LIC_01__value="4", LIC_01__comment="Now complete")
    )

    assert answer.status_code == 302
    assert "/sections/licensing/" in answer.headers["Location"]
    assert filled.answer("LIC-01") == (4, None, "Now complete")
    assert filled.version("LIC-02") == 1  # untouched


def test_an_old_page_does_not_revert_what_others_changed(
    exporter: FlaskClient, client_of: Clients, filled: Filled
) -> None:
    old = exporter.get(filled.section()).text
    put(client_of("officer@amber.example"), filled, "LIC-01", 1, value=1, comment="by the officer")

    answer = exporter.post(filled.section(), data=fields(old, LIC_19__value="4"))

    assert answer.status_code == 302
    assert filled.answer("LIC-01") == (1, None, "by the officer")
    assert filled.answer("LIC-19")[0] == 4


def test_a_clash_shows_both_and_asks(
    exporter: FlaskClient, client_of: Clients, filled: Filled
) -> None:
    old = exporter.get(filled.section()).text
    put(client_of("officer@amber.example"), filled, "LIC-01", 1, value=1, comment="theirs")

    page = exporter.post(
        filled.section(), data=fields(old, LIC_01__value="4", LIC_01__comment="mine")
    )

    assert page.status_code == 409
    assert "Amber officer" in page.text
    assert "theirs" in page.text
    assert "mine" in page.text
    assert filled.answer("LIC-01") == (1, None, "theirs")


@pytest.mark.parametrize(
    ("choice", "stands"),
    [
        ("mine", (4, None, "mine")),
        ("theirs", (1, None, "theirs")),
        ("combine", (4, None, "mine\n\ntheirs")),
    ],
)
def test_the_choice_after_a_clash_is_done(
    exporter: FlaskClient, client_of: Clients, filled: Filled, choice: str, stands: object
) -> None:
    old = exporter.get(filled.section()).text
    put(client_of("officer@amber.example"), filled, "LIC-01", 1, value=1, comment="theirs")
    clash = exporter.post(
        filled.section(), data=fields(old, LIC_01__value="4", LIC_01__comment="mine")
    ).text

    answer = exporter.post(filled.section(), data=fields(clash, LIC_01__choice=choice))

    assert answer.status_code == 302
    assert filled.answer("LIC-01") == stands


def test_a_missing_reason_is_asked_for_at_the_field_and_at_the_top(
    exporter: FlaskClient, filled: Filled
) -> None:
    page = exporter.get(filled.section()).text

    answer = exporter.post(
        filled.section(),
        data=fields(page, LIC_20__value="na", LIC_20__reason="no", LIC_01__comment="kept"),
    )

    assert answer.status_code == 422
    assert 'href="#LIC-20-reason"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert ">kept</textarea>" in answer.text
    assert filled.answer("LIC-01")[2] == "kept"


def test_a_reason_that_stands_too_short_is_asked_for_even_if_untouched(
    exporter: FlaskClient, filled: Filled
) -> None:
    put(exporter, filled, "LIC-20", 1, not_applicable={"reason": ""})
    page = exporter.get(filled.section()).text

    assert exporter.post(filled.section(), data=fields(page)).status_code == 422


@pytest.mark.parametrize(
    ("section", "name", "value", "says"),
    [
        ("licence-decision", "LIC_01__value", "9", "choose one of the answers shown"),
        ("licence-decision", "LIC_02__value", "none-such", "choose one of the answers shown"),
    ],
)
def test_a_forged_value_is_refused_in_words(
    exporter: FlaskClient, filled: Filled, section: str, name: str, value: str, says: str
) -> None:
    page = exporter.get(filled.section("licensing", section)).text

    answer = exporter.post(filled.section("licensing", section), data=fields(page, **{name: value}))

    assert answer.status_code == 422
    assert says in answer.text


def test_what_was_typed_is_shown_as_text_only(exporter: FlaskClient, filled: Filled) -> None:
    page = exporter.get(filled.section()).text
    nasty = "</textarea><script>alert(1)</script>{{7*7}}"

    exporter.post(filled.section(), data=fields(page, LIC_01__comment=nasty))
    shown = exporter.get(filled.section()).text

    assert nasty not in shown
    assert "&lt;/textarea&gt;&lt;script&gt;" in shown
    assert "{{7*7}}" in shown


def test_after_the_scope_comes_what_applies(exporter: FlaskClient, filled: Filled) -> None:
    last = filled.section("scope", "authorisations")

    answer = exporter.post(last, data=fields(exporter.get(last).text))

    assert answer.headers["Location"] == f"{filled.url}/applies"
    assert "Continue at" in exporter.get(f"{filled.url}/applies").text


def test_taking_questions_away_is_named_first(exporter: FlaskClient, filled: Filled) -> None:
    address = filled.section("scope", "markets")
    page = exporter.get(address).text
    changed = fields(page)
    assert "group" in changed["SCP-11-value"]
    changed["SCP-11-value"] = [v for v in changed["SCP-11-value"] if v != "group"]

    named = exporter.post(address, data=changed)
    assert named.status_code == 200
    assert "This changes what is asked" in named.text
    assert "INT-22" in named.text
    assert "group" in filled.answer("SCP-11")[0]

    done = exporter.post(address, data={**changed, "confirmed": "yes"})
    assert done.status_code == 302
    assert "group" not in filled.answer("SCP-11")[0]
    assert filled.answer("INT-22")[0] is not None  # kept


# --- Carried over from last time ----------------------------------------------------------------


@pytest.fixture
def carried(exporter: FlaskClient, filled: Filled) -> Filled:
    """A new assessment with the answers of the filled one, each to be confirmed."""
    begun = exporter.post(
        "/assessments/new",
        data={"title": "Next", "as_of": "2026-12-01", "path": "full", "previous": filled.id},
    )
    return Filled(begun.headers["Location"].rsplit("/", 1)[1], filled.engine)


def to_confirm(client: FlaskClient, filled: Filled) -> set[str]:
    """Ids of the questions that the list of those to confirm shows."""
    page = client.get(f"{filled.url}/questions?only=confirm").text
    return set(re.findall(r'#q-([A-Z]+-\w+)"', page))


def test_carried_over_answers_are_counted_listed_and_led_to(
    exporter: FlaskClient, carried: Filled
) -> None:
    waiting = to_confirm(exporter, carried)

    tasks = exporter.get(carried.url).text
    assert f"{len(waiting)} answers are carried over from last time" in tasks
    assert re.search(r"\d+ to confirm", tasks)
    assert f"{len(waiting)} answers from last time are to confirm" in exporter.get("/").text
    first = exporter.get(f"{carried.url}/next?only=confirm").headers["Location"]
    assert first.rsplit("#q-", 1)[1] in waiting
    open_ones = exporter.get(f"{carried.url}/questions?only=open").text
    assert "#q-LIC-01" not in open_ones


@pytest.mark.parametrize(
    ("button", "confirmed"),
    [
        ({"go": "next"}, {"LIC-01", "LIC-19"}),
        ({"go": "stay"}, {"LIC-01", "LIC-19"}),
        ({"confirm": "LIC-19"}, {"LIC-19"}),
        ({"go": "language"}, set()),
    ],
    ids=["continue", "save", "one", "language"],
)
def test_only_the_buttons_that_say_so_confirm(
    exporter: FlaskClient, carried: Filled, button: dict[str, str], confirmed: set[str]
) -> None:
    before = to_confirm(exporter, carried)

    page = exporter.get(carried.section()).text
    sent = exporter.post(carried.section(), data=fields(page) | button)

    assert sent.status_code == 302
    assert (before - to_confirm(exporter, carried)) & {"LIC-01", "LIC-19"} == confirmed


# --- Answer by answer ---------------------------------------------------------------------------


def test_one_answer_is_saved_with_its_version(exporter: FlaskClient, filled: Filled) -> None:
    answer = put(exporter, filled, "LIC-01", 1, value=4, comment="x")

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.get_json()["version"] == 2
    assert filled.answer("LIC-01") == (4, None, "x")


def test_a_stale_save_gets_what_stands_and_overwrites_nothing(
    exporter: FlaskClient, filled: Filled
) -> None:
    put(exporter, filled, "LIC-01", 1, value=4, comment="first")

    answer = put(exporter, filled, "LIC-01", 1, value=0, comment="second")

    current = answer.get_json()["current"]
    assert answer.status_code == 412
    assert (current["value"], current["comment"], current["version"]) == (4, "first", 2)
    assert current["by"] == "Amber exporter"
    assert filled.answer("LIC-01")[0] == 4


def test_saving_the_same_again_is_no_conflict_with_oneself(
    exporter: FlaskClient, filled: Filled
) -> None:
    put(exporter, filled, "LIC-01", 1, value=4, comment="x")

    answer = put(exporter, filled, "LIC-01", 1, value=4, comment="x")

    assert answer.status_code == 200
    assert answer.get_json()["version"] == 2


def test_a_save_without_the_version_is_refused(exporter: FlaskClient, filled: Filled) -> None:
    answer = exporter.put(f"{filled.url}/answers/LIC-01", json={"value": 4})

    assert answer.status_code == 428


@pytest.mark.parametrize(
    "answer",
    [
        {"value": "3"},
        {"value": True},
        {"value": 9},
        {"value": 1, "other": 2},
        {"value": 1, "not_applicable": {"reason": REASON}},
    ],
    ids=["text", "true", "out-of-range", "unknown-field", "both"],
)
def test_what_the_bundle_refuses_the_page_refuses(
    exporter: FlaskClient, filled: Filled, answer: dict[str, object]
) -> None:
    assert put(exporter, filled, "LIC-01", 1, **answer).status_code == 422
    assert filled.answer("LIC-01")[0] == 3


def test_a_body_that_is_no_answer_is_refused(exporter: FlaskClient, filled: Filled) -> None:
    for body in (b"null", b"[]", b"{", b"", b'"3"'):
        answer = exporter.put(
            f"{filled.url}/answers/LIC-01",
            data=body,
            content_type="application/json",
            headers={"If-Match": '"1"'},
        )
        assert answer.status_code == 422, body


def test_an_answer_to_a_question_that_does_not_exist_is_not_found(
    exporter: FlaskClient, filled: Filled
) -> None:
    assert put(exporter, filled, "NO-01", 0, value=1).status_code == 404


def test_a_submitted_assessment_takes_no_answer(exporter: FlaskClient, filled: Filled) -> None:
    exporter.post(f"{filled.url}/submit")

    assert put(exporter, filled, "LIC-01", 1, value=4).status_code == 409
    assert exporter.post(filled.section(), data={}).status_code == 409
    assert filled.answer("LIC-01")[0] == 3


def test_what_stands_is_told_where_an_answer_comes_too_late(
    exporter: FlaskClient, filled: Filled
) -> None:
    put(exporter, filled, "LIC-01", 1, value=4, comment="in time")
    exporter.post(f"{filled.url}/submit")

    answer = put(exporter, filled, "LIC-01", 1, value=4, comment="in time")

    current = answer.get_json()["current"]
    assert answer.status_code == 409
    assert (current["value"], current["comment"], current["version"]) == (4, "in time", 2)
    assert answer.get_json()["error"] == "This assessment is no longer open for answers."


def test_the_consequence_is_told_and_nothing_is_saved(
    exporter: FlaskClient, filled: Filled
) -> None:
    answer = exporter.post(
        f"{filled.url}/answers/SCP-11/consequence", json={"value": ["end_user", "distributor"]}
    )

    removed = [one["id"] for one in answer.get_json()["removed"]]
    assert set(removed) == {"ICP-O5", "INT-22"}
    assert "group" in filled.answer("SCP-11")[0]
