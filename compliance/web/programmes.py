"""Programmes of study: several scenarios in an order, taught as one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.clock import now
from compliance.database import firm_reading, firm_session
from compliance.identity import Action
from compliance.training import (
    MOST_SCENARIOS,
    drop_programme,
    find_programme,
    find_scenario,
    keep_programme,
    library,
    own_scenarios,
    programmes_of_firm,
)
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs

blueprint = Blueprint("programmes", __name__, url_prefix="/programmes")
LONGEST_TITLE = 120


@blueprint.get("")
@needs(Action.TRAIN)
def index() -> str:
    """The firm's programmes and the form for a new one."""
    return _page({})


@blueprint.post("")
@needs(Action.TRAIN)
def keep() -> Response | tuple[str, int]:
    """Set up a programme from the form."""
    actor = current_actor()
    title = " ".join(request.form.get("title", "").split())
    ids = list(dict.fromkeys(one for one in request.form.getlist("scenario") if one))
    faults: dict[str, str] = {}
    if not 1 <= len(title) <= LONGEST_TITLE:
        faults["title"] = _("A title of 1 to %(most)s characters.", most=LONGEST_TITLE)
    if not 1 <= len(ids) <= MOST_SCENARIOS:
        faults["scenario-1"] = _("Choose 1 to %(most)s scenarios.", most=MOST_SCENARIOS)
    if faults:
        return _page(faults), 422
    with firm_session(engine(), actor.firm_id) as db:
        for one in ids:
            find_scenario(db, one, actor.person_id)
        keep_programme(db, actor, title, ids, tests=bool(request.form.get("tests")), now=now())
    flash(_("The programme is kept."), "ok")
    return redirect(url_for("programmes.index"))


@blueprint.post("/<programme_id>/delete")
@needs(Action.TRAIN)
def delete(programme_id: str) -> Response:
    """Remove a programme."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as db:
        drop_programme(db, actor, find_programme(db, programme_id), now=now())
    flash(_("The programme is gone."), "ok")
    return redirect(url_for("programmes.index"))


def _page(faults: dict[str, str]) -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        own = [one for one in own_scenarios(db, actor.person_id) if not one.faults]
        programmes = programmes_of_firm(db)
    titles = {one.id: one.title.as_json() for one in library()}
    titles |= {str(one.id): dict(one.title) for one in own}
    return render_template(
        "training/programmes.html",
        programmes=programmes,
        titles=titles,
        places=range(1, MOST_SCENARIOS + 1),
        faults=faults,
        form=request.form,
    )
