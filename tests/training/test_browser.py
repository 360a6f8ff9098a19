"""A whole class in a real browser: a trainer, a wall and five phones, in both languages."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "demo-password-1"
PEOPLE = (
    ("Ann", 1, "en"),
    ("王小明", 1, "zh"),
    ("Cem", 2, "en"),
    ("李雷", 2, "zh"),
    ("Eve", 3, "en"),
)
FIRST_LOAD = 150_000  # bytes on the wire
Opened = Callable[..., BrowserContext]
RIGHT = {
    "flags": ["RF-E07", "RF-E09", "RF-L01", "RF-L03"],
    "determine": ["stop_and_report", "end-use-changed"],
    "twist": ["licensed", "licensed-individual"],
}


@pytest.fixture
def opened(browser: Browser, live_server: Server) -> Iterator[Opened]:
    contexts: list[BrowserContext] = []

    def make(lang: str, **options: Any) -> BrowserContext:
        locale = "zh-CN" if lang == "zh" else "en-US"
        context = browser.new_context(base_url=live_server.url, locale=locale, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def on_a_phone(opened: Opened, code: str, name: str, team: int, lang: str) -> Page:
    page = opened(lang, viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    page.goto("/join")
    page.fill("#code", code.lower())
    page.click("form .btn-primary")
    page.fill("#name", name)
    page.check(f"#team-{team}")
    page.locator("form .btn-primary").first.click()
    expect(page.locator(".phone-top")).to_contain_text(name)
    return page


def next_step(wall: Page, phones: list[Page], position: int) -> None:
    wall.click("[data-next]")
    for phone in phones:
        expect(phone.locator(f'[data-live][data-position="{position}"]')).to_be_attached()


def lock_in(phone: Page, kind: str) -> None:
    for value in RIGHT.get(kind, []):
        phone.check(f'input[value="{value}"]')
    for part in phone.locator("fieldset.part").all():
        if not part.locator("input:checked").count() and part.locator("[type=radio]").count():
            part.locator("input").first.check()
    phone.click("[name=lock]")
    expect(phone.locator("[data-locked]")).to_be_attached()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_class_from_the_lobby_to_the_debrief(opened: Opened, lang: str) -> None:
    trainer = opened(lang, viewport={"width": 1280, "height": 900})
    console = trainer.new_page()
    console.goto("/login")
    console.fill("[name=email]", "trainer@demo.example")
    console.fill("[name=password]", PASSWORD)
    console.click("main form .btn-primary")
    console.goto("/classroom/new?scenario=SC-01")
    console.fill("#teams", "3")
    console.click("main form .btn-primary")
    code = console.locator(".join-code").inner_text()
    assert re.fullmatch("[A-Z]{6}", code)
    wall = trainer.new_page()
    wall.goto(f"{console.url}/board")
    words = {"en": ("Come in", "Reveal", "Right"), "zh": ("请加入", "揭晓", "正确")}[lang]
    expect(wall.locator("h1")).to_have_text(words[0])

    phones = [on_a_phone(opened, code, *person) for person in PEOPLE]
    expect(wall.locator("[data-people]")).to_have_text("5")

    next_step(wall, phones, 1)
    expect(phones[0].locator("h2").first).to_contain_text("Five-axis machine")
    expect(phones[1].locator("h2").first).to_contain_text("五轴机床")
    for position, kind in ((2, "flags"), (3, "determine"), (4, "assess")):
        next_step(wall, phones, position)
        lock_in(phones[0], kind)
        expect(phones[1].locator("[data-locked]")).to_be_attached()  # the team has spoken
        lock_in(phones[2], kind)
        lock_in(phones[4], kind)
        expect(wall.locator("[data-locked-count]")).to_have_text("3")
        expect(wall.locator("[data-team-light].on")).to_have_count(3)
        expect(wall.locator(".vote-right")).to_have_count(0)

    wall.reload()
    expect(wall.locator('[data-board][data-position="4"]')).to_be_attached()
    next_step(wall, phones, 5)
    expect(wall.locator("h1")).to_have_text(words[1])
    expect(wall.locator(".vote-mark").first).to_have_text(words[2])
    expect(phones[0].locator(".points")).to_contain_text("%")
    expect(phones[3].locator(".found-outcome")).to_contain_text("停止并报告")

    next_step(wall, phones, 6)
    lock_in(phones[0], "twist")
    next_step(wall, phones, 7)
    next_step(wall, phones, 8)

    lost = phones.pop()
    rejoin = lost.locator(".phone-foot .code").inner_text()
    lost.context.close()
    found = opened("en", viewport={"width": 390, "height": 844}).new_page()
    found.goto(f"/join/{code}")
    found.click("summary")
    found.fill("#rejoin_code", rejoin)
    found.click("details .btn")
    expect(found.locator(".phone-top")).to_contain_text("Eve")

    console.reload()
    console.locator("form[action$='/close'] button").click()
    expect(console.locator("a[href*='debrief.pdf']").first).to_be_visible()
    for phone in (*phones, found):
        expect(phone.locator("body")).to_contain_text(re.compile("410|is over|已结束"))


def test_a_first_load_is_light_and_asks_nobody_else(opened: Opened, live_server: Server) -> None:
    page = opened("en", viewport={"width": 390, "height": 844}).new_page()
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    loaded: list[float] = []
    asked: list[str] = []
    client.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/join", wait_until="networkidle")

    assert sum(loaded) <= FIRST_LOAD
    assert all(url.startswith((live_server.url, "data:")) for url in asked)


def test_a_phone_works_without_script(opened: Opened) -> None:
    trainer = opened("en").new_page()
    trainer.goto("/login")
    trainer.fill("[name=email]", "trainer@demo.example")
    trainer.fill("[name=password]", PASSWORD)
    trainer.click("main form .btn-primary")
    trainer.goto("/classroom/new?scenario=SC-11")
    trainer.fill("#teams", "0")
    trainer.click("main form .btn-primary")
    code = trainer.locator(".join-code").inner_text()

    phone = opened("en", java_script_enabled=False).new_page()
    phone.goto(f"/join/{code}")
    phone.fill("#name", "Ann")
    phone.locator("form .btn-primary").first.click()
    for _ in range(2):
        trainer.click("[data-next]")
    phone.reload()
    phone.locator("fieldset.part input").first.check()
    phone.click("[name=lock]")

    expect(phone.locator(".notice-ok")).to_be_visible()


def faults(page: Page) -> list[str]:
    """What is wrong with a page: accessibility rules, and width beyond the window."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response
    told = [
        f"{page.url}: {rule['id']}: {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*told, *([f"{page.url}: {wide} px too wide"] if wide > 0 else [])]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_keep_the_rules_and_fit(opened: Opened, lang: str, width: int) -> None:
    context = opened(lang, viewport={"width": width, "height": 844})
    page = context.new_page()
    page.goto("/login")
    page.fill("[name=email]", "trainer@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main form .btn-primary")
    page.goto("/classroom/new?scenario=SC-08")
    page.fill("#teams", "4")
    page.click("main form .btn-primary")
    console = page.url
    phone = on_a_phone(opened, page.locator(".join-code").inner_text(), "Ann", 1, lang)
    found = [*faults(page), *faults(phone)]

    for path in (
        *("/training", "/training/scenarios/SC-08", "/classroom/new", "/programmes"),
        *("/scenarios/import", "/quick-check", "/join", f"{console}/board"),
    ):
        page.goto(path)
        found += faults(page)
    for position in range(1, 9):
        next_step(page, [phone], position)
        found += [*faults(page), *faults(phone)]
    page.goto("/training/scenarios/SC-08")
    page.locator("form[action^='/scenarios/copy'] button").click()
    found += faults(page)
    page.goto("/training/scenarios/SC-08")
    page.locator("form[action$='/sandbox'] button").click()
    page.goto("/sandbox")
    found += faults(page)
    page.goto("/replay/SC-08")
    found += faults(page)
    page.goto("/sandbox")
    page.locator("form[action='/sandbox/end'] button").click()

    assert not found, "\n".join(found)
