"""Home: where we stand, what to do next, and where to go on."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from compliance.assessments import (
    Standing,
    assessments_of_firm,
    load_standing,
    unseen_mentions,
)
from compliance.clock import today
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.scoring import score
from compliance.web.charts import trend
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs
from compliance.web.layout import navigation
from compliance.web.results import figures, gap_rows, module_bars, printed
from compliance.web.wording import LIMITS

blueprint = Blueprint("home", __name__)
TOP_GAPS = 5
TREND = 6  # assessments


@blueprint.get("/")
@needs()
def index() -> str | BaseResponse:
    """The first page; who may not read assessments goes to the first page that is theirs."""
    actor = current_actor()
    if not actor.may(Action.READ):
        entries = navigation()
        return redirect(entries[0]["url"]) if entries else render_template("assessments/none.html")
    with firm_reading(engine(), actor.firm_id) as session:
        assessments = assessments_of_firm(session)
        standings = [load_standing(session, a.id, actor) for a in assessments[:TREND]]
        mentions = unseen_mentions(session, actor.person_id)
    if not standings:
        return render_template("assessments/home_empty.html")
    standing = standings[0]
    card = score(standing.edition, standing.answers, standing.assessment.as_of)
    earlier = [(s.assessment, *printed(s)) for s in reversed(standings)]
    scores = [shown for _assessment, shown, _grade in earlier if shown is not None]
    gaps = gap_rows(card)
    return render_template(
        "assessments/home.html",
        standing=standing,
        card=card,
        figures=figures(card),
        limits=[(limit, LIMITS[limit.why]) for limit in card.overall.limits if limit.lowers],
        modules=module_bars(standing.edition, card),
        gaps=gaps[:TOP_GAPS],
        gap_count=len(gaps),
        earlier=earlier,
        trend=trend(scores) if len(scores) > 1 else None,
        next_open=standing.next_open(),
        mine=[q for q in standing.asked if _open_and_mine(standing, q.id)],
        mentions=mentions,
        today=today(),
        review_url=url_for("results.page", assessment_id=standing.assessment.id),
    )


def _open_and_mine(standing: Standing, question_id: str) -> bool:
    assignment = standing.assignments.get(question_id)
    mine = assignment is not None and assignment.person_id == current_actor().person_id
    return mine and not standing.is_done(question_id)
