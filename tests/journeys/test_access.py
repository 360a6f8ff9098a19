"""Accessibility rules on every page and in every state, both languages, desk and phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import QUESTION, Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/",
    "/assessments",
    "/assessments/new",
    "/evidence",
    "{a}",
    "{a}/applies",
    "{a}/questions?q=licence",
    "{a}/check",
    "{a}/results",
    "{a}/import",
    "{a}/questions/LIC-01",
    "{a}/sections/scope/organisation",
    "{a}/sections/licensing/licence-decision",
    "{a}/sections/supervision/records",
)


def faults(page: Page) -> list[str]:
    """What axe finds, one line a fault."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
    return [
        f"{page.url}: {rule['id']}: {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    width: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_pages_keep_the_rules_and_fit(
    seat: Callable[..., Desk], language: str, phone: bool
) -> None:
    desk = seat(phone=phone).start(f"Access {language} {phone}")
    found = []

    for path in PAGES:
        address = path.format(a=f"/assessments/{desk.assessment}")
        desk.open(f"{address}{'&' if '?' in address else '?'}lang={language}")
        found += faults(desk.page)
        if sideways(desk.page) > 0:
            found.append(f"{address}: {sideways(desk.page)} px too wide")

    assert found == []


def test_the_sign_in_page_keeps_the_rules(page: Page) -> None:
    page.goto("/login")

    assert faults(page) == []
    assert sideways(page) <= 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_open_boxes_and_troubled_states_keep_the_rules(
    seat: Callable[..., Desk], language: str
) -> None:
    desk = seat(phone=True).start(f"States {language}")
    other = seat("officer@demo.example")
    other.assessment = desk.assessment
    found = []
    desk.open(f"/?lang={language}")
    desk.section()
    other.section()

    desk.page.locator(f"#q-{QUESTION} .question-foot button").first.click()
    expect(desk.page.locator(f"#law-{QUESTION}")).to_be_visible()
    found += faults(desk.page)
    desk.page.keyboard.press("Escape")
    desk.page.locator(".top-button").click()
    found += faults(desk.page)
    desk.page.keyboard.press("Escape")

    other.page.fill(f"#{QUESTION}-comment", "theirs")
    other.saved()
    desk.page.fill(f"#{QUESTION}-comment", "mine")
    expect(desk.page.locator(".conflict")).to_be_visible()
    found += faults(desk.page)
    desk.page.locator(".conflict button").first.click()
    desk.saved()

    desk.context.clear_cookies()
    desk.page.fill(f"#{QUESTION}-comment", "signed out")
    expect(desk.page.locator("dialog.sign-in")).to_be_visible()
    found += faults(desk.page)

    assert found == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_error_summary_keeps_the_rules_and_has_the_focus(
    seat: Callable[..., Desk], language: str
) -> None:
    desk = seat()
    desk.open(f"/assessments/new?lang={language}")
    desk.page.fill("#title", " ")

    desk.page.click("main form.panel button")

    expect(desk.page.locator(".error-summary")).to_be_focused()
    assert faults(desk.page) == []
    desk.page.locator(".error-summary a").click()
    expect(desk.page.locator("#title")).to_be_focused()


def test_the_named_change_of_scope_keeps_the_rules(seat: Callable[..., Desk]) -> None:
    desk = seat(script=False).start("Scope without scripts")
    desk.section("scope/markets")

    desk.page.locator('label[for="SCP-11-value-group"]').click()
    desk.page.get_by_role("button", name="Save", exact=True).last.click()

    expect(desk.page.locator("h1")).to_have_text("This changes what is asked")
    desk.page.get_by_role("button", name="Change it").click()
    expect(desk.page.locator("#SCP-11-value-group")).not_to_be_checked()


def test_a_seeded_fault_is_found(desk: Desk) -> None:
    desk.page.evaluate("document.body.append(document.createElement('img'))")

    assert any("image-alt" in fault for fault in faults(desk.page))


def test_zoomed_to_twice_the_size_nothing_is_cut_off(seat: Callable[..., Desk]) -> None:
    desk = seat().start("Zoom")
    desk.page.set_viewport_size({"width": 640, "height": 450})

    for path in PAGES:
        desk.open(path.format(a=f"/assessments/{desk.assessment}"))
        assert sideways(desk.page) <= 0, path
