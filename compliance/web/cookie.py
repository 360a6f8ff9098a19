"""The signed cookie, without an age of its own, and strict for administrators.

How long a login lasts is decided by its row in the database. Flask's own check of the cookie's age
would sign everybody out when the server's clock leaps back.

A strict cookie doesn't come with a link from another site, for example from web mail. A mark that
is not strict, and can do nothing, tells that there is one: then a page of ours comes first, from
which the browser goes on by itself, and now the cookie comes with it.
"""

from flask import Flask, Request, Response, current_app, g, render_template, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

from compliance.identity import Role

STRICT = "strict"  # key in the session
MARK, SAFE_MARK = "strict", "__Host-strict"  # the safe name needs HTTPS


class AgelessCookies(SecureCookieSessionInterface):
    """Flask's session cookie, valid as long as its signature."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        value = request.cookies.get(self.get_cookie_name(app))
        try:
            return self.session_class(serializer.loads(value) if value else None)
        except BadSignature:
            return self.session_class()

    def get_cookie_samesite(self, _app: Flask) -> str:
        return "Strict" if session.get(STRICT) else "Lax"


def init_app(app: Flask) -> None:
    """After the actor of a request is known."""
    app.before_request(_hop)
    app.before_request(_follow_the_role)
    app.after_request(_mark)


def be_strict(role: Role) -> None:
    """Let the session's cookie be as strict as the role demands."""
    if role is Role.ADMINISTRATOR:
        session[STRICT] = True
    else:
        session.pop(STRICT, None)


def _follow_the_role() -> None:
    """Roles change and firms are switched while somebody is signed in."""
    if g.get("actor") is not None and (g.actor.role is Role.ADMINISTRATOR) != bool(
        session.get(STRICT)
    ):
        be_strict(g.actor.role)


def _hop() -> str | None:
    """The page in between, for a link from elsewhere that came without the strict cookie."""
    from_elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site"
    opens_page = request.headers.get("Sec-Fetch-Dest") == "document" and request.method == "GET"
    if not from_elsewhere or not opens_page or _mark_name() not in request.cookies:
        return None
    if _has_session_cookie():
        return None
    return render_template("identity/hop.html", on=request.full_path.rstrip("?"))


def _mark(response: Response) -> Response:
    is_strict = bool(session.get(STRICT))
    marked = _mark_name() in request.cookies
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    if is_strict and not marked:
        response.set_cookie(_mark_name(), "1", httponly=True, samesite="Lax", secure=secure)
    elif marked and not is_strict and _has_session_cookie():
        response.delete_cookie(_mark_name(), httponly=True, samesite="Lax", secure=secure)
    return response


def _has_session_cookie() -> bool:
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def _mark_name() -> str:
    return SAFE_MARK if current_app.config["SESSION_COOKIE_SECURE"] else MARK
