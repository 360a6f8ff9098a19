"""Home: where we stand, what to do next, and where to go on."""

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from compliance.assessments import (
    Standing,
    assessments_in_use,
    load_standing,
    load_standings,
    unseen_mentions,
)
from compliance.catalogue import Turn, WatchEntry, law_watch
from compliance.clock import today
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.jobs import JobState, jobs_of_firm
from compliance.remediation import actions_of_firm, is_overdue
from compliance.remediation.queries import PENDING
from compliance.scoring import score
from compliance.web.charts import trend
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs
from compliance.web.layout import navigation
from compliance.web.results import figures, gap_rows, module_bars, printed
from compliance.web.wording import LIMITS

blueprint = Blueprint("home", __name__)
TOP_GAPS = 5
TOP_REMEDIES = 3
TOP_LAW = 3
TREND = 6  # assessments
TURNS = {
    Turn.STARTS: _l("comes into force"),
    Turn.PAUSES: _l("is suspended"),
    Turn.RESUMES: _l("applies again"),
    Turn.ENDS: _l("no longer applies"),
}


@blueprint.get("/")
@needs()
def index() -> str | BaseResponse:
    """The first page; who may not read assessments goes to the first page that is theirs."""
    actor = current_actor()
    if not actor.may(Action.READ):
        entries = navigation()
        return redirect(entries[0]["url"]) if entries else render_template("assessments/none.html")
    with firm_reading(engine(), actor.firm_id) as session:
        assessments = assessments_in_use(session)
        if not assessments:
            return render_template("assessments/home_empty.html")
        standing = load_standing(session, assessments[0].id, actor)
        standings = (standing, *load_standings(session, assessments[1:TREND], actor))
        mentions = unseen_mentions(session, actor.person_id)
        remedies = [a for a in actions_of_firm(session) if a.state in PENDING]
        reports = [j for j in jobs_of_firm(session, "report") if j.state == JobState.DONE]
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
        remedies=remedies[:TOP_REMEDIES],
        overdue={action.id for action in remedies if is_overdue(action, today())},
        latest_report=reports[0] if reports and actor.may(Action.REPORT) else None,
        law=_law(standing),
        turns=TURNS,
        review_url=url_for("results.page", assessment_id=standing.assessment.id),
    )


def _law(standing: Standing) -> list[WatchEntry]:
    """What starts, pauses or ends in the law soon, or did so lately."""
    entries = law_watch(standing.edition, today())
    dated = [entry for entry in entries if entry.on is not None and entry.turn in TURNS]
    return dated[:TOP_LAW]


def _open_and_mine(standing: Standing, question_id: str) -> bool:
    assignment = standing.assignments.get(question_id)
    mine = assignment is not None and assignment.person_id == current_actor().person_id
    return mine and not standing.is_done(question_id)
