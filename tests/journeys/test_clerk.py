"""The clerk with an order on the desk: from the first question to the note, in both languages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = {
    "en": {
        "no": "No",
        "yes": "Yes",
        "none": "None",
        "civil": "Dual-use or civil item",
        "add": "Add and screen",
        "all": "These are all, go on",
        "complete": "Complete, signed by the end user",
        "no case": "None of these",
        "outcome": "Licence required",
        "save": "Save in the register",
        "saved": "Saved in the register.",
        "clock": "45 working days",
        "note": "Note as PDF",
    },
    "zh": {
        "no": "否",
        "yes": "是",
        "none": "没有",
        "civil": "两用物项或者民用物项",
        "add": "添加并筛查",
        "all": "已全部列出，继续",
        "complete": "完整，由最终用户签署",
        "no case": "均不属于",
        "outcome": "须申请许可",
        "save": "存入登记簿",
        "saved": "已存入登记簿",
        "clock": "45个工作日",
        "note": "判定单（PDF）",
    },
}
GO_ON = "form:has(#value) button.btn-primary"


def answer(page: Page, words: str) -> None:
    page.locator("#value").get_by_text(words, exact=True).click()
    page.locator(GO_ON).click()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_listed_item_is_asked_through_saved_and_printed(
    seat: Callable[..., Desk], language: str, phone: bool
) -> None:
    clerk, say = seat(phone=phone, script=not phone), WORDS[language]
    page = clerk.page
    clerk.open(f"/transactions?lang={language}")
    page.fill("#title", f"Order {language} {phone}")
    page.fill("#destination", "DE")
    page.locator("form.panel button.btn-primary").click()

    answer(page, say["no"])  # banned item
    answer(page, say["no"])  # barred destination
    page.fill("#name", "Halden Cycle Parts")
    page.get_by_role("button", name=say["add"]).click()
    page.get_by_role("button", name=say["all"]).click()
    answer(page, say["civil"])
    answer(page, say["yes"])  # listed
    for _danger in range(6):  # three dangers, notice, changed use, bad papers
        answer(page, say["no"])
    page.get_by_role("button", name=say["all"]).click()  # red flags
    answer(page, say["none"])  # licence
    answer(page, say["no case"])
    answer(page, say["complete"])

    expect(page.locator("#outcome")).to_have_text(say["outcome"])
    expect(page.get_by_text(say["clock"])).to_be_visible()
    page.get_by_role("button", name=say["save"]).click()
    expect(page.get_by_text(re.compile(say["saved"]))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=say["note"]).click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
