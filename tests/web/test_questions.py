"""Around one question: history, thread, mentions, flags, assignment, evidence."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from tests.support import cast
from tests.web.conftest import Filled

Clients = Callable[[str], FlaskClient]
PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def question(filled: Filled, rest: str = "") -> str:
    return f"{filled.url}/questions/LIC-01{rest}"


def answer(client: FlaskClient, filled: Filled, base: int, **content: object) -> None:
    done = client.put(
        f"{filled.url}/answers/LIC-01", json=content, headers={"If-Match": f'"{base}"'}
    )
    assert done.status_code == 200


def test_the_history_says_who_changed_what_and_can_restore(
    exporter: FlaskClient, client_of: Clients, filled: Filled
) -> None:
    answer(exporter, filled, 1, value=1, comment="worse")
    answer(client_of("officer@amber.example"), filled, 2, value=4, comment="better")

    page = exporter.get(question(filled)).text
    assert "Amber officer" in page
    assert "1 · Informal" in page
    assert "4 · Assured" in page

    done = exporter.post(question(filled, "/restore"), data={"version": "2", "base": "3"})
    assert done.status_code == 302
    assert filled.answer("LIC-01") == (1, None, "worse")
    assert filled.version("LIC-01") == 4


def test_restoring_over_a_newer_change_is_refused(exporter: FlaskClient, filled: Filled) -> None:
    answer(exporter, filled, 1, value=1)
    answer(exporter, filled, 2, value=4)

    exporter.post(question(filled, "/restore"), data={"version": "1", "base": "2"})

    assert filled.answer("LIC-01")[0] == 4


def test_quick_changes_of_one_person_are_one_line(exporter: FlaskClient, filled: Filled) -> None:
    for base, level in ((1, 1), (2, 2), (3, 4)):
        answer(exporter, filled, base, value=level)

    assert "3 steps" in exporter.get(question(filled)).text


def test_a_message_tells_whom_it_mentions(
    exporter: FlaskClient, client_of: Clients, filled: Filled
) -> None:
    exporter.post(question(filled, "/messages"), data={"text": "@Amber officer please look"})

    officer = client_of("officer@amber.example")
    assert "mentions you at" in officer.get("/").text
    assert "You are mentioned here." in officer.get(question(filled)).text
    officer.post(question(filled, "/seen"))
    assert "mentions you at" not in officer.get("/").text


def test_an_empty_message_is_asked_for_again(exporter: FlaskClient, filled: Filled) -> None:
    page = exporter.post(question(filled, "/messages"), data={"text": "  "})

    assert page.status_code == 422
    assert 'href="#text"' in page.text


def test_a_question_is_assigned_and_found_by_its_assignee(
    exporter: FlaskClient, client_of: Clients, filled: Filled
) -> None:
    officer_id = str(cast.actor("officer@amber.example").person_id)

    exporter.post(
        question(filled, "/assignment"), data={"person": officer_id, "note": "You know this"}
    )

    mine = client_of("officer@amber.example").get(f"{filled.url}/questions?only=mine").text
    assert "1 question" in mine
    assert "LIC-01" in mine
    exporter.post(question(filled, "/assignment"), data={"person": ""})
    assert (
        "0 questions"
        in client_of("officer@amber.example").get(f"{filled.url}/questions?only=mine").text
    )


def test_nobody_of_another_firm_can_be_assigned(exporter: FlaskClient, filled: Filled) -> None:
    stranger = str(cast.actor("officer@borealis.example").person_id)

    assert (
        exporter.post(question(filled, "/assignment"), data={"person": stranger}).status_code == 422
    )


def test_a_flag_goes_up_and_down(exporter: FlaskClient, filled: Filled) -> None:
    exporter.post(question(filled, "/flag"), data={"raised": "yes"})
    assert "flagged for discussion" in exporter.get(filled.section()).text

    exporter.post(question(filled, "/flag"), data={"raised": "no"})
    assert "flagged for discussion" not in exporter.get(filled.section()).text


def test_a_reader_may_look_but_not_touch(client_of: Clients, filled: Filled) -> None:
    reader = client_of("reader@amber.example")

    assert reader.get(question(filled)).status_code == 200
    for rest in ("/messages", "/flag", "/assignment", "/restore", "/evidence", "/evidence/link"):
        assert reader.post(question(filled, rest)).status_code == 403, rest


def test_another_firm_touches_nothing(client_of: Clients, filled: Filled) -> None:
    stranger = client_of("exporter@borealis.example")

    for rest, data in (
        ("/messages", {"text": "hello"}),
        ("/flag", {"raised": "yes"}),
        ("/assignment", {"person": ""}),
        ("/restore", {"version": "1", "base": "1"}),
        ("/evidence", {"title": "x"}),
        ("/evidence/link", {"evidence": "00000000-0000-0000-0000-000000000000"}),
    ):
        assert stranger.post(question(filled, rest), data=data).status_code == 404, rest


# --- Evidence -----------------------------------------------------------------------------------


def attach(client: FlaskClient, filled: Filled, **data: object):  # type: ignore[no-untyped-def]
    return client.post(question(filled, "/evidence"), data=data)


def download_link(page: str) -> str:
    return page.split('href="/evidence/')[1].split('"', maxsplit=1)[0]


def test_a_file_is_kept_and_only_ever_downloaded(exporter: FlaskClient, filled: Filled) -> None:
    done = attach(
        exporter,
        filled,
        files=(BytesIO(PDF), "../许可证 台账.pdf"),
        title="",
        expires_on="2026-01-01",
    )
    assert done.status_code == 302
    page = exporter.get(question(filled)).text
    assert "许可证 台账.pdf" in page
    assert "expired" in page

    file = exporter.get(f"/evidence/{download_link(page)}")
    assert file.data == PDF
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_another_firm_can_not_download_it(
    exporter: FlaskClient, client_of: Clients, filled: Filled
) -> None:
    attach(exporter, filled, files=(BytesIO(PDF), "a.pdf"))
    link = download_link(exporter.get(question(filled)).text)

    assert client_of("exporter@borealis.example").get(f"/evidence/{link}").status_code == 404


def test_a_reference_is_evidence_too_and_serves_many_questions(
    exporter: FlaskClient, filled: Filled
) -> None:
    attach(exporter, filled, title="Licence register 2026", reference="DMS 4711")
    page = exporter.get(question(filled)).text
    assert "DMS 4711" in page

    item = page.split("Licence register 2026")[1].split('name="evidence" value="')[1][:36]
    other = f"{filled.url}/questions/LIC-02/evidence/link"
    exporter.post(other, data={"evidence": item})
    assert "Licence register 2026" in exporter.get(filled.section()).text
    exporter.post(other, data={"evidence": item, "remove": "yes"})
    assert exporter.get("/evidence").text.count("Licence register 2026") == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"<html>", "The content of the file is not what its name says"),
        ("a.exe", b"MZ", "Files of this kind are not taken"),
        ("a.txt", b"", "The file is empty"),
    ],
)
def test_a_refused_file_says_why_and_keeps_what_was_typed(
    exporter: FlaskClient, filled: Filled, name: str, content: bytes, says: str
) -> None:
    page = attach(exporter, filled, files=(BytesIO(content), name), title="Typed title")

    assert page.status_code == 422
    assert says in page.text
    assert 'value="Typed title"' in page.text


def test_several_files_go_up_at_once(exporter: FlaskClient, filled: Filled) -> None:
    attach(
        exporter,
        filled,
        files=[(BytesIO(PDF), "one.pdf"), (BytesIO(b"a,b"), "two.csv")],
        title="Both",
    )

    page = exporter.get(question(filled)).text
    assert "one.pdf" in page
    assert "two.csv" in page


def test_one_file_supports_all_the_questions_that_are_named(
    exporter: FlaskClient, filled: Filled
) -> None:
    done = attach(exporter, filled, files=(BytesIO(PDF), "register.pdf"), also="lic-02， ICP-A1")

    assert done.status_code == 302
    for supported in ("LIC-01", "LIC-02", "ICP-A1"):
        assert "register.pdf" in exporter.get(f"{filled.url}/questions/{supported}").text
    assert exporter.get("/evidence").text.count("register.pdf") == 1


def test_evidence_for_a_question_that_does_not_exist_is_not_kept(
    exporter: FlaskClient, filled: Filled
) -> None:
    page = attach(exporter, filled, files=(BytesIO(PDF), "register.pdf"), also="LIC-02, NO-1")

    assert page.status_code == 422
    assert "There is no question NO-1." in page.text
    assert "register.pdf" not in exporter.get("/evidence").text


def attach_raw(client: FlaskClient, filled: Filled, *sizes: int):  # type: ignore[no-untyped-def]
    """Text files of these sizes, as one body that the test itself writes."""
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="%d.txt"\r\n\r\n' % number
        + b"a" * size
        + b"\r\n"
        for number, size in enumerate(sizes)
    )
    return client.post(
        question(filled, "/evidence"),
        data=body + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )


def test_several_large_files_go_up_at_once(exporter: FlaskClient, filled: Filled) -> None:
    assert attach_raw(exporter, filled, 14 * 2**20, 14 * 2**20).status_code == 302

    one_too_large = attach_raw(exporter, filled, 20 * 2**20 + 1)
    assert one_too_large.status_code == 422
    assert "The file is larger than 20 MB." in one_too_large.text


def test_a_flood_of_files_is_refused_before_it_is_read(
    exporter: FlaskClient, filled: Filled
) -> None:
    said = {"CONTENT_LENGTH": str(200 * 2**20), "CONTENT_TYPE": "multipart/form-data; boundary=x"}

    answer = exporter.post(question(filled, "/evidence"), environ_overrides=said)

    assert answer.status_code == 413


def test_nothing_is_nothing(exporter: FlaskClient, filled: Filled) -> None:
    page = attach(exporter, filled, title=" ")

    assert page.status_code == 422
    assert "Give the evidence a title, or choose a file." in page.text
