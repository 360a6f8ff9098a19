"""Signing in and out, and the actor of each request."""

from uuid import UUID

from flask import Flask, g, redirect, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.identity import find_actor, verify_sign_in
from compliance.web.context import engine
from compliance.web.guards import public


def init_app(app: Flask) -> None:
    app.before_request(_load_actor)
    app.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    app.add_url_rule("/logout", "logout", logout, methods=["GET", "POST"])
    app.context_processor(lambda: {"actor": g.get("actor")})


def _load_actor() -> None:
    g.actor = None
    if request.endpoint in ("static", "healthz"):
        return
    person, firm = session.get("person"), session.get("firm")
    if person and firm:
        g.actor = find_actor(engine(), UUID(person), UUID(firm))


@public
def login() -> str | tuple[str, int] | Response:
    """The sign-in form and its answer."""
    if request.method == "GET":
        return render_template("identity/login.html", email="", fault=None)
    email = request.form.get("email", "")
    actor = verify_sign_in(engine(), email, request.form.get("password", ""))
    if actor is None:
        fault = _("E-mail or password is not right.")
        return render_template("identity/login.html", email=email, fault=fault), 422
    session.clear()
    session["person"], session["firm"] = str(actor.person_id), str(actor.firm_id)
    return redirect(_inside(request.args.get("next")))


@public
def logout() -> Response:
    """End the session."""
    session.clear()
    return redirect("/login")


def _inside(target: str | None) -> str:
    """A path of ours, or Home: never a way to another site."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return "/"
    return target if target.isprintable() else "/"
