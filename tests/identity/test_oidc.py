"""Signing in by OpenID Connect, against a small provider of its own process thread."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import select

from compliance.database import shared_reading, shared_session
from compliance.identity import Person
from compliance.settings import Settings
from compliance.web import create_app

CLIENT, SECRET = "self-assessment", "a secret between the two"


class Provider:
    """Issues codes and signed tokens as the specification says; `claims` says for whom."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.signing_key = self.key
        self.claims: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorise(self, address: str) -> str:
        """What the person's browser is sent back with."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"/login/oidc/callback?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"]:
            return None
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "nonce": asked["nonce"],
            **self.claims,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.endswith("openid-configuration"):
                    at = provider.issuer
                    self._say(
                        {
                            "issuer": at,
                            "authorization_endpoint": f"{at}/authorize",
                            "token_endpoint": f"{at}/token",
                            "jwks_uri": f"{at}/keys",
                            "id_token_signing_alg_values_supported": ["RS256"],
                        }
                    )
                else:
                    self._say({"keys": [provider.key.as_dict(private=False)]})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: value[0] for name, value in parse_qs(body).items()}
                answer = provider.token(form)
                self._say(answer or {"error": "invalid_grant"}, 200 if answer else 400)

            def _say(self, document: dict[str, Any], status: int = 200) -> None:
                content = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def app(settings: Settings, provider: Provider) -> Iterator[Flask]:
    app = create_app(
        dataclasses.replace(
            settings,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    provider.claims = {
        "sub": "42",
        "email": "officer@amber.example",
        "email_verified": True,
    }
    provider.signing_key = provider.key
    yield app
    app.extensions["engine"].dispose()


def sign_in(client: FlaskClient, provider: Provider, next_: str = "/account") -> str:
    """Through the provider and back; where the browser ends up."""
    away = client.get("/login/oidc", query_string={"next": next_})
    assert away.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.authorise(away.headers["Location"])).headers["Location"]


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_sign_in_page_offers_it(client: FlaskClient) -> None:
    assert "/login/oidc" in client.get("/login").text


def test_a_verified_address_is_let_in_and_bound(
    client: FlaskClient, app: Flask, provider: Provider
) -> None:
    assert sign_in(client, provider, "/people") == "/people"
    assert is_in(client)

    with shared_reading(app.extensions["engine"]) as session:
        subject = session.scalars(
            select(Person.oidc_subject).where(Person.email == "officer@amber.example")
        ).one()
    assert subject == f"{provider.issuer} 42"
    provider.claims["email"] = "renamed@amber.example"
    assert sign_in(app.test_client(), provider) == "/account"
    provider.claims |= {"sub": "43", "email": "officer@amber.example"}
    assert sign_in(app.test_client(), provider) == "/login"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@amber.example"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"nonce": "another"},
        {"exp": 1},
        {"sub": None},
    ],
)
def test_an_answer_that_does_not_fit_lets_nobody_in(
    client: FlaskClient, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims

    assert sign_in(client, provider) == "/login"
    assert not is_in(client)


def test_another_key_lets_nobody_in(client: FlaskClient, provider: Provider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, parameters={"kid": "one"})

    assert sign_in(client, provider) == "/login"


def test_an_answer_is_for_the_browser_that_asked(
    client: FlaskClient, app: Flask, provider: Provider
) -> None:
    away = client.get("/login/oidc").headers["Location"]
    back = provider.authorise(away)

    victim = app.test_client()
    assert victim.get(back).headers["Location"] == "/login"
    assert not is_in(victim)


def test_an_answer_is_good_once(client: FlaskClient, app: Flask, provider: Provider) -> None:
    back = provider.authorise(client.get("/login/oidc").headers["Location"])

    assert client.get(back).headers["Location"] == "/"
    assert client.get(back).headers["Location"] == "/login"


def test_the_second_factor_is_still_owed(
    client: FlaskClient, app: Flask, provider: Provider
) -> None:
    with shared_session(app.extensions["engine"]) as session:
        person = session.scalars(
            select(Person).where(Person.email == "officer@amber.example")
        ).one()
        person.totp_secret = "sealed"

    assert sign_in(client, provider).startswith("/login/code")
    assert not is_in(client)


def test_a_provider_that_is_away_is_told(client: FlaskClient, settings: Settings) -> None:
    app = create_app(
        dataclasses.replace(settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT)
    )

    answer = app.test_client().get("/login/oidc")

    assert answer.headers["Location"] == "/login"
    app.extensions["engine"].dispose()


def test_nothing_of_it_without_a_provider(settings: Settings) -> None:
    app = create_app(settings)

    assert app.test_client().get("/login/oidc").status_code == 404
    assert "/login/oidc" not in app.test_client().get("/login").text
    app.extensions["engine"].dispose()
