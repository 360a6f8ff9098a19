"""Signing in and out, and the actor of each request.

The browser holds a random token inside the signed session cookie; the database holds its digest
and everything else. What ends a login there ends it everywhere.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from flask import Flask, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.audit import record
from compliance.clock import now
from compliance.database import (
    DatabaseFault,
    FirmSession,
    firm_session,
    is_full,
    shared_session,
)
from compliance.identity import (
    Actor,
    Caller,
    Credentials,
    CurrentLogin,
    Lifetimes,
    TooManyAttemptsError,
    WrongCredentialsError,
    find_login,
    verify_sign_in,
)
from compliance.identity import logins as logins_of_people
from compliance.web import locale
from compliance.web.context import engine, settings
from compliance.web.cookie import STRICT, be_strict
from compliance.web.guards import public

log = structlog.get_logger()
COOKIE_KEY = "login"
NOT_SIGNED_IN = frozenset({"static", "healthz", "readyz", "metrics"})  # need no actor


def init_app(app: Flask) -> None:
    app.before_request(load_actor)
    app.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    app.add_url_rule("/logout", "logout", logout, methods=["GET", "POST"])
    app.context_processor(lambda: {"actor": g.get("actor")})


def load_actor() -> None:
    """Find whose request this is, once a request."""
    g.actor = g.login = None
    token = session.get(COOKIE_KEY) if request.endpoint not in NOT_SIGNED_IN else None
    if not isinstance(token, str):
        return
    found = find_login(engine(), token, now=now(), lifetimes=lifetimes())
    if found is None:
        session.pop(COOKIE_KEY, None)
        session.pop(STRICT, None)
        return
    g.login = found
    if not found.complete:
        return
    g.actor = found.actor
    locale.prefer(found.actor.chosen_language)
    if found.stale:
        _note_use(found.id)


def _note_use(login_id: UUID) -> None:
    """On a full disk one may still read, until the login's idle time is over."""
    try:
        logins_of_people.touch_login(engine(), login_id, now=now(), lifetimes=lifetimes())
    except DatabaseFault as fault:
        if not is_full(fault):
            raise
        log.warning("disk_full", lost="use of a login")


@public
def login() -> str | tuple[str, int] | Response | tuple[str, int, dict[str, str]]:
    """The sign-in form and its answer."""
    if request.method == "GET":
        return redirect(inside(request.args.get("next"))) if g.actor else _form()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        found = verify_sign_in(engine(), email, password, now=now(), caller=caller())
    except WrongCredentialsError:
        log.warning("sign_in_refused", why="credentials")
        return _form(email, _("E-mail or password is not right.")), 422
    except TooManyAttemptsError as refused:
        log.warning("sign_in_refused", why="throttled")
        return too_many(refused, _form(email, wait_message(refused)))
    with firm_session(engine(), found.actor.firm_id) as db:
        logins_of_people.renew_password_hash(db, found.actor.person_id, password)
        return sign_in(db, found, method="password", target=request.args.get("next"))


@public
def logout() -> str | Response:
    """End the login on the server; a GET changes nothing and shows the button."""
    if request.method == "GET":
        return render_template("identity/logout.html")
    found = current_login()
    if found is not None:
        with firm_session(engine(), found.actor.firm_id) as db:
            logins_of_people.end_logins(db, found.actor.person_id, only=found.id)
            note(db, found.actor, "sign_out")
    session.clear()
    return redirect(url_for("login"))


def sign_in(
    db: FirmSession, found: Credentials, *, method: str, target: str | None = None
) -> Response:
    """Start a login for a person whose first factor was right, and send them on."""
    complete = not found.second_factor or method == "passkey"
    old = session.get(COOKIE_KEY)
    if isinstance(old, str):
        logins_of_people.end_login(db, old)
    token = logins_of_people.start_login(
        db,
        found,
        method=method,
        complete=complete,
        now=now(),
        caller=caller(),
        lifetimes=lifetimes(),
    )
    logins_of_people.delete_ended(db, found.actor.person_id, now=now())
    remember(token)
    be_strict(found.actor.role)
    if not complete:
        return redirect(url_for("second_factor.code", next=inside(target)))
    note(db, found.actor, "sign_in", method=method)
    return redirect(inside(target))


def note(db: FirmSession, actor: Actor, action: str, **details: str) -> None:
    """Record what a person did to their own account."""
    record(
        db,
        actor,
        action,
        f"person {actor.person_id}",
        now=now(),
        details=details,
        address=request.remote_addr,
    )


def right_password(password: str) -> None:
    """Ask for the password again before something weighty; counts like a sign-in.

    Raises WrongCredentialsError or TooManyAttemptsError.
    """
    found = current_login()
    verify_sign_in(engine(), found.email if found else "", password, now=now(), caller=caller())
    with shared_session(engine()) as db:
        logins_of_people.forgive_attempts(db, found.email if found else "", caller())


def remember(token: str) -> None:
    """Put a login's token into a fresh session: nothing that stood there before survives."""
    login = current_login()
    session.clear()
    session[COOKIE_KEY] = token
    if login is not None:
        be_strict(login.actor.role)


def current_login() -> CurrentLogin | None:
    """The login of this request, complete or not."""
    found: CurrentLogin | None = g.get("login")
    return found


def caller() -> Caller:
    return Caller(address=request.remote_addr, agent=request.user_agent.string)


def lifetimes() -> Lifetimes:
    chosen = settings()
    return Lifetimes(
        idle=timedelta(minutes=chosen.idle_minutes),
        absolute=timedelta(hours=chosen.absolute_hours),
    )


def wait_message(refused: TooManyAttemptsError) -> str:
    said: str = _(
        "Too many attempts. Wait %(seconds)s seconds and try again.", seconds=refused.retry_after_s
    )
    return said


def too_many(refused: TooManyAttemptsError, body: str) -> tuple[str, int, dict[str, str]]:
    """A page that says how long to wait, for people and programs."""
    return body, 429, {"Retry-After": str(refused.retry_after_s)}


def inside(target: str | None) -> str:
    """A path of ours, or Home: never a way to another site."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return "/"
    if not target.isprintable() or "\\" in target or " " in target:
        return "/"
    return target


def _form(email: str = "", fault: str | None = None) -> str:
    return render_template("identity/login.html", email=email, fault=fault)
