"""The page of one's own account: language, password, second factor, passkeys, logins, firms."""

from uuid import UUID
from zoneinfo import available_timezones

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.clock import now
from compliance.database import firm_session, shared_reading, shared_session
from compliance.identity import (
    Actor,
    TooManyAttemptsError,
    WeakPasswordError,
    WrongCredentialsError,
    passkeys,
    people,
    second_factor,
)
from compliance.identity import logins as logins_of_people
from compliance.language import Language
from compliance.web import locale
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs
from compliance.web.login import (
    COOKIE_KEY,
    current_login,
    note,
    remember,
    right_password,
    too_many,
    wait_message,
)
from compliance.web.words import weak_password

blueprint = Blueprint("account", __name__, url_prefix="/account")
firms = Blueprint("firms", __name__, url_prefix="/firms")


@blueprint.get("")
@needs()
def index() -> str:
    """Everything about one's own account."""
    return _page()


@blueprint.post("/profile")
@needs()
def profile() -> Response | tuple[str, int]:
    """Name, language and time zone."""
    name = " ".join(request.form.get("name", "").split())[:200]
    language, zone = request.form.get("language", ""), request.form.get("time_zone", "")
    if not name:
        return _page({"name": _("Enter your name.")}), 422
    if language not in {"", *Language} or zone not in available_timezones():
        abort(422)
    actor = current_actor()
    with shared_session(engine()) as db:
        person = logins_of_people.person_of(db, actor.person_id)
        person.name, person.language, person.time_zone = name, language, zone
    flash(_("Saved."), "ok")
    answer = redirect(url_for("account.index"))
    locale.forget(answer)  # from now on the account's language counts, not the page's switch
    return answer


@blueprint.post("/password")
@needs()
def password() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Change the password; every other login and every token for programs ends."""
    actor, login = current_actor(), current_login()
    wanted = request.form.get("new_password", "")
    try:
        right_password(request.form.get("password", ""))
        with firm_session(engine(), actor.firm_id) as db:
            kept = login.id if login else None
            ended = people.change_password(db, actor.person_id, wanted, now=now(), but=kept)
            token = logins_of_people.replace_token(db, login.id, now=now()) if login else None
            note(db, actor, "password_changed")
    except TooManyAttemptsError as refused:
        return too_many(refused, _page({"password": wait_message(refused)}))
    except WrongCredentialsError:
        return _page({"password": _("The password is not right.")}), 422
    except WeakPasswordError as weak:
        return _page({"new_password": weak_password(weak)}), 422
    if token is not None:
        remember(token)
    flash(_("The password is changed. All other browsers were signed out."), "ok")
    if ended:
        flash(_("Your tokens for programs have ended with it: make new ones."), "warn")
    return redirect(url_for("account.index"))


@blueprint.post("/logins/<uuid:login_id>/end")
@needs()
def end_login(login_id: UUID) -> Response:
    """Sign one browser out."""
    return _end(current_actor(), only=login_id)


@blueprint.post("/logins/end-others")
@needs()
def end_others() -> Response:
    """Sign every other browser out."""
    login = current_login()
    return _end(current_actor(), but=login.id if login else None)


def _end(actor: Actor, *, only: UUID | None = None, but: UUID | None = None) -> Response:
    with firm_session(engine(), actor.firm_id) as db:
        ended = logins_of_people.end_logins(db, actor.person_id, only=only, but=but)
        if only is not None and not ended:
            abort(404)
        note(db, actor, "logins_ended", number=str(ended))
    flash(_("Signed out there."), "ok")
    return redirect(url_for("account.index"))


@firms.get("")
@needs()
def switch() -> str:
    """The firms that a person may act for."""
    with shared_reading(engine()) as db:
        found = logins_of_people.firms_of(db, current_actor().person_id)
    return render_template("account/firms.html", firms=found)


@firms.post("/<uuid:firm_id>")
@needs()
def act_for(firm_id: UUID) -> Response:
    """Act for another of one's firms, under a new token."""
    actor, login = current_actor(), current_login()
    if login is None:
        abort(401)
    with shared_session(engine()) as db:
        if not logins_of_people.switch_firm(db, login.id, actor.person_id, firm_id):
            abort(404)
        token = logins_of_people.replace_token(db, login.id, now=now())
    with firm_session(engine(), firm_id) as db:
        note(db, actor, "firm_entered")
    session[COOKIE_KEY] = token
    return redirect("/")


def _page(faults: dict[str, str] | None = None) -> str:
    actor, login = current_actor(), current_login()
    with shared_reading(engine()) as db:
        person = logins_of_people.person_of(db, actor.person_id)
        return render_template(
            "account/index.html",
            person=person,
            faults=faults or {},
            logins=logins_of_people.logins_of(db, actor.person_id, now=now()),
            this_login=login.id if login else None,
            passkeys=passkeys.passkeys_of(db, actor.person_id),
            codes_left=second_factor.recovery_codes_left(db, actor.person_id),
            zones=[(zone, zone) for zone in sorted(available_timezones()) if "/" in zone],
        )
