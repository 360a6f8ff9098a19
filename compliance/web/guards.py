"""Who may call a view. Default deny: the application refuses to start with an unguarded view."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlencode

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from compliance.identity import Action, Actor
from compliance.web.late import is_carried, late_page

P = ParamSpec("P")
R = TypeVar("R")
# Where somebody may go whose firm demands a second factor that is not set up yet.
ALLOWED_WITHOUT_SECOND_FACTOR = frozenset({"second_factor", "passkeys", "account", "firms"})
GUARDED: set[str] = set()  # qualified names of guarded views; a test walks all routes


def needs(*actions: Action) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Only a signed-in actor who may do one of the actions; `needs()` any signed-in actor."""

    def guard(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            actor = actor_or_none()
            if actor is None:
                return sign_in_first()
            if actor.second_factor_due and request.blueprint not in ALLOWED_WITHOUT_SECOND_FACTOR:
                return second_factor_first()
            if actions and not any(actor.may(action) for action in actions):
                abort(403)
            return view(*args, **kwargs)

        GUARDED.add(_name(view))
        return guarded

    return guard


def public(view: Callable[P, R]) -> Callable[P, R]:
    """A view for everybody, signed in or not."""
    GUARDED.add(_name(view))
    return view


def actor_or_none() -> Actor | None:
    """The actor of this request, None when nobody is signed in."""
    actor: Actor | None = g.get("actor")
    return actor


def current_actor() -> Actor:
    """The actor of this request; only in views guarded by `needs`."""
    actor = actor_or_none()
    if actor is None:
        abort(401)
    return actor


def sign_in_first() -> Response:
    """Send a browser to the sign-in page and back again; answer a script with 401."""
    if request.headers.get("X-Requested-With") or request.is_json:
        abort(401)
    if is_carried():
        return late_page()
    wanted = request.full_path.rstrip("?") if request.method == "GET" else _page_of_form()
    return redirect(f"{url_for('login')}?{urlencode({'next': wanted})}", code=302)


def _page_of_form() -> str:
    """Where a form stood that came too late, if it was sent to its own page; else Home."""
    adapter = current_app.create_url_adapter(request)
    return request.path if adapter is not None and adapter.test(method="GET") else "/"


def second_factor_first() -> Response:
    """Send somebody to set up the second factor that their firm demands."""
    if request.headers.get("X-Requested-With") or request.is_json:
        abort(403)
    return redirect(url_for("second_factor.set_up"), code=302)


def unguarded_views(app: Flask) -> list[str]:
    """Endpoints whose view carries no guard (static files excepted)."""
    return sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if not endpoint.endswith("static")
        and _name(view) not in GUARDED
        and not getattr(view, "guarded", False)  # the API's own guard marks its views
    )


def _name(view: Callable[..., object]) -> str:
    return f"{view.__module__}.{view.__qualname__}"
