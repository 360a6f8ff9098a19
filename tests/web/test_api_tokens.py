"""Tokens for programs: shown once, revoked at once, one's own only."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

ClientOf = Callable[[str], FlaskClient]
TOKEN = re.compile(r"ecl_[\w-]{40,}")


def listed(client: FlaskClient) -> list[str]:
    return re.findall(r"/account/tokens/([0-9a-f-]{36})/revoke", client.get("/account/tokens").text)


def test_a_token_is_shown_once_and_works(client_of: ClientOf) -> None:
    client = client_of("officer@amber.example")

    made = client.post("/account/tokens", data={"name": "ERP <b>"})

    (token,) = TOKEN.findall(made.text)
    answer = client.get("/api/v1/assessments", headers={"Authorization": f"Bearer {token}"})
    again = client.get("/account/tokens").text
    assert answer.status_code == 200
    assert token not in again
    assert "ERP &lt;b&gt;" in again


def test_a_revoked_token_works_no_more(client_of: ClientOf) -> None:
    client = client_of("officer@amber.example")
    (token,) = TOKEN.findall(client.post("/account/tokens", data={"name": "ERP"}).text)

    client.post(f"/account/tokens/{listed(client)[0]}/revoke")

    answer = client.get("/api/v1/assessments", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert listed(client) == []


def test_nobody_revokes_anothers_token(client_of: ClientOf) -> None:
    owner = client_of("officer@amber.example")
    owner.post("/account/tokens", data={"name": "ERP"})
    (token_id,) = listed(owner)

    refused = client_of("exporter@amber.example").post(f"/account/tokens/{token_id}/revoke")

    assert refused.status_code == 404
    assert listed(owner) == [token_id]
