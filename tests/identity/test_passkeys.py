"""Passkeys in a real browser with a virtual authenticator, and answers that don't fit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from compliance.cli.demo import PASSWORD
from tests.support.serving import Server

Sign = Callable[..., FlaskClient]
TRAINER = "trainer@demo.example"


@pytest.fixture
def at(page: Page, own_server: Server) -> str:
    """The server under a name that passkeys may be made for; the device unlocks by itself."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    return f"http://localhost:{own_server.port}"


@pytest.mark.browser
@pytest.mark.slow
def test_a_passkey_is_made_and_signs_in(page: Page, at: str) -> None:
    page.goto(f"{at}/login")
    page.get_by_label("E-mail").fill(TRAINER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{at}/account")
    page.get_by_label("Name of the device").fill("Laptop")
    form = page.locator("[data-passkey-form]")
    form.get_by_label("Present password").fill("not it")
    form.get_by_role("button").click()
    expect(page.locator("[data-passkey-fault]")).to_have_text("The password is not right.")
    form.get_by_label("Present password").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(page.get_by_role("rowheader", name="Laptop")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{at}/login?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url(f"{at}/account")
    expect(page.get_by_role("rowheader", name="Laptop")).to_be_visible()


@pytest.mark.parametrize(
    "answer",
    [{}, {"id": "x"}, {"id": "x", "response": {}},
     {"id": "x", "response": {"clientDataJSON": "e30"}},
     {"id": "x", "response": {"clientDataJSON": "!!"}}, {"id": ["x"], "response": None}],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused(
    client: FlaskClient, sign_in: Sign, answer: dict[str, object]
) -> None:
    assert client.post("/login/passkey", json=answer).status_code == 422
    sign_in(client, "officer@amber.example")
    made = client.post("/account/passkeys", json={"credential": answer, "name": "x"})
    assert made.status_code == 422


@pytest.mark.parametrize("sent", ["not json", "[]", "null"])
def test_what_is_no_answer_is_refused(client: FlaskClient, sent: str) -> None:
    answer = client.post("/login/passkey", data=sent, content_type="application/json")

    assert answer.status_code == 400


def test_a_challenge_is_for_whoever_asked(client: FlaskClient, sign_in: Sign) -> None:
    import base64
    import json

    challenge = client.post("/login/passkey/options", json={}).get_json()["challenge"]
    said = base64.urlsafe_b64encode(json.dumps({"challenge": challenge}).encode()).decode()
    answer = {"id": "x", "response": {"clientDataJSON": said.rstrip("=")}}
    sign_in(client, "officer@amber.example")

    assert client.post("/account/passkeys", json={"credential": answer}).status_code == 422
