"""The end of a review: sealing, the sealed result, and what the firm sees of the verdicts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.assessments import (
    Look,
    State,
    Verdict,
    decisions_of,
    find_assessment,
    load_desk,
    seal,
    snapshot_of,
    state_changes_of,
)
from compliance.catalogue import load_edition
from compliance.clock import now
from compliance.database import firm_reading, firm_session
from compliance.identity import Action, firm_of
from compliance.scoring import canonical_json, score
from compliance.web import review
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.results import figures
from compliance.web.review_cards import LOOKS, card_of
from compliance.web.wording import LIMITS, value_words
from compliance.worker import Wish, order_report

SEALED_REPORTS = ("en", "zh")
blueprint = review.blueprint  # the desk's own, which this file adds to


@blueprint.get("/review/<uuid:assessment_id>/seal")
@needs(Action.DECIDE)
def confirm_seal(assessment_id: UUID) -> str:
    """What will be frozen, and what is still open, before it is done."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        desk = load_desk(session, assessment_id, actor)
    standing = desk.standing
    card = score(standing.edition, standing.answers, standing.assessment.as_of)
    return render_template(
        "review/seal.html",
        desk=desk,
        standing=standing,
        card=card,
        figures=figures(card),
        limits=[(limit, LIMITS[limit.why]) for limit in card.overall.limits if limit.lowers],
        returned=desk.with_look(Look.RETURNED),
        proposed=desk.with_look(Look.PROPOSED),
        undecided=desk.with_look(Look.UNDECIDED, Look.CHANGED),
    )


@blueprint.post("/review/<uuid:assessment_id>/seal")
@needs(Action.DECIDE)
def approve(assessment_id: UUID) -> BaseResponse:
    """Approve and seal; the report is made in the background in both languages."""
    actor = current_actor()
    firm = firm_of(engine(), actor.firm_id)
    with firm_session(engine(), actor.firm_id) as session:
        seal(session, actor, find_assessment(session, assessment_id), firm, now=now())
    for tongue in SEALED_REPORTS:
        order_report(engine(), actor, Wish(assessment_id, "full", tongue, "pdf"))
    flash(_("Sealed. The report is being made in both languages."), "ok")
    return redirect(url_for(".snapshot", assessment_id=assessment_id))


# --- What the firm sees of it ------------------------------------------------------------------


@blueprint.get("/assessments/<uuid:assessment_id>/review-notes")
@needs(Action.READ)
def notes(assessment_id: UUID) -> str:
    """What the reviewer said, for those who answer: the reasons at the questions and in general."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        desk = load_desk(session, assessment_id, actor)
    told = (Look.RETURNED, Look.PROPOSED, Look.CHANGED)
    return render_template(
        "review/notes.html",
        desk=desk,
        standing=desk.standing,
        cards=[card_of(desk, q) for q in desk.with_look(*told)],
        refused=[
            q
            for q in desk.claims
            if desk.standing.responses[q.id].na_decided_by
            and not desk.standing.responses[q.id].na_accepted
        ],
        step=next((s for s in reversed(desk.steps) if s.after == State.RETURNED), None),
        looks=LOOKS,
    )


@blueprint.get("/assessments/<uuid:assessment_id>/snapshot")
@needs(Action.READ)
def snapshot(assessment_id: UUID) -> str:
    """The sealed assessment: its digest, result, decisions and reports."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        found = snapshot_of(session, assessment_id)
        assessment = find_assessment(session, assessment_id)
        steps = state_changes_of(session, assessment_id)
        decisions = decisions_of(session, assessment_id)
    edition = load_edition(found.questionnaire_id, found.version)
    return render_template(
        "review/snapshot.html",
        snapshot=found,
        assessment=assessment,
        steps=steps,
        edition=edition,
        result=found.content["result"],
        held=found.content.get("reviewed_overall"),
        proposals=[
            (
                edition.question(i),
                value_words(edition.question(i), _sealed_value(found.content, i), language()),
                value_words(edition.question(i), decision.proposed, language()),
                decision,
            )
            for i, decision in sorted(decisions.items())
            if decision.verdict == Verdict.PROPOSE and edition.has_question(i)
        ],
        limits=LIMITS,
    )


def _sealed_value(content: Mapping[str, Any], question_id: str) -> Any:
    return content["bundle"]["answers"].get(question_id, {}).get("value")


@blueprint.get("/assessments/<uuid:assessment_id>/snapshot.json")
@needs(Action.REPORT)
def snapshot_file(assessment_id: UUID) -> Response:
    """The snapshot in the very bytes that its digest is taken of."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        found = snapshot_of(session, assessment_id)
    return Response(
        canonical_json(found.content),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="snapshot-{found.as_of}.json"'},
    )
