"""Filling in with a real browser: nothing is lost, nothing is silently overwritten."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, expect

from tests.journeys.conftest import QUESTION, Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_choice_is_saved_by_itself_and_stands_after_reloading(desk: Desk) -> None:
    desk.section()

    desk.level(QUESTION, 4)
    desk.saved()

    desk.page.reload()
    assert desk.checked(QUESTION) == "4"


def test_a_section_filled_in_on_a_phone_survives_a_cut_connection(
    seat: Callable[..., Desk],
) -> None:
    clerk = seat(phone=True).start("On the road")
    clerk.section()
    clerk.level(QUESTION, 1)
    clerk.saved()

    clerk.context.set_offline(True)
    clerk.level("LIC-19", 2)
    clerk.page.fill("#LIC-19-comment", "Written in a tunnel")
    expect(clerk.state).to_have_text("No connection. Kept on this device.")
    clerk.context.set_offline(False)
    clerk.saved()

    clerk.page.reload()
    assert clerk.checked("LIC-19") == "2"
    assert clerk.page.input_value("#LIC-19-comment") == "Written in a tunnel"


def test_what_was_typed_offline_comes_back_after_the_tab_was_closed(desk: Desk) -> None:
    desk.section()
    desk.context.set_offline(True)
    desk.page.fill(f"#{QUESTION}-comment", "Laptop closed")
    desk.page.wait_for_timeout(100)
    desk.page.close()
    desk.context.set_offline(False)

    desk.page = desk.context.new_page()
    desk.section()

    assert desk.page.input_value(f"#{QUESTION}-comment") == "Laptop closed"
    desk.saved()


def test_two_people_on_one_question_are_asked_and_both_texts_can_stay(
    seat: Callable[..., Desk], desk: Desk
) -> None:
    officer = seat("officer@demo.example")
    officer.assessment = desk.assessment
    desk.section()
    officer.section()

    officer.page.fill(f"#{QUESTION}-comment", "From the officer")
    officer.saved()
    desk.page.fill(f"#{QUESTION}-comment", "From the exporter")
    box = desk.page.locator(f"#q-{QUESTION} .conflict")
    expect(box).to_contain_text("Shen Rui changed this answer")
    expect(box).to_contain_text("From the officer")
    expect(box).to_contain_text("From the exporter")
    expect(desk.state).to_have_text(f"{QUESTION}: Not saved: someone else changed this")
    box.get_by_role("button", name="Combine").click()
    desk.saved()

    officer.page.reload()
    both = officer.page.input_value(f"#{QUESTION}-comment")
    assert both == "From the exporter\n\nFrom the officer"


@pytest.mark.parametrize(("button", "stands"), [("Keep mine", "mine"), ("Take theirs", "theirs")])
def test_the_choice_after_a_conflict_is_what_stands(
    seat: Callable[..., Desk], desk: Desk, button: str, stands: str
) -> None:
    officer = seat("officer@demo.example")
    officer.assessment = desk.assessment
    desk.section()
    officer.section()
    officer.page.fill(f"#{QUESTION}-comment", "theirs")
    officer.saved()
    desk.page.fill(f"#{QUESTION}-comment", "mine")

    desk.page.locator(f"#q-{QUESTION} .conflict").get_by_role("button", name=button).click()
    desk.saved()

    desk.page.reload()
    assert desk.page.input_value(f"#{QUESTION}-comment") == stands


def test_a_session_that_ends_in_mid_typing_is_renewed_in_place(desk: Desk) -> None:
    desk.section()
    cookies = desk.context.cookies()
    desk.context.clear_cookies()

    desk.page.fill(f"#{QUESTION}-comment", "Typed while signed out")
    dialog = desk.page.get_by_role("dialog", name="Sign in to go on")
    expect(dialog).to_be_visible()
    dialog.get_by_label("E-mail").fill("exporter@demo.example")
    dialog.get_by_label("Password").fill("demo-password-1")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    desk.saved()

    desk.page.reload()
    assert cookies
    assert desk.page.input_value(f"#{QUESTION}-comment") == "Typed while signed out"


def test_the_back_button_shows_what_was_saved(desk: Desk) -> None:
    desk.section()
    desk.level(QUESTION, 2)
    desk.saved()
    desk.page.get_by_role("button", name="Save and continue").click()
    expect(desk.page.locator("h1")).not_to_have_text("Is a licence needed?")

    desk.page.go_back()

    expect(desk.page.locator("h1")).to_have_text("Is a licence needed?")
    assert desk.checked(QUESTION) == "2"
    desk.level(QUESTION, 3)
    desk.saved()


def test_a_second_tab_follows_the_first(desk: Desk) -> None:
    other = Desk(desk.context.new_page(), desk.server, desk.assessment)
    desk.section()
    other.section()

    desk.level(QUESTION, 1)
    desk.saved()

    expect(other.page.locator(f"#{QUESTION}-value-1")).to_be_checked()
    other.page.fill(f"#{QUESTION}-comment", "from the second tab")
    other.saved()
    assert other.page.locator(".conflict").count() == 0


def test_a_section_can_be_filled_in_by_keyboard_alone(desk: Desk) -> None:
    desk.section()
    keys = desk.page.keyboard

    desk.page.locator(f'input[name="{QUESTION}-value"]:checked').focus()
    keys.press("4")
    assert desk.checked(QUESTION) == "4"
    keys.press("ArrowUp")
    assert desk.checked(QUESTION) == "3"
    keys.press("Tab")
    keys.press("Control+A")
    keys.type("Typed without a mouse, 4 n")
    assert desk.checked(QUESTION) == "3"
    keys.press("Control+Enter")
    expect(desk.page.locator("h1")).not_to_have_text("Is a licence needed?")

    desk.section()
    assert desk.checked(QUESTION) == "3"
    assert desk.page.input_value(f"#{QUESTION}-comment") == "Typed without a mouse, 4 n"


def test_single_letters_do_nothing_outside_a_question(desk: Desk) -> None:
    desk.section()
    before = desk.checked(QUESTION)

    desk.page.locator("body").press("0")
    desk.page.locator(f"#{QUESTION}-comment").press("0")

    assert desk.checked(QUESTION) == before


def test_n_says_that_it_does_not_apply_and_asks_for_the_reason(desk: Desk) -> None:
    desk.section()

    desk.page.locator('input[name="LIC-20-value"]').first.focus()
    desk.page.keyboard.press("n")

    expect(desk.page.locator("#LIC-20-reason")).to_be_focused()
    expect(desk.page.locator("#LIC-20-value-na")).to_be_checked()
    desk.page.keyboard.type("We hold no technology of our own at all.")
    desk.saved()
    expect(desk.page.locator("#q-LIC-20 [data-state]")).to_have_text("does not apply")


def test_a_change_of_scope_names_what_it_takes_away_before_it_is_done(desk: Desk) -> None:
    desk.section("scope/markets")
    expect(desk.page.locator("#SCP-11-value-group")).to_be_checked()

    desk.page.locator('label[for="SCP-11-value-group"]').click()
    box = desk.page.locator("#q-SCP-11 .conflict")
    expect(box).to_contain_text("This changes what is asked")
    expect(box).to_contain_text("INT-22")
    expect(desk.state).to_have_text("SCP-11: Waiting for your choice")
    box.get_by_role("button", name="Leave it as it was").click()

    expect(desk.page.locator("#SCP-11-value-group")).to_be_checked()
    desk.page.locator('label[for="SCP-11-value-group"]').click()
    box.get_by_role("button", name="Change it").click()
    desk.saved()
    desk.page.reload()
    expect(desk.page.locator("#SCP-11-value-group")).not_to_be_checked()


def test_the_language_switch_keeps_the_place_and_what_was_typed(desk: Desk) -> None:
    desk.section()
    desk.page.fill(f"#{QUESTION}-comment", "Typed before the switch")

    desk.page.get_by_role("button", name="中文").click()

    expect(desk.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(desk.page).to_have_url(re.compile("licensing/licence-decision"))
    assert desk.page.input_value(f"#{QUESTION}-comment") == "Typed before the switch"


def test_signing_out_asks_first_where_a_draft_would_be_lost_and_then_leaves_none(
    desk: Desk,
) -> None:
    desk.section()
    desk.page.route("**/answers/**", lambda route: route.abort())
    desk.page.fill(f"#{QUESTION}-comment", "Trade secret")
    drafts = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"
    assert desk.page.evaluate(drafts) == 1
    asked: list[str] = []

    def sign_out(answer: str) -> None:
        def decide(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.accept() if answer == "yes" else dialog.dismiss()

        desk.page.once("dialog", decide)
        desk.page.get_by_role("button", name=re.compile("Menu")).click()
        desk.page.get_by_role("button", name="Sign out").click()

    sign_out("no")
    assert desk.page.evaluate(drafts) == 1
    desk.page.keyboard.press("Escape")
    sign_out("yes")
    desk.page.wait_for_url(re.compile("/login"))

    assert "Signing out deletes them here" in asked[0]
    assert len(asked) == 2
    assert desk.page.evaluate(drafts) == 0


def test_without_javascript_a_section_can_be_filled_in(seat: Callable[..., Desk]) -> None:
    desk = seat(script=False).start("Without scripts")
    desk.section()

    desk.level(QUESTION, 1)
    desk.page.fill(f"#{QUESTION}-comment", "Plain form")
    desk.page.get_by_role("button", name="Save and continue").click()

    expect(desk.page.locator(".notice-ok")).to_contain_text("Saved at")
    desk.section()
    assert desk.checked(QUESTION) == "1"
    assert desk.page.input_value(f"#{QUESTION}-comment") == "Plain form"
    desk.page.locator("button", has_text="Legal basis").first.click()
    expect(desk.page.get_by_role("dialog", name=f"Legal basis of {QUESTION}")).to_be_visible()


def test_without_javascript_a_clash_asks_before_anything_is_overwritten(
    seat: Callable[..., Desk],
) -> None:
    desk = seat(script=False).start("Clash without scripts")
    officer = seat("officer@demo.example")
    officer.assessment = desk.assessment
    desk.section()
    officer.section()
    officer.page.fill(f"#{QUESTION}-comment", "From the officer")
    officer.saved()

    desk.page.fill(f"#{QUESTION}-comment", "From the exporter")
    desk.page.get_by_role("button", name="Save", exact=True).last.click()
    expect(desk.page.locator(".error-summary")).to_contain_text("someone else changed")
    expect(desk.page.locator(f"#{QUESTION}-clash")).to_contain_text("From the officer")
    desk.page.check(f"#{QUESTION}-choice-combine")
    desk.page.get_by_role("button", name="Save", exact=True).last.click()

    desk.section()
    both = desk.page.input_value(f"#{QUESTION}-comment")
    assert both == "From the exporter\n\nFrom the officer"
