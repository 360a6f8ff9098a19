"""Tokens for programs, on one's own account page: made, shown once, revoked."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.clock import now
from compliance.database import firm_session, shared_reading, shared_session
from compliance.identity import (
    TooManyAttemptsError,
    WrongCredentialsError,
    api_tokens_of,
    issue_api_token,
    revoke_api_token,
)
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs
from compliance.web.login import note, right_password, too_many, wait_message

blueprint = Blueprint("api_tokens", __name__, url_prefix="/account/tokens")


@blueprint.get("")
@needs()
def index() -> str:
    """One's tokens that still work."""
    return _page()


@blueprint.post("")
@needs()
def make() -> str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Make a token; this answer is the only place where it ever stands. Needs the password."""
    actor = current_actor()
    name = " ".join(request.form.get("name", "").split())[:60] or "API"
    try:
        right_password(request.form.get("password", ""))
    except TooManyAttemptsError as refused:
        return too_many(refused, _page(fault=wait_message(refused)))
    except WrongCredentialsError:
        return _page(fault=_("The password is not right.")), 422
    with shared_session(engine()) as db:
        token = issue_api_token(db, actor, name, now=now())
    with firm_session(engine(), actor.firm_id) as db:
        note(db, actor, "api_token_made", name=name)
    return _page(token)


@blueprint.post("/<uuid:token_id>/revoke")
@needs()
def revoke(token_id: UUID) -> Response:
    """End a token at once."""
    actor = current_actor()
    with shared_session(engine()) as db:
        if not revoke_api_token(db, actor.person_id, token_id, now=now()):
            abort(404)
    with firm_session(engine(), actor.firm_id) as db:
        note(db, actor, "api_token_revoked")
    flash(_("The token no longer works."), "ok")
    return redirect(url_for("api_tokens.index"))


def _page(new: str | None = None, fault: str = "") -> str:
    with shared_reading(engine()) as db:
        tokens = api_tokens_of(db, current_actor().person_id, now=now())
    typed = request.form.get("name", "") if fault else ""
    return render_template("account/tokens.html", tokens=tokens, new=new, fault=fault, typed=typed)
