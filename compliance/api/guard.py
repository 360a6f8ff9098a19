"""Who calls: the bearer of a token, and what that person may do."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, current_app, g, request
from sqlalchemy import Engine

from compliance.api.problems import ProblemError
from compliance.clock import now
from compliance.identity import Action, Actor, actor_of_api_token

P = ParamSpec("P")
SCHEME = "bearer "


def needs(action: Action) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Only the bearer of a token whose person may do the action."""

    def guard(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            g.api_actor = _bearer()
            if g.api_actor.second_factor_due:
                raise ProblemError(403, "Your firm demands a second factor: set it up first.")
            if not g.api_actor.may(action):
                raise ProblemError(403, "Your role does not allow this.")
            return view(*args, **kwargs)

        guarded.guarded = True  # type: ignore[attr-defined]  # a test walks all views
        return guarded

    return guard


def public(view: Callable[P, Response]) -> Callable[P, Response]:
    """A view for everybody."""
    view.guarded = True  # type: ignore[attr-defined]
    return view


def caller() -> Actor:
    """The actor of this request, in guarded views."""
    actor: Actor = g.api_actor
    return actor


def engine() -> Engine:
    found: Engine = current_app.extensions["engine"]
    return found


def _bearer() -> Actor:
    given = request.headers.get("Authorization", "")
    token = given[len(SCHEME) :].strip() if given.lower().startswith(SCHEME) else ""
    actor = actor_of_api_token(engine(), token, now=now()) if token else None
    if actor is None:
        raise ProblemError(401, "Send a valid token: Authorization: Bearer …")
    return actor
