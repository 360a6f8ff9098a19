"""The desk of the officer: what waits, question by question, return; `sealed` has its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from compliance.answers import contradictions, value_json
from compliance.assessments import (
    Assessment,
    AssessmentError,
    Desk,
    Look,
    NoSuchQuestionError,
    OwnClaimError,
    ReasonNeededError,
    StaleDecisionError,
    State,
    Verdict,
    accept_explanation,
    assessments_of_firm,
    decide,
    decide_claim,
    find_assessment,
    load_desk,
    return_to_firm,
    start_review,
)
from compliance.catalogue import Question, load_edition
from compliance.clock import now
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.identity import Action, Actor
from compliance.scoring import score
from compliance.web.context import engine
from compliance.web.forms import Typed, answer_of
from compliance.web.guards import current_actor, needs
from compliance.web.refusals import refusal
from compliance.web.results import figures
from compliance.web.review_cards import LOOKS, card_of, proposal_choices

blueprint = Blueprint("review", __name__)
blueprint.add_app_template_global(proposal_choices)
SHOWN = {
    "": _l("all questions"),
    "open": _l("to be reviewed"),
    "claims": _l("claimed not to apply"),
    "unsupported": _l("without evidence"),
    "decided": _l("returned or proposed"),
}
TO_THE_FIRM = (Look.RETURNED, Look.PROPOSED, Look.CHANGED, Look.REFUSED)
WAITING = (State.SUBMITTED, State.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An assessment in the queue."""

    assessment: Assessment
    done: int
    total: int
    grade: str | None


# --- The queue -------------------------------------------------------------------------------


@blueprint.get("/review")
@needs(Action.DECIDE)
def index() -> str:
    """What waits for review, what is with the firm, what is sealed."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        found = assessments_of_firm(session)
        waiting = [_waiting(session, a, actor) for a in found if a.state in WAITING]
    return render_template(
        "review/index.html",
        waiting=waiting,
        with_the_firm=[a for a in found if a.state in (State.DRAFT, State.RETURNED)],
        sealed=[a for a in found if a.state == State.SEALED],
    )


def _waiting(session: FirmSession, assessment: Assessment, actor: Actor) -> Waiting:
    desk = load_desk(session, assessment.id, actor)
    card = score(desk.standing.edition, desk.standing.answers, assessment.as_of)
    return Waiting(assessment, *desk.progress, card.overall.grade)


@blueprint.get("/review/<uuid:assessment_id>")
@needs(Action.DECIDE)
def show(assessment_id: UUID) -> str:
    """Where the review of one assessment stands, and its next steps."""
    return _overview(assessment_id)


def _overview(assessment_id: UUID, fault: str = "") -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        desk = load_desk(session, assessment_id, actor)
    standing = desk.standing
    card = score(standing.edition, standing.answers, standing.assessment.as_of)
    return render_template(
        "review/show.html",
        desk=desk,
        standing=standing,
        card=card,
        figures=figures(card),
        modules=[(m, *desk.count(desk.questions_of(m))) for m in standing.modules],
        contradictions=contradictions(standing.edition, standing.answers, standing.survey),
        returned=desk.with_look(Look.RETURNED),
        proposed=desk.with_look(Look.PROPOSED),
        looks=LOOKS,
        next_open=_next_open(desk),
        fault=fault,
        typed=request.form,
    )


def _next_open(desk: Desk, after: str | None = None) -> Question | None:
    """The next question to be judged, going round from a question."""
    asked = desk.standing.asked
    ids = [q.id for q in asked]
    start = ids.index(after) + 1 if after in ids else 0
    return next((q for q in (*asked[start:], *asked[:start]) if not desk.is_settled(q.id)), None)


# --- Question by question ----------------------------------------------------------------------


@blueprint.get("/review/<uuid:assessment_id>/modules/<module_id>")
@needs(Action.DECIDE)
def module(assessment_id: UUID, module_id: str) -> str:
    """The answers of one module, each with its past and its verdict."""
    return _module(assessment_id, module_id)


def _module(
    assessment_id: UUID, module_id: str, changed: Mapping[str, Mapping[str, Any]] | None = None
) -> str:
    """`changed`: question id -> what to show differently on its card, after a refusal."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        desk = load_desk(session, assessment_id, actor, near=module_id)
    here = next((m for m in desk.standing.modules if m.module.id == module_id), None)
    if here is None:
        abort(404)
    shown = request.args.get("show", "")
    return render_template(
        "review/module.html",
        desk=desk,
        standing=desk.standing,
        here=here,
        cards={
            section.section.id: [
                card_of(desk, q, (changed or {}).get(q.id))
                for q in section.questions
                if _is_wanted(desk, q, shown) or q.id in (changed or {})
            ]
            for section in here.sections
        },
        modules=[(m, *desk.count(desk.questions_of(m))) for m in desk.standing.modules],
        looks=LOOKS,
        shown=shown,
        choices=SHOWN,
        next_open=_next_open(desk, here.sections[-1].questions[-1].id),
    )


