"""A colleague on a phone: invited by link for one module, and at work there within a minute."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import PHONE, QUESTION, Desk
from tests.journeys.test_access import faults, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_invited_colleague_fills_in_one_module_on_a_phone(
    seat: Callable[..., Desk], browser: Browser, language: str
) -> None:
    exporter = seat().start(f"With a colleague {language}")
    office = seat("admin@demo.example", phone=True)
    found = []

    def look(desk: Desk) -> None:
        found.extend(faults(desk.page))
        if sideways(desk.page) > 0:
            found.append(f"{desk.page.url}: {sideways(desk.page)} px too wide")

    office.open(f"/people?lang={language}")
    office.page.fill("#email", f"clerk-{language}@demo.example")
    office.page.check("#limited")
    office.page.check("#module-licensing")
    office.page.locator("form[action$='/invitations'] button").click()
    link = urlsplit(office.page.locator(".notice-ok code").inner_text()).path
    look(office)

    context = browser.new_context(viewport=PHONE, has_touch=True, locale=language)
    clerk = Desk(context.new_page(), office.server, exporter.assessment)
    clerk.open(f"{link}?lang={language}")
    look(clerk)
    clerk.page.fill("#name", "Ren Bo")
    clerk.page.fill("#new_password", "three wet umbrellas")
    clerk.page.locator("main form button").click()
    clerk.page.wait_for_url(lambda address: "/invitations/" not in address)
    clerk.open(f"/assessments/{clerk.assessment}?lang={language}")
    look(clerk)
    expect(clerk.page.locator(".task-module")).to_have_count(1)
    clerk.section()
    look(clerk)
    clerk.level(QUESTION, 4)
    clerk.saved()
    clerk.section("icp/organisation")
    expect(clerk.page.locator("h1")).not_to_have_text(re.compile("^$"))
    expect(clerk.page.locator("[data-question]")).to_have_count(0)
    context.close()

    exporter.section()
    assert exporter.checked(QUESTION) == "4"
    expect(exporter.page.locator(f"#q-{QUESTION} [data-save]")).to_contain_text("Ren Bo")
    assert found == []
