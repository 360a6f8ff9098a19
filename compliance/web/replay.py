"""Replay: an exporter runs a training case against the firm's own answers."""

from uuid import UUID

from flask import Blueprint, render_template, request

from compliance.assessments import assessments_in_use, find_assessment, load_standing
from compliance.database import firm_reading
from compliance.determination import load_rules
from compliance.identity import Action
from compliance.training import library, replay, scenario_of_library, solution
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs
from compliance.web.training import topic_titles

blueprint = Blueprint("replay", __name__, url_prefix="/replay")


@blueprint.get("")
@needs(Action.READ)
def index() -> str:
    """The cases, to choose one."""
    return render_template("training/replays.html", scenarios=library(), topics=topic_titles())


@blueprint.get("/<scenario_id>")
@needs(Action.READ)
def run(scenario_id: str) -> str:
    """The gates of a case in their order, and the first that would have stopped it."""
    case = scenario_of_library(scenario_id)
    actor = current_actor()
    wanted = request.args.get("assessment", "")
    with firm_reading(engine(), actor.firm_id) as db:
        assessments = assessments_in_use(db)
        standing = None
        if wanted or assessments:
            chosen = find_assessment(db, _as_id(wanted)) if wanted else assessments[0]
            standing = load_standing(db, chosen.id, actor)
    found = None
    if standing is not None:
        day = standing.assessment.as_of
        found = replay(standing.edition, case, standing.answers, day)
    return render_template(
        "training/replay.html",
        case=case,
        assessments=assessments,
        chosen=standing.assessment if standing is not None else None,
        found=found,
        solved=solution(case).found,
        rules=load_rules(),
        topics=topic_titles(),
    )


def _as_id(raw: str) -> UUID:
    from compliance.assessments import NoSuchAssessmentError

    try:
        return UUID(raw)
    except ValueError:
        raise NoSuchAssessmentError(raw) from None