def _is_wanted(desk: Desk, question: Question, shown: str) -> bool:
    match shown:
        case "open":
            return not desk.is_settled(question.id)
        case "claims":
            return desk.has_claim(question.id)
        case "unsupported":
            return desk.standing.lacks_evidence(question)
        case "decided":
            return desk.look(question.id) in TO_THE_FIRM
        case _:
            return True


@blueprint.post("/review/<uuid:assessment_id>/questions/<question_id>/decision")
@needs(Action.DECIDE)
def judge(assessment_id: UUID, question_id: str) -> str | tuple[str, int] | BaseResponse:
    """Agree, return with a reason, or propose another level."""

    def verb(session: FirmSession, actor: Actor, desk: Desk, question: Question) -> None:
        verdict = _verdict(request.form.get("verdict", ""))
        proposed = _proposed(desk, question) if verdict is Verdict.PROPOSE else None
        decide(
            session,
            actor,
            desk.assessment,
            question.id,
            verdict,
            base_version=request.form.get("version", 0, type=int),
            now=now(),
            proposed=proposed,
            comment=request.form.get("comment", "").replace("\r\n", "\n"),
        )

    return _at_question(assessment_id, question_id, verb)


@blueprint.post("/review/<uuid:assessment_id>/questions/<question_id>/claim")
@needs(Action.DECIDE)
def settle_claim(assessment_id: UUID, question_id: str) -> str | tuple[str, int] | BaseResponse:
    """Accept or refuse the claim that a question does not apply."""

    def verb(session: FirmSession, actor: Actor, desk: Desk, question: Question) -> None:
        decide_claim(
            session,
            actor,
            desk.assessment,
            question.id,
            accept=request.form.get("accept") == "yes",
            now=now(),
            base_version=request.form.get("version", None, type=int),
        )

    return _at_question(assessment_id, question_id, verb)


class _NoProposalError(ReasonNeededError):
    """A proposal names no value that the question knows."""


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        abort(422)


def _proposed(desk: Desk, question: Question) -> Any:
    """The proposed value as JSON. Raises _NoProposalError."""
    typed = Typed(tuple(request.form.getlist("proposed")), "", "", "")
    answer, faults = answer_of(desk.standing.edition, question, typed, complete=False)
    if answer is None or faults or answer.value is None:
        raise _NoProposalError(question.id)
    return value_json(answer.value)


def _at_question(
    assessment_id: UUID, question_id: str, verb: Any
) -> str | tuple[str, int] | BaseResponse:
    """Do one thing at a question; a refusal is shown on its card beside what was typed."""
    actor = current_actor()
    try:
        with firm_session(engine(), actor.firm_id) as session:
            desk = load_desk(session, assessment_id, actor)
            verb(session, actor, desk, _asked(desk, question_id))
    except (ReasonNeededError, StaleDecisionError, OwnClaimError) as error:
        return _refused(assessment_id, question_id, error)
    if _by_script():
        return _one_card(assessment_id, question_id)
    with firm_reading(engine(), actor.firm_id) as session:
        desk = load_desk(session, assessment_id, actor)
    question = _asked(desk, question_id)
    following = _next_open(desk, question_id)
    near = following if following and following.module_id == question.module_id else question
    return redirect(_place(assessment_id, near))


def _asked(desk: Desk, question_id: str) -> Question:
    """A question of this review. Raises NoSuchQuestionError, also for what the actor can't see."""
    for question in desk.standing.asked:
        if question.id == question_id:
            return question
    raise NoSuchQuestionError(question_id)


