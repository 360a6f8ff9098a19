"""What is typed is on the server or on the device; the page says which, question by question."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyotp
import pytest
from playwright.sync_api import Locator, Route, expect

from tests.journeys.conftest import PASSWORD, QUESTION, Desk
from tests.journeys.test_access import faults, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAVES = "**/answers/**"
OTHER = "LIC-19"
COMMENT = f"#{QUESTION}-comment"
OFFICER = "officer@demo.example"
WORDS = {
    "en": {
        "kept": "Not saved, kept on this device",
        "goes on": "goes on by itself",
        "go": "Save and continue",
        "consequence": "This changes what is asked",
        "number": "Enter a number",
        "not now": "Not now: stay on this page",
        "signed out": "Signed out. Kept on this device.",
    },
    "zh": {
        "kept": "未保存，已存于本机",
        "goes on": "本页将自动继续",
        "go": "保存并继续",
        "consequence": "此修改会改变需要回答的题目",
        "number": "请输入",
        "not now": "暂不登录，留在本页",
        "signed out": "已退出登录",
    },
}


def beside(desk: Desk, question: str = QUESTION) -> Locator:
    """What stands beside a question about its saving."""
    return desk.page.locator(f"#q-{question} [data-save]")


def cut(desk: Desk) -> None:
    """Let no answer reach the server."""
    desk.page.route(SAVES, lambda route: route.abort())


def connect(desk: Desk) -> None:
    """Let answers through again, and say so as a browser does."""
    desk.page.unroute(SAVES)
    desk.page.evaluate("dispatchEvent(new Event('online'))")


# --- What the page says -------------------------------------------------------------------------


def test_each_question_says_whether_it_is_saved(desk: Desk) -> None:
    desk.section()
    cut(desk)

    desk.page.fill(COMMENT, "in a tunnel")
    expect(beside(desk)).to_have_text(WORDS["en"]["kept"])
    expect(beside(desk, OTHER)).to_have_text("")
    connect(desk)

    expect(beside(desk)).to_have_text(re.compile(r"^Saved at \d\d:\d\d$"))
    desk.page.reload()
    expect(beside(desk)).to_have_text(re.compile(r"^Saved .*, Lin Yue$"))


def test_a_device_that_can_keep_nothing_is_named(desk: Desk) -> None:
    desk.section()
    cut(desk)
    desk.page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")

    desk.page.fill(COMMENT, "nowhere but here")

    expect(beside(desk)).to_contain_text("this device cannot keep it")
    expect(desk.state).to_contain_text("leave this page open")
    connect(desk)
    desk.saved()


# --- Slow, lost and doubled ---------------------------------------------------------------------


def test_what_is_typed_during_a_slow_save_is_saved_after_it(desk: Desk) -> None:
    desk.section()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route(SAVES, hold, times=1)
    with desk.page.expect_request(SAVES):
        desk.page.fill(COMMENT, "first")
        desk.page.locator(COMMENT).blur()

    desk.page.fill(COMMENT, "first and second")
    held[0].continue_()
    desk.saved()

    desk.page.reload()
    assert desk.page.input_value(COMMENT) == "first and second"


def test_an_answer_whose_reply_was_lost_is_no_conflict_with_oneself(desk: Desk) -> None:
    desk.section()

    def lose_the_reply(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.page.route(SAVES, lose_the_reply)
    desk.page.fill(COMMENT, "said once")
    expect(beside(desk)).to_have_text(WORDS["en"]["kept"])
    connect(desk)
    desk.saved()

    assert desk.page.locator(".conflict").count() == 0


def test_a_link_waits_for_what_is_being_saved(desk: Desk) -> None:
    desk.section()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route(SAVES, hold, times=1)
    with desk.page.expect_request(SAVES):
        desk.page.fill(COMMENT, "and away")
        desk.page.get_by_role("link", name="Task list").click()
    assert desk.page.url.endswith("/licence-decision")
    held[0].continue_()

    desk.page.wait_for_url(re.compile(f"/{desk.assessment}$"))
    expect(desk.page.locator("h1")).to_be_visible()
    expect(desk.page.locator("[data-drafts]")).to_be_hidden()
    desk.section()
    assert desk.page.input_value(COMMENT) == "and away"


def test_a_busy_server_is_named_and_asked_again_by_itself(desk: Desk) -> None:
    desk.section()
    busy = {"status": 503, "headers": {"Retry-After": "1"}, "json": {"error": "Come back soon."}}
    desk.page.route(SAVES, lambda route: route.fulfill(**busy), times=2)

    desk.page.fill(COMMENT, "patience")
    expect(desk.state).to_have_text("Not saved, kept on this device: Come back soon.")
    expect(beside(desk)).to_have_text(WORDS["en"]["kept"])

    desk.saved()
    desk.page.reload()
    assert desk.page.input_value(COMMENT) == "patience"


def test_an_answer_that_stands_is_saved_even_where_the_assessment_was_closed_meanwhile(
    desk: Desk,
) -> None:
    desk.section()

    def lose_the_reply_and_close(route: Route) -> None:
        route.fetch()
        closer = Desk(desk.context.new_page(), desk.server, desk.assessment)
        closer.open(f"/assessments/{desk.assessment}/check")
        closer.page.locator("form[action$='/submit'] button").click()
        closer.page.wait_for_url(re.compile(r"/results$"))
        route.abort()

    desk.page.route(SAVES, lose_the_reply_and_close, times=1)
    desk.page.fill(COMMENT, "in time")
    expect(beside(desk)).to_have_text(WORDS["en"]["kept"])
    connect(desk)

    desk.saved()
    expect(beside(desk)).to_have_text(re.compile("^Saved at"))
    desk.page.fill(COMMENT, "too late")
    expect(desk.page.locator(f"#q-{QUESTION} [data-refused]")).to_contain_text("no longer open")


def test_a_double_click_goes_one_section_on(desk: Desk) -> None:
    desk.section()
    desk.page.fill(COMMENT, "clicked twice")

    desk.page.get_by_role("button", name="Save and continue").dblclick()

    expect(desk.page.locator("h1")).to_have_text("The application")
    desk.section()
    assert desk.page.input_value(COMMENT) == "clicked twice"


def test_save_and_continue_without_connection_says_so_and_goes_on_later(desk: Desk) -> None:
    desk.section()
    cut(desk)
    desk.page.fill(COMMENT, "to be continued")

    desk.page.get_by_role("button", name="Save and continue").click()
    expect(desk.page.locator("#going-on")).to_contain_text("Kept on this device.")
    expect(desk.page.locator("#going-on")).to_contain_text("goes on by itself")
    connect(desk)

    expect(desk.page.locator("h1")).to_have_text("The application")
    desk.section()
    assert desk.page.input_value(COMMENT) == "to be continued"


def test_the_task_list_leads_to_what_is_only_on_this_device(desk: Desk) -> None:
    desk.section()
    cut(desk)
    desk.page.fill(COMMENT, "left behind")
    expect(beside(desk)).to_have_text(WORDS["en"]["kept"])

    desk.open(f"/assessments/{desk.assessment}")
    left = desk.page.locator("[data-drafts]")
    expect(left).to_contain_text(QUESTION)
    desk.page.unroute(SAVES)
    left.get_by_role("link", name=QUESTION).click()

    expect(beside(desk)).to_have_text(re.compile("^Saved"))  # at leaving already, perhaps
    assert desk.page.input_value(COMMENT) == "left behind"
    desk.open(f"/assessments/{desk.assessment}")
    expect(desk.page.locator("h1")).to_be_visible()
    expect(left).to_be_hidden()


# --- Signed out in mid-typing -------------------------------------------------------------------


@dataclass
class Guarded:
    """The officer with a second factor, and recovery codes that work once each."""

    desk: Desk
    codes: list[str]


@pytest.fixture
def guarded(seat: Callable[..., Desk]) -> Iterator[Guarded]:
    desk = seat(OFFICER)
    page = desk.page
    desk.open("/account/second-factor")
    page.fill("#code", pyotp.TOTP(page.locator("code").inner_text().replace(" ", "")).now())
    page.fill("#password", PASSWORD)
    page.locator("form:has(#code) button.btn-primary").click()
    codes = page.locator("ul code")
    expect(codes).to_have_count(10)
    login = desk.context.cookies()
    yield Guarded(desk, codes.all_inner_texts())
    desk.context.clear_cookies()
    desk.context.add_cookies(login)  # whatever became of the test's own
    desk.open("/account/second-factor")
    page.fill("#password", PASSWORD)
    page.locator("button.btn-danger").click()
    page.wait_for_url(re.compile("/account$"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_signing_in_in_place_asks_the_second_factor_too(guarded: Guarded, language: str) -> None:
    desk = guarded.desk.start(f"Second factor {language}")
    page = desk.page
    desk.open(f"/?lang={language}")
    desk.section()
    desk.context.clear_cookies()
    page.fill(COMMENT, "typed while signed out")

    page.fill("#again-email", OFFICER)
    page.fill("#again-password", "not-the-password-1")
    page.keyboard.press("Enter")
    expect(page.locator("dialog [data-fault]")).not_to_have_text("")
    page.fill("#again-password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#again-code")).to_be_focused()
    expect(page.locator("dialog [data-fault]")).to_be_hidden()
    found = faults(page)
    page.keyboard.type("wrong-code")
    page.keyboard.press("Enter")
    expect(page.locator("dialog [data-fault]")).to_be_visible()
    found += faults(page)
    page.fill("#again-code", guarded.codes[0])
    page.keyboard.press("Enter")

    expect(page.locator("dialog.sign-in")).to_have_count(0)
    desk.saved()
    assert found == []
    page.reload()
    assert page.input_value(COMMENT) == "typed while signed out"


def test_signing_in_can_be_put_off_and_saving_asks_again(desk: Desk) -> None:
    desk.section()
    desk.context.clear_cookies()
    desk.page.fill(COMMENT, "signed out")
    dialog = desk.page.get_by_role("dialog", name="Sign in to go on")
    expect(dialog).to_be_visible()

    desk.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(desk.state).to_have_text(WORDS["en"]["signed out"])
    desk.page.fill(COMMENT, "signed out and going on")
    expect(beside(desk)).to_have_text(WORDS["en"]["kept"])
    desk.page.get_by_role("button", name="Save", exact=True).last.click()

    dialog.get_by_label("E-mail").fill("exporter@demo.example")
    dialog.get_by_label("Password").fill(PASSWORD)
    desk.page.keyboard.press("Enter")
    expect(beside(desk)).to_have_text(re.compile("^Saved .*, Lin Yue$"))  # by the page that follows
    assert desk.page.input_value(COMMENT) == "signed out and going on"


def test_without_javascript_a_page_sent_too_late_is_sent_again(seat: Callable[..., Desk]) -> None:
    desk = seat(script=False).start("Too late without scripts")
    desk.section()
    desk.page.fill(COMMENT, "typed by hand")
    desk.context.clear_cookies()

    desk.page.get_by_role("button", name="Save", exact=True).last.click()
    expect(desk.page.locator("h1")).to_have_text("Not saved yet")
    with desk.context.expect_page() as opened:
        desk.page.locator("main").get_by_role("link", name="Sign in in a new tab").click()
    Desk(opened.value, desk.server).sign_in("exporter@demo.example")
    desk.page.get_by_role("button", name="Send it again").click()
    expect(desk.page.locator(".lede")).to_contain_text("You are signed in again.")
    desk.page.get_by_role("button", name="Send it again").click()

    expect(desk.page.locator(".notice-ok")).to_contain_text("Saved at")
    assert desk.page.input_value(COMMENT) == "typed by hand"


# --- Carried over from last time ----------------------------------------------------------------


def still_to_confirm(desk: Desk) -> int:
    return int(desk.page.locator(".side-fold [data-to-confirm] [data-number]").inner_text())


def test_carried_over_answers_are_counted_and_confirmed_one_by_one(desk: Desk) -> None:
    desk.open(f"/assessments/{desk.assessment}")
    desk.page.get_by_role("link", name="Go to the first one").click()
    expect(desk.page).to_have_url(re.compile("/sections/scope/"))
    desk.section()
    before = still_to_confirm(desk)

    desk.page.get_by_role("button", name=f"Confirm {QUESTION}").click()
    expect(beside(desk)).to_have_text(re.compile("^Saved at"))
    assert still_to_confirm(desk) == before - 1
    expect(desk.page.locator(f"#q-{QUESTION} [data-state]")).to_have_text("answered")
    expect(desk.page.locator(f"#q-{QUESTION}")).to_be_focused()

    desk.page.reload()
    assert still_to_confirm(desk) == before - 1
    expect(desk.page.get_by_role("button", name=f"Confirm {QUESTION}")).to_have_count(0)
    expect(desk.page.get_by_role("button", name=f"Confirm {OTHER}")).to_have_count(1)


def test_without_javascript_one_answer_can_be_confirmed_too(seat: Callable[..., Desk]) -> None:
    desk = seat(script=False).start("Confirm without scripts")
    desk.section()

    desk.page.get_by_role("button", name=f"Confirm {OTHER}").click()

    expect(desk.page).to_have_url(re.compile(f"#q-{OTHER}$"))
    expect(desk.page.get_by_role("button", name=f"Confirm {OTHER}")).to_have_count(0)
    expect(desk.page.get_by_role("button", name=f"Confirm {QUESTION}")).to_have_count(1)


def test_a_date_without_its_year_does_not_clear_the_answer(desk: Desk) -> None:
    desk.section("icp/compliance_audit")
    when = desk.page.locator("input[type=date]").first
    question = (when.get_attribute("name") or "").removesuffix("-value")
    when.fill("2026-05-20")
    desk.saved()

    when.focus()
    desk.page.keyboard.press("Delete")  # the month: a date that nobody can read
    expect(desk.page.locator(f"#q-{question} [data-refused]")).to_contain_text("Enter a date")
    desk.page.get_by_role("button", name="Save and continue").click()
    desk.page.reload()

    assert desk.page.locator("input[type=date]").first.input_value() == "2026-05-20"


# --- Every trouble, by the rules ----------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_troubled_states_keep_the_rules_and_fit_a_phone(
    seat: Callable[..., Desk], language: str
) -> None:
    desk = seat(phone=True).start(f"Trouble {language}")
    page, say = desk.page, WORDS[language]
    desk.open(f"/?lang={language}")
    found = []

    def look(state: str) -> None:
        found.extend(f"{state}: {fault}" for fault in faults(page))
        if sideways(page) > 0:
            found.append(f"{state}: {sideways(page)} px too wide")

    desk.section("scope/markets")
    desk.level("SCP-11", "group")
    expect(page.locator("#q-SCP-11 .conflict")).to_contain_text(say["consequence"])
    look("what a change takes away")
    page.locator("#q-SCP-11 .conflict [data-choose=leave]").click()

    desk.section()
    cut(desk)
    page.fill(COMMENT, "x" * 120)
    expect(beside(desk)).to_have_text(say["kept"])
    page.get_by_role("button", name=say["go"]).click()
    expect(page.locator("#going-on")).to_contain_text(say["goes on"])
    look("no connection")
    page.locator("[data-language-button]").focus()

    page.route(SAVES, lambda route: route.fulfill(status=422, json={"error": "x" * 60}))
    page.fill(COMMENT, "refused")
    expect(page.locator(f"#q-{QUESTION} [data-refused]")).to_be_visible()
    look("refused")
    page.unroute(SAVES)

    desk.level("LIC-20", "na")
    page.fill("#LIC-20-reason", "no")
    page.get_by_role("button", name=say["go"]).click()
    expect(page.locator(".error-summary")).to_be_focused()
    look("error summary")

    desk.context.clear_cookies()
    page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('section'))")
    expect(page.locator("form .quoted").first).to_be_visible()
    look("sent too late")

    assert found == []
