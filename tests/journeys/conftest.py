"""Journeys: a real browser on the real server, in an assessment that belongs to the test alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.serving import Server

PASSWORD = "demo-password-1"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SECTION = "licensing/licence-decision"
QUESTION = "LIC-01"

expect.set_options(timeout=30_000)


@dataclass
class Desk:
    """A person at a browser of their own, signed in, with the address of one assessment."""

    page: Page
    server: Server
    assessment: str = ""

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server.url}{path}")

    def sign_in(self, email: str) -> "Desk":
        self.open("/login")
        self.page.fill("#email", email)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form button")
        self.page.wait_for_url(f"{self.server.url}/")
        return self

    def start(self, title: str) -> "Desk":
        """A fresh assessment with the demo's answers, opened at its task list.

        It is dated earlier than the demo's, so that the demo's stays the newest for other tests.
        """
        self.open("/assessments/new")
        self.page.fill("#title", title)
        self.page.fill("#as_of", "2026-06-01")
        self.page.check("#previous-1")
        self.page.click("main form.panel button")
        self.page.wait_for_url(re.compile(r"/assessments/[0-9a-f-]{36}$"))
        self.assessment = self.page.url.rsplit("/", 1)[1]
        return self

    def section(self, section: str = SECTION) -> None:
        self.open(f"/assessments/{self.assessment}/sections/{section}")

    def level(self, question: str, level: int | str) -> None:
        self.page.locator(f'label[for="{question}-value-{level}"]').click()

    def checked(self, question: str) -> str:
        return (
            self.page.locator(f'input[name="{question}-value"]:checked').get_attribute("value")
            or ""
        )

    @property
    def state(self):  # type: ignore[no-untyped-def]
        """What the page says about saving."""
        return self.page.locator("#save")

    def saved(self) -> None:
        """Wait until nothing typed is unsaved."""
        expect(self.state).to_have_text(re.compile(r"^(Saved at|All answers saved|已于|全部答案)"))


@pytest.fixture
def seat(browser: Browser, live_server: Server) -> Iterator[Callable[..., Desk]]:
    """`seat("exporter@demo.example")`: a person at a browser; `phone=True`, `script=False`."""
    contexts = []

    def seated(
        email: str = "exporter@demo.example",
        *,
        phone: bool = False,
        script: bool = True,
        locale: str = "en",
    ) -> Desk:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            java_script_enabled=script,
            locale=locale,
        )
        contexts.append(context)
        return Desk(context.new_page(), live_server).sign_in(email)

    yield seated
    for context in contexts:
        context.close()


@pytest.fixture
def desk(seat: Callable[..., Desk], request: pytest.FixtureRequest) -> Desk:
    """The exporter at a desk with an assessment of this test."""
    return seat().start(request.node.name[:60])
