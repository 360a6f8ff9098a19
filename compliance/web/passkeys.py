"""Passkeys: making one on the account page, and signing in with one. Needs the page's script."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.clock import now
from compliance.database import firm_session, shared_session
from compliance.identity import (
    PasskeyError,
    TooManyAttemptsError,
    WrongCredentialsError,
    passkeys,
    throttle,
)
from compliance.identity import logins as logins_of_people
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs, public
from compliance.web.login import caller, note, right_password, sign_in
from compliance.web.second_factor import ISSUER

blueprint = Blueprint("passkeys", __name__)


@blueprint.post("/account/passkeys/options")
@needs()
def registration_options() -> Response | tuple[Response, int]:
    """What the browser needs to make a passkey; needs the password."""
    try:
        right_password(str(_answer().get("password", "")))
    except (WrongCredentialsError, TooManyAttemptsError):
        return jsonify(error=_("The password is not right.")), 422
    with shared_session(engine()) as db:
        options = passkeys.registration_options(
            db, current_actor().person_id, host=_host(), title=ISSUER, now=now()
        )
    return jsonify(options)


@blueprint.post("/account/passkeys")
@needs()
def register() -> Response | tuple[Response, int]:
    """Keep the passkey that the browser made."""
    actor, sent = current_actor(), _answer()
    try:
        with firm_session(engine(), actor.firm_id) as db:
            passkeys.register(
                db,
                actor.person_id,
                sent.get("credential") or {},
                str(sent.get("name", "")),
                host=_host(),
                origin=_origin(),
                now=now(),
            )
            note(db, actor, "passkey_added")
    except PasskeyError:
        return jsonify(error=_("The passkey could not be verified.")), 422
    return jsonify(location=url_for("account.index"))


@blueprint.post("/account/passkeys/<uuid:passkey_id>/remove")
@needs()
def remove(passkey_id: UUID) -> Response:
    """Forget one of one's own passkeys."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as db:
        if not passkeys.remove_passkey(db, actor.person_id, passkey_id):
            abort(404)
        note(db, actor, "passkey_removed")
    flash(_("The passkey is removed."), "ok")
    return redirect(url_for("account.index"))


@blueprint.post("/login/passkey/options")
@public
def sign_in_options() -> Response | tuple[Response, int]:
    """A challenge for signing in with a passkey."""
    try:
        with shared_session(engine()) as db:
            throttle.count(db, throttle.ADDRESS, caller().address or "", now=now())
            options = passkeys.sign_in_options(db, host=_host(), now=now())
    except TooManyAttemptsError:
        abort(429)
    return jsonify(options)


@blueprint.post("/login/passkey")
@public
def sign_in_with() -> Response | tuple[Response, int]:
    """Sign in: the passkey and the person's own unlocking of it are both factors."""
    try:
        with shared_session(engine()) as db:
            person_id = passkeys.person_of_answer(
                db, _answer(), host=_host(), origin=_origin(), now=now()
            )
            found = logins_of_people.credentials_of(db, person_id)
    except (PasskeyError, WrongCredentialsError):
        return jsonify(error=_("This passkey is not known here.")), 422
    with firm_session(engine(), found.actor.firm_id) as db:
        answer = sign_in(db, found, method="passkey", target=request.args.get("next"))
    return jsonify(location=answer.headers["Location"])


def _answer() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        abort(400)
    return sent


def _host() -> str:
    return urlsplit(request.host_url).hostname or ""


def _origin() -> str:
    return request.host_url.rstrip("/")
