"""Filled in on a train: the spreadsheet goes out, comes back, and is compared first."""

import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.conftest import QUESTION, Desk
from tests.journeys.test_access import faults, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANSWER, COMMENT = 4, 6  # columns


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_spreadsheet_filled_in_elsewhere_is_compared_before_it_is_taken_in(
    seat: Callable[..., Desk], language: str
) -> None:
    desk = seat(phone=True).start(f"Spreadsheet {language}")
    page = desk.page
    desk.open(f"/assessments/{desk.assessment}?lang={language}")
    with page.expect_download() as download:
        page.locator("a[href$='questionnaire.xlsx']").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    row = next(row for row in book.active.iter_rows() if row[0].value == QUESTION)
    row[ANSWER - 1].value = 1
    row[COMMENT - 1].value = "Filled in on the train 火车上填写"
    filled = io.BytesIO()
    book.save(filled)

    page.locator("a[href$='/import']").click()
    page.set_input_files(
        "#file",
        {"name": "自评.xlsx", "mimeType": "application/octet-stream", "buffer": filled.getvalue()},
    )
    page.locator("form[enctype] button").click()
    change = page.locator("tbody tr")
    expect(change).to_have_count(1)
    expect(change).to_contain_text(QUESTION)
    expect(change).to_contain_text("Filled in on the train")
    found = faults(page)
    assert sideways(page) <= 0
    page.locator("form[action$='/confirm'] button").click()

    expect(page.locator(".notice-ok")).to_be_visible()
    desk.section()
    assert desk.checked(QUESTION) == "1"
    assert page.input_value(f"#{QUESTION}-comment") == "Filled in on the train 火车上填写"
    assert found == []