def _refused(assessment_id: UUID, question_id: str, error: AssessmentError) -> tuple[str, int]:
    if isinstance(error, _NoProposalError):
        status, said = 422, str(_("Choose or enter the level that you hold to be right."))
    else:
        status, said = refusal(error)
    changed = {"fault": said, "status": status, "typed": request.form}
    if _by_script():
        return _one_card(assessment_id, question_id, changed), status
    with firm_reading(engine(), current_actor().firm_id) as session:
        assessment = find_assessment(session, assessment_id)
    edition = load_edition(assessment.questionnaire_id, assessment.version)
    module_id = edition.question(question_id).module_id
    return _module(assessment_id, module_id, {question_id: changed}), status


def _one_card(
    assessment_id: UUID, question_id: str, changed: Mapping[str, Any] | None = None
) -> str:
    """The card alone, for the script that puts it in its place."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        near = _asked(load_desk(session, assessment_id, actor), question_id).module_id
        desk = load_desk(session, assessment_id, actor, near=near)
    return render_template(
        "review/one_card.html",
        desk=desk,
        standing=desk.standing,
        card=card_of(desk, _asked(desk, question_id), changed),
        looks=LOOKS,
    )


def _by_script() -> bool:
    return bool(request.headers.get("X-Requested-With"))


def _place(assessment_id: UUID, question: Question) -> str:
    return url_for(
        ".module",
        assessment_id=assessment_id,
        module_id=question.module_id,
        show=request.form.get("show") or None,
        _anchor=f"q-{question.id}",
    )


@blueprint.post("/review/<uuid:assessment_id>/modules/<module_id>/agree")
@needs(Action.DECIDE)
def agree_with_rest(assessment_id: UUID, module_id: str) -> BaseResponse:
    """Agree with the answers of a section that the reviewer has read and left undecided."""
    actor = current_actor()
    wanted = request.form.get("section", "")
    with firm_session(engine(), actor.firm_id) as session:
        desk = load_desk(session, assessment_id, actor)
        section = desk.standing.section(module_id, wanted) or abort(404)
        read = set(request.form.getlist("question"))  # as the page showed them
        left = [
            q
            for q in section.questions
            if q.id in read and desk.look(q.id) is Look.UNDECIDED and not desk.has_claim(q.id)
        ]
        for question in left:
            decide(
                session,
                actor,
                desk.assessment,
                question.id,
                Verdict.AGREE,
                base_version=0,
                now=now(),
            )
    flash(
        ngettext("Agreed with %(num)s answer.", "Agreed with %(num)s answers.", len(left)),
        "ok" if left else "info",
    )
    return redirect(
        url_for(
            ".module", assessment_id=assessment_id, module_id=module_id, _anchor=f"section-{wanted}"
        )
    )


@blueprint.post("/review/<uuid:assessment_id>/contradictions/<contradiction_id>")
@needs(Action.DECIDE)
def accept_reason(assessment_id: UUID, contradiction_id: str) -> BaseResponse:
    """Accept the firm's explanation of a contradiction."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        accept_explanation(session, actor, assessment, contradiction_id, now=now())
    return redirect(url_for(".show", assessment_id=assessment_id, _anchor="contradictions"))


# --- The steps of the workflow -----------------------------------------------------------------


@blueprint.post("/review/<uuid:assessment_id>/start")
@needs(Action.DECIDE)
def start(assessment_id: UUID) -> BaseResponse:
    """Begin to review."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        start_review(session, actor, find_assessment(session, assessment_id), now=now())
    flash(_("The review has begun. The firm can no longer take the assessment back."), "ok")
    return redirect(url_for(".show", assessment_id=assessment_id))


@blueprint.post("/review/<uuid:assessment_id>/return")
@needs(Action.DECIDE)
def give_back(assessment_id: UUID) -> BaseResponse:
    """Return the assessment to the firm with the reasons."""
    actor = current_actor()
    reason = request.form.get("reason", "").replace("\r\n", "\n")
    with firm_session(engine(), actor.firm_id) as session:
        return_to_firm(session, actor, find_assessment(session, assessment_id), reason, now=now())
    flash(_("Returned to the firm with your reasons."), "ok")
    return redirect(url_for(".index"))
