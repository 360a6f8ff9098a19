"""Moving an assessment to a newer edition: what it would do, doing it, and taking it back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from compliance.assessments import (
    ClosedAssessmentError,
    MovedAnswer,
    Movement,
    MovePreview,
    NothingToMoveError,
    Response,
    content_of,
    continue_in_full,
    edition_of,
    find_assessment,
    load_standing,
    move_to_newer_edition,
    movement_of,
    newer_edition,
    preview_move,
    undo_move,
)
from compliance.catalogue import Edition, Fate, Question
from compliance.clock import now
from compliance.database import firm_reading, firm_session
from compliance.identity import Action
from compliance.scoring import printed_score, score
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.wording import content_words

blueprint = Blueprint("moving", __name__)
ADDRESS = "/assessments/<uuid:assessment_id>/edition"
FATES = {
    Fate.TO_CONFIRM: (
        _l("To confirm"),
        _l("Carried as far as possible. Somebody must look, since the question asks more now."),
    ),
    Fate.CONVERTED: (
        _l("Converted"),
        _l("The answer is put into the words of the newer edition."),
    ),
    Fate.MOVED: (_l("Moved"), _l("The same question has another number.")),
    Fate.NO_LONGER_ASKED: (
        _l("No longer asked"),
        _l("Stays in the earlier revision, with its evidence, and no longer counts."),
    ),
    Fate.KEPT: (_l("Kept as it is"), _l("The same question, the same answer.")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the preview in words."""

    before: Question
    after: Question | None
    was: str
    becomes: str | None  # None: it stays behind


@blueprint.get(ADDRESS)
@needs(Action.ANSWER)
def preview(assessment_id: UUID) -> str:
    """What the move would do with each answer; nothing is changed."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor, whole=True)
    if not standing.is_open:
        raise ClosedAssessmentError(standing.assessment.state)
    edition = newer_edition(standing.assessment)
    if edition is None:
        raise NothingToMoveError(standing.assessment.version)
    found = preview_move(standing, edition)
    return render_template(
        "moving/preview.html",
        standing=standing,
        edition=edition,
        preview=found,
        fates=FATES,
        lines={fate: [_line(one, standing.edition) for one in found.of(fate)] for fate in FATES},
        result=_results(found),
    )


@blueprint.post(ADDRESS)
@needs(Action.ANSWER)
def go(assessment_id: UUID) -> BaseResponse:
    """Move; the work goes on in the new revision."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        fresh = move_to_newer_edition(session, actor, assessment_id, now=now())
    flash(
        _("The assessment now stands on edition %(version)s.", version=fresh.version),
        "ok",
    )
    return redirect(url_for("assessments.tasks", assessment_id=fresh.id))


@blueprint.post(f"{ADDRESS}/undo")
@needs(Action.ANSWER)
def undo(assessment_id: UUID) -> BaseResponse:
    """Take the move back."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        old = undo_move(session, actor, assessment_id, now=now())
    flash(
        _("The move is undone: the work goes on on edition %(version)s.", version=old.version),
        "ok",
    )
    return redirect(url_for("assessments.tasks", assessment_id=old.id))


@blueprint.post("/assessments/<uuid:assessment_id>/full")
@needs(Action.ANSWER)
def continue_full(assessment_id: UUID) -> BaseResponse:
    """Go on from the short path with the full questionnaire."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        continue_in_full(session, actor, find_assessment(session, assessment_id), now=now())
    flash(_("All questions that apply are asked now. Every answer has stayed."), "ok")
    return redirect(url_for("assessments.tasks", assessment_id=assessment_id))


def movement(assessment_id: UUID) -> Movement:
    """Where an assessment stands between editions, for its task list."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        return movement_of(session, find_assessment(session, assessment_id))


def _line(one: MovedAnswer, edition: Edition) -> Line:
    after = one.after
    becomes = None if after is None else _words(after, one.becomes)
    return Line(one.before, after, _words(edition.question(one.before.id), one.was), becomes)


def _words(question: Question, response: Response | None) -> str:
    return content_words(question, content_of(response) if response else None, language())


def _results(found: MovePreview) -> dict[str, Any]:
    """Score, grade and open questions before and after."""
    as_of = found.standing.assessment.as_of
    own = edition_of(found.standing.assessment)
    before = score(own, found.standing.answers, as_of).overall
    after = score(found.scored_by, found.carried, as_of).overall
    return {
        name: {
            "score": None if overall.score is None else float(printed_score(overall.score)),
            "grade": overall.grade,
            "completion": overall.completion,
        }
        for name, overall in (("before", before), ("after", after))
    }
