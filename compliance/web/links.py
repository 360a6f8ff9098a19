"""Pages behind one-time links: joining by invitation, and setting a password."""

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance import mail
from compliance.clock import now
from compliance.database import FirmSession, firm_session, shared_session
from compliance.identity import (
    Firm,
    Invitation,
    Person,
    TooManyAttemptsError,
    WeakPasswordError,
    people,
    throttle,
)
from compliance.identity import logins as logins_of_people
from compliance.web.context import engine, settings
from compliance.web.guards import actor_or_none, public
from compliance.web.login import caller, current_login, note, sign_in, too_many, wait_message
from compliance.web.words import weak_password

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("links", __name__)


@blueprint.route("/forgot-password", methods=["GET", "POST"])
@public
def forgot() -> str | tuple[str, int, dict[str, str]]:
    """Ask for a link; the answer is the same whether or not there is such an account."""
    if request.method == "GET":
        return render_template("identity/forgot.html", sent=False)
    email = request.form.get("email", "")[:254]
    try:
        with shared_session(engine()) as db:
            throttle.count(db, throttle.LINKS, email, now=now())
            throttle.count(db, throttle.ADDRESS, caller().address or "", now=now())
            person, token = people.ask_for_reset(db, email, now=now())
            with db.begin_nested() as mailed:  # written for nobody as well: it takes as long
                _mail_reset(db, person or Person(email=email, name="", language=""), token)
                db.flush()
                if person is None:
                    mailed.rollback()
    except TooManyAttemptsError as refused:
        page = render_template("identity/forgot.html", sent=False, fault=wait_message(refused))
        return too_many(refused, page)
    return render_template("identity/forgot.html", sent=True)


def _mail_reset(db: "Session", person: Person, token: str) -> None:
    address = settings().base_url + url_for("links.set_password", token=token)
    with force_locale(person.language or "en"):
        mail.post(
            db,
            person.email,
            _("Set a new password"),
            render_template("emails/reset.txt", person=person, address=address),
            now=now(),
        )


@blueprint.route("/set-password/<token>", methods=["GET", "POST"])
@public
def set_password(token: str) -> str | Response | tuple[str, int]:
    """Set a password by a link that was mailed or printed."""
    if request.method == "GET":
        with shared_session(engine()) as db:
            people.find_one_time_token(
                db, token, now=now(), purposes=("reset", "first_administrator")
            )
        return render_template("identity/set_password.html", fault=None)
    try:
        with shared_session(engine()) as db:
            person_id = people.use_for_password(
                db, token, request.form.get("new_password", ""), now=now()
            )
            found = logins_of_people.credentials_of(db, person_id)
    except WeakPasswordError as weak:
        return render_template("identity/set_password.html", fault=weak_password(weak)), 422
    with firm_session(engine(), found.actor.firm_id) as db:
        note(db, found.actor, "password_set_by_link")
    flash(_("The password is set. Sign in with it now."), "ok")
    return redirect(url_for("login"))


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> str | Response | tuple[str, int]:
    """Join a firm: with a new account, or with the account one has."""
    firm_id = people.firm_of_invitation(token)
    with firm_session(engine(), firm_id) as db:
        asked = people.find_invitation(db, token, now=now())
        firm = db.get_one(Firm, firm_id)
        existing = people.find_person(db, asked.email)
        if existing is not None:
            return _join_with_account(db, asked, firm, existing)
        if request.method == "GET":
            return _invitation_page(asked, firm)
        name = " ".join(request.form.get("name", "").split())[:200]
        if not name:
            return _invitation_page(asked, firm, {"name": _("Enter your name.")}), 422
        try:
            person = people.accept_as_new(
                db, asked, name, request.form.get("new_password", ""), now=now()
            )
        except WeakPasswordError as weak:
            return _invitation_page(asked, firm, {"new_password": weak_password(weak)}), 422
        found = logins_of_people.credentials_of(db, person.id)
        note(db, found.actor, "invitation_accepted", role=asked.role)
        return sign_in(db, found, method="invitation")


def _join_with_account(
    db: FirmSession, asked: Invitation, firm: Firm, existing: Person
) -> str | Response:
    """Whoever has an account signs in with it first, then joins by one button."""
    actor, login = actor_or_none(), current_login()
    if actor is None or login is None or actor.person_id != existing.id:
        flash(_("Sign in as %(email)s to join %(firm)s.", email=asked.email, firm=firm.name))
        return redirect(url_for("login", next=request.path))
    if request.method == "GET":
        return _invitation_page(asked, firm, joined=True)
    people.accept(db, asked, existing.id, now=now())
    note(db, actor, "invitation_accepted", role=asked.role)
    return redirect(url_for("firms.switch"))


def _invitation_page(
    asked: Invitation, firm: Firm, faults: dict[str, str] | None = None, *, joined: bool = False
) -> str:
    return render_template(
        "identity/invitation.html",
        invitation=asked,
        firm=firm,
        faults=faults or {},
        joined=joined,
        name=request.form.get("name", ""),
    )
