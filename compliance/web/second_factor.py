"""The second factor: the code at sign-in, and setting it up on the account page."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.clock import now
from compliance.database import firm_session, shared_reading, shared_session
from compliance.identity import (
    Actor,
    SealError,
    TooManyAttemptsError,
    WrongCredentialsError,
    seal,
    second_factor,
    unseal,
)
from compliance.identity import logins as logins_of_people
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs, public
from compliance.web.login import (
    current_login,
    inside,
    lifetimes,
    note,
    remember,
    right_password,
    too_many,
    wait_message,
)

blueprint = Blueprint("second_factor", __name__)
ISSUER = "Export Control Self-Assessment"


@blueprint.route("/login/code", methods=["GET", "POST"])
@public
def code() -> str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The code that completes a sign-in."""
    found = current_login()
    if found is None or found.complete:
        return redirect(url_for("login"))
    if request.method == "GET":
        return _code_page()
    person_id = found.actor.person_id
    try:
        second_factor.count_code(engine(), person_id, now=now())
        with firm_session(engine(), found.actor.firm_id) as db:
            if not second_factor.login_owes_code(db, found.id):
                raise WrongCredentialsError
            method = second_factor.use_code(db, person_id, request.form.get("code", ""), now=now())
            token = logins_of_people.complete_login(
                db, found.id, now=now(), lifetimes=lifetimes(), method=method
            )
            note(db, found.actor, "sign_in", method=method)
    except TooManyAttemptsError as refused:
        return too_many(refused, _code_page(wait_message(refused)))
    except WrongCredentialsError:
        fault = _(
            "This code is not right, or was used already. If it keeps failing, check that the "
            "clock of your device is right."
        )
        return _code_page(fault), 422
    remember(token)
    if method == "recovery":
        flash(_("You used a recovery code. Each one works once."), "warn")
    return redirect(inside(request.args.get("next")))


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@needs()
def set_up() -> str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Show the secret as a QR code; keep it once a code of it and the password are right."""
    actor = current_actor()
    with shared_reading(engine()) as db:
        person = logins_of_people.person_of(db, actor.person_id)
        email, enabled = person.email, person.totp_secret is not None
    if enabled:
        return render_template("account/second_factor_on.html")
    bound = f"pending {actor.person_id}"
    if request.method == "GET":
        return _set_up_page(second_factor.new_totp_secret(), email, bound)
    try:
        secret = unseal(request.form.get("sealed", ""), bound_to=bound)
    except SealError:
        return _set_up_page(second_factor.new_totp_secret(), email, bound), 422
    try:
        second_factor.count_code(engine(), actor.person_id, now=now())
        right_password(request.form.get("password", ""))
        codes = _enable(actor, secret)
    except TooManyAttemptsError as refused:
        return too_many(refused, _set_up_page(secret, email, bound, wait_message(refused)))
    except WrongCredentialsError:
        fault = _("The password or the code is not right.")
        return _set_up_page(secret, email, bound, fault), 422
    return render_template("account/recovery_codes.html", codes=codes, fresh=True)


def _enable(actor: Actor, secret: str) -> tuple[str, ...]:
    login = current_login()
    with firm_session(engine(), actor.firm_id) as db:
        codes = second_factor.enable_totp(
            db, actor.person_id, secret, request.form.get("code", ""), now=now()
        )
        logins_of_people.end_logins(db, actor.person_id, but=login.id if login else None)
        token = logins_of_people.replace_token(db, login.id, now=now()) if login else None
        note(db, actor, "second_factor_enabled")
    if token is not None:
        remember(token)
    with shared_session(engine()) as db:
        second_factor.forgive_code(db, actor.person_id)
    return codes


@blueprint.post("/account/second-factor/remove")
@needs()
def remove() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Switch the second factor off; needs the password."""
    actor = current_actor()
    try:
        right_password(request.form.get("password", ""))
    except TooManyAttemptsError as refused:
        return too_many(
            refused, render_template("account/second_factor_on.html", fault=wait_message(refused))
        )
    except WrongCredentialsError:
        fault = _("The password is not right.")
        return render_template("account/second_factor_on.html", fault=fault), 422
    login = current_login()
    with firm_session(engine(), actor.firm_id) as db:
        second_factor.disable_totp(db, actor.person_id)
        logins_of_people.end_logins(db, actor.person_id, but=login.id if login else None)
        token = logins_of_people.replace_token(db, login.id, now=now()) if login else None
        note(db, actor, "second_factor_removed")
    if token is not None:
        remember(token)
    flash(_("The second factor is off."), "warn")
    return redirect(url_for("account.index"))


@blueprint.post("/account/recovery-codes")
@needs()
def new_recovery_codes() -> str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Replace the recovery codes; needs the password."""
    actor = current_actor()
    try:
        right_password(request.form.get("password", ""))
    except TooManyAttemptsError as refused:
        return too_many(
            refused, render_template("account/second_factor_on.html", fault=wait_message(refused))
        )
    except WrongCredentialsError:
        fault = _("The password is not right.")
        return render_template("account/second_factor_on.html", fault=fault), 422
    with firm_session(engine(), actor.firm_id) as db:
        codes = second_factor.renew_recovery_codes(db, actor.person_id)
        note(db, actor, "recovery_codes_renewed")
    return render_template("account/recovery_codes.html", codes=codes, fresh=False)


def _code_page(fault: str | None = None) -> str:
    return render_template("identity/code.html", fault=fault)


def _set_up_page(secret: str, email: str, bound: str, fault: str | None = None) -> str:
    picture = segno.make(second_factor.totp_address(secret, email, ISSUER), error="m")
    return render_template(
        "account/second_factor.html",
        picture=picture.svg_data_uri(scale=5, border=2),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        sealed=seal(secret, bound_to=bound),
        fault=fault,
    )
