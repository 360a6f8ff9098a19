"""From the exporter's desk to a sealed result and its report, in both languages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk
from tests.journeys.test_access import faults, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OFFICER = "officer@demo.example"
REPORTS_WITHIN_S = 240
WORDS = {
    "en": {"agreed": "agreed with", "proposed": "another level proposed", "sealed": "sealed"},
    "zh": {"agreed": "已同意", "proposed": "建议另定等级", "sealed": "已封存"},
}


def submitted(desk: Desk) -> None:
    """Hand the assessment in from its check page."""
    desk.open(f"/assessments/{desk.assessment}/check")
    desk.page.locator("form[action$='/submit'] button").click()
    desk.page.wait_for_url(re.compile(r"/results$"))


def card(page: Page, question: str):  # type: ignore[no-untyped-def]
    return page.locator(f"#q-{question}")


def press_on(page: Page, question: str, key: str) -> None:
    card(page, question).focus()
    page.keyboard.press(key)


def finished_reports(desk: Desk) -> list[str]:
    """Addresses of the two reports, once they are made."""
    links = desk.page.locator("a[href^='/reports/'][href$='/download']")
    for _ in range(REPORTS_WITHIN_S // 2):
        desk.open(f"/reports?assessment={desk.assessment}")
        rows = desk.page.locator("tr", has_text=TITLE.get(desk.assessment, "")).filter(has=links)
        if rows.count() >= 2:
            return [
                rows.nth(i).locator("a[href$='/download']").get_attribute("href") or ""
                for i in range(2)
            ]
        desk.page.wait_for_timeout(2000)
    raise AssertionError("the reports were not made in time")


TITLE: dict[str, str] = {}  # assessment -> its title, as the list of reports shows it
PAGES = (
    "/review",
    "/review/{a}",
    "/review/{a}/modules/licensing",
    "/review/{a}/seal",
    "/assessments/{a}/review-notes",
    "/assessments/{a}/plan?target=B",
    "/assessments/{a}/general-licence",
    "/assessments/{a}/exposure",
    "/assessments/{a}/remedies/new",
    "/assessments/{a}/consultations",
    "/remediation",
    "/remediation?view=board",
    "/portfolio",
    "/comparison",
    "/roles",
    "/group",
)


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_exporter_to_officer_to_seal_to_report(seat: Callable[..., Desk], tongue: str) -> None:
    title = f"From desk to seal, {tongue}"
    exporter = seat(locale=tongue).start(title)
    submitted(exporter)
    officer = seat(OFFICER, locale=tongue)
    officer.assessment = exporter.assessment
    TITLE[officer.assessment] = title
    words, page = WORDS[tongue], officer.page

    officer.open(f"/review?lang={tongue}")
    page.locator("li", has_text=title).locator("form[action$='/start'] button").click()
    officer.open(f"/review/{officer.assessment}/modules/licensing")
    press_on(page, "LIC-01", "a")
    expect(card(page, "LIC-01")).to_contain_text(words["agreed"])
    press_on(page, "LIC-19", "p")
    page.select_option("#LIC-19-proposed", "1")
    page.fill("#LIC-19-propose-comment", "The samples of May show no form.")
    page.keyboard.press("Control+Enter")
    expect(card(page, "LIC-19")).to_contain_text(words["proposed"])
    officer.open(f"/review/{officer.assessment}/seal")
    page.locator("form[action$='/seal'] button").click()

    page.wait_for_url(re.compile(r"/snapshot$"))
    digest = page.locator(".digest").inner_text()
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest.strip())
    expect(page.locator("main")).to_contain_text(words["sealed"])
    expect(page.locator("main")).to_contain_text("The samples of May show no form.")
    for address in finished_reports(officer):
        made = officer.context.request.get(f"{officer.server.url}{address}")
        assert made.ok
        assert made.body().startswith(b"%PDF-")
    exporter.open(f"/assessments/{officer.assessment}")
    expect(exporter.page.locator("main")).to_contain_text(words["sealed"])


def test_a_returned_question_comes_back_with_its_reason(seat: Callable[..., Desk]) -> None:
    exporter = seat().start("Sent back once")
    submitted(exporter)
    officer = seat(OFFICER)
    page = officer.page
    officer.open("/review")
    page.locator("li", has_text="Sent back once").locator("form[action$='/start'] button").click()

    officer.open(f"/review/{exporter.assessment}/modules/licensing")
    press_on(page, "LIC-01", "r")
    page.fill("#LIC-01-return-comment", "Name who decides.")
    page.keyboard.press("Control+Enter")
    expect(card(page, "LIC-01")).to_contain_text("Name who decides.")
    officer.open(f"/review/{exporter.assessment}")
    page.locator("form[action$='/return'] button").click()

    exporter.open(f"/assessments/{exporter.assessment}")
    exporter.page.get_by_role("link", name="What the reviewer said").click()
    expect(exporter.page.locator("main")).to_contain_text("Name who decides.")


def test_the_desk_works_without_script(seat: Callable[..., Desk]) -> None:
    exporter = seat().start("Without script")
    submitted(exporter)
    officer = seat(OFFICER, script=False)
    page = officer.page
    officer.open("/review")
    page.locator("li", has_text="Without script").locator("form[action$='/start'] button").click()

    officer.open(f"/review/{exporter.assessment}/modules/licensing")
    card(page, "LIC-01").locator("[data-agree] button").click()

    expect(card(page, "LIC-01")).to_contain_text("agreed with")


def test_ticking_a_remedy_changes_the_figures_at_once(seat: Callable[..., Desk]) -> None:
    exporter = seat().start("What if")
    page = exporter.page
    exporter.open(f"/assessments/{exporter.assessment}/plan")
    before = page.locator(".outcome-score b").inner_text()

    page.locator("input[name=lift]").first.check()

    expect(page.locator(".outcome")).to_contain_text("1 remedy ticked")
    assert float(page.locator(".outcome-score b").inner_text()) > float(before)


@pytest.mark.parametrize("tongue", ["en", "zh"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_officers_pages_keep_the_rules_and_fit(
    seat: Callable[..., Desk], tongue: str, phone: bool
) -> None:
    exporter = seat().start(f"Officer's access {tongue} {phone}")
    officer = seat(OFFICER, phone=phone)
    found = []

    for path in PAGES:
        address = path.format(a=exporter.assessment)
        officer.open(f"{address}{'&' if '?' in address else '?'}lang={tongue}")
        found += faults(officer.page)
        if sideways(officer.page) > 0:
            found.append(f"{address}: {sideways(officer.page)} px too wide")

    assert found == []
