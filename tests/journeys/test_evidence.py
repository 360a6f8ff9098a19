"""Evidence in a real browser: refused before it is sent, stopped, lost, and sent again."""

import pytest
from playwright.sync_api import FilePayload, Locator, Route, expect

from tests.journeys.conftest import PASSWORD, QUESTION, Desk
from tests.journeys.test_access import faults, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UPLOAD = "**/evidence"
PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def a_file(name: str = "许可证台账.pdf", content: bytes = PDF) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def form(desk: Desk) -> Locator:
    """The form for evidence of one question, unfolded."""
    desk.open(f"/assessments/{desk.assessment}/questions/{QUESTION}")
    desk.page.get_by_text("Add a file or a reference").click()
    return desk.page.locator("form[data-upload]")


def send(form: Locator, *files: FilePayload) -> None:
    form.locator("#files").set_input_files(list(files))
    form.get_by_role("button", name="Add").click()


def test_what_can_not_be_taken_is_said_before_it_is_sent(desk: Desk, form: Locator) -> None:
    sent: list[Route] = []
    desk.page.route(UPLOAD, lambda route: (sent.append(route), route.continue_()))

    send(form, a_file("setup.exe"))
    expect(form.get_by_role("alert")).to_have_text("setup.exe: files of this kind are not taken.")
    send(form, *(a_file(f"{number}.txt") for number in range(6)))
    expect(form.get_by_role("alert")).to_have_text("At most 5 files at once.")
    assert faults(desk.page) == []
    assert sent == []


def test_a_lost_connection_keeps_the_files_chosen(desk: Desk, form: Locator) -> None:
    desk.page.route(UPLOAD, lambda route: route.abort())
    send(form, a_file(), a_file("notes.txt", b"stopped on 5 May"))
    expect(form.get_by_role("alert")).to_contain_text("Your files are still chosen")
    assert faults(desk.page) == []

    desk.page.unroute(UPLOAD)
    form.get_by_role("button", name="Add").click()

    expect(desk.page.locator(".notice-ok")).to_contain_text("The evidence is kept.")
    evidence = desk.page.locator("section:has(#evidence) li")
    expect(evidence.filter(has_text="许可证台账.pdf")).to_have_count(1)
    expect(evidence.filter(has_text="notes.txt")).to_have_count(1)


def test_a_slow_upload_shows_itself_and_can_be_stopped(desk: Desk, form: Locator) -> None:
    desk.page.set_viewport_size({"width": 390, "height": 844})
    desk.page.route(UPLOAD, lambda _route: None)  # it never arrives

    send(form, a_file())
    expect(form.get_by_role("progressbar")).to_be_visible()
    assert faults(desk.page) == []
    assert sideways(desk.page) <= 0
    form.get_by_role("button", name="Stop").click()

    expect(form.get_by_role("alert")).to_contain_text("Nothing was kept")
    expect(form.get_by_role("button", name="Add")).to_be_enabled()


def test_the_server_s_refusal_is_told_beside_the_files(form: Locator) -> None:
    send(form, a_file("report.pdf", b"<html><script>alert(1)</script>"))

    expect(form.get_by_role("alert")).to_contain_text("report.pdf")
    expect(form.get_by_role("alert")).to_contain_text("is not what its name says")


def test_a_session_that_ended_is_renewed_and_the_files_are_sent(desk: Desk, form: Locator) -> None:
    desk.context.clear_cookies()

    send(form, a_file())
    dialog = desk.page.get_by_role("dialog", name="Sign in to go on")
    dialog.get_by_label("E-mail").fill("exporter@demo.example")
    dialog.get_by_label("Password").fill(PASSWORD)
    desk.page.keyboard.press("Enter")

    expect(desk.page.locator(".notice-ok")).to_contain_text("The evidence is kept.")
    expect(desk.page.locator("section:has(#evidence)")).to_contain_text("许可证台账.pdf")
