"""Signing in by OpenID Connect, where the installation names a provider.

The provider says who somebody is; whether they have an account, in which firm and role, is decided
here: an unknown address gets no account by itself.
"""

from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.database import firm_session, shared_session
from compliance.identity import Credentials, WrongCredentialsError, oidc
from compliance.web.context import engine, settings
from compliance.web.guards import actor_or_none, public
from compliance.web.login import inside, log, sign_in

blueprint = Blueprint("oidc", __name__, url_prefix="/login/oidc")
TARGET = "oidc_target"
TIMEOUT_S = 10


def init_app(app: Flask) -> None:
    """Register the provider that the settings name."""
    chosen = app.extensions["settings"]
    app.jinja_env.globals["oidc_offered"] = bool(chosen.oidc_issuer)
    if not chosen.oidc_issuer:
        return
    from authlib.integrations.flask_client import OAuth

    registry = OAuth(app)
    registry.register(
        "provider",
        client_id=chosen.oidc_client_id,
        client_secret=chosen.oidc_client_secret,
        server_metadata_url=f"{chosen.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "timeout": TIMEOUT_S,
        },
    )
    app.extensions["oidc"] = registry.provider


@blueprint.get("")
@public
def begin() -> Response:
    """Send the browser to the provider. By GET: our policy lets no form lead to another site."""
    target = inside(request.args.get("next"))
    if actor_or_none() is not None:  # a strict cookie would not come back from the provider
        return redirect(target)
    session[TARGET] = target
    try:
        away: Response = _provider().authorize_redirect(
            settings().base_url + url_for("oidc.callback")
        )
    except _faults():
        return _failed("provider_unreachable")
    return away


@blueprint.get("/callback")
@public
def callback() -> Response:
    """The provider's answer: state, nonce, signature, issuer and audience are checked."""
    try:
        token = _provider().authorize_access_token()
        claims = token.get("userinfo") or {}
        found = _person(claims)
    except WrongCredentialsError:
        return _failed("no_account")
    except _faults():
        return _failed("answer_not_valid")
    target = session.get(TARGET)
    with firm_session(engine(), found.actor.firm_id) as db:
        return sign_in(db, found, method="oidc", target=target)


def _person(claims: dict[str, object]) -> Credentials:
    verified = claims.get("email_verified") is True
    with shared_session(engine()) as db:
        return oidc.find_person(
            db,
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            email=str(claims.get("email", "")) if verified else None,
        )


def _faults() -> tuple[type[Exception], ...]:
    """What a provider may do wrong. The libraries are loaded only where there is a provider."""
    from authlib.integrations.base_client import OAuthError
    from joserfc.errors import JoseError
    from requests import RequestException

    return OAuthError, JoseError, RequestException, ValueError, KeyError


def _provider() -> Any:
    return current_app.extensions.get("oidc") or abort(404)


def _failed(why: str) -> Response:
    log.warning("sign_in_refused", why=why)
    said = {
        "provider_unreachable": _("The sign-in service of your firm can't be reached just now."),
        "no_account": _("There is no account for you here. Ask your firm for an invitation."),
        "answer_not_valid": _("Signing in did not work. Try again."),
    }
    flash(said[why], "bad")
    return redirect(url_for("login"))
