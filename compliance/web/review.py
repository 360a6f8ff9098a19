"""The desk of the officer: what waits, question by question, return, seal, the sealed result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
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
    ReviewDecision,
    StaleDecisionError,
    State,
    Verdict,
    accept_explanation,
    assessments_of_firm,
    content_of,
    decide,
    decide_claim,
    decisions_of,
    find_assessment,
    load_desk,
    return_to_firm,
    seal,
    snapshot_of,
    start_review,
    state_changes_of,
)
from compliance.catalogue import Kind, Question, load_edition
from compliance.clock import now
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.identity import Action, Actor, firm_of
from compliance.scoring import canonical_json, score
from compliance.web.context import engine, language
from compliance.web.forms import Typed, answer_of
from compliance.web.guards import current_actor, needs
from compliance.web.refusals import refusal
from compliance.web.results import figures
from compliance.web.wording import LIMITS, YES_PARTIAL_NO, content_words, value_words
from compliance.worker import Wish, order_report

blueprint = Blueprint("review", __name__)
LOOKS = {
    Look.NOTHING: ("plain", _l("not answered")),
    Look.UNDECIDED: ("plain", _l("to be reviewed")),
    Look.CHANGED: ("warn", _l("answer changed since the verdict")),
    Look.AGREED: ("ok", _l("agreed with")),
    Look.RETURNED: ("bad", _l("returned")),
    Look.PROPOSED: ("warn", _l("another level proposed")),
    Look.ACCEPTED: ("ok", _l("accepted as not applicable")),
    Look.REFUSED: ("bad", _l("“does not apply” refused")),
}
SHOWN = {
    "": _l("all questions"),
    "open": _l("to be reviewed"),
    "claims": _l("claimed not to apply"),
    "unsupported": _l("without evidence"),
    "decided": _l("returned or proposed"),
}
TO_THE_FIRM = (Look.RETURNED, Look.PROPOSED, Look.CHANGED, Look.REFUSED)
SEALED_REPORTS = ("en", "zh")
WAITING = (State.SUBMITTED, State.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An assessment in the queue."""

    assessment: Assessment
    done: int
    total: int
    grade: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """One question as the desk shows it."""

    question: Question
    look: Look
    answer: str
    level: str  # the anchor of the level that the firm chose
    comment: str
    decision: ReviewDecision | None
    proposed: str
    earlier: str | None
    earlier_is_same: bool
    history: tuple[tuple[Any, str], ...]  # entry, what the answer said then
    thread: Sequence[Any]
    typed: Mapping[str, Any]
    fault: str = ""
    status: int = 200


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
                _card(desk, q, (changed or {}).get(q.id))
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


def _card(desk: Desk, question: Question, changed: Mapping[str, Any] | None = None) -> Card:
    response = desk.standing.responses.get(question.id)
    content = content_of(response) if response else None
    decision = desk.decisions.get(question.id)
    answer = content_words(question, content, language())
    earlier = _earlier_words(desk, question)
    return Card(
        question=question,
        look=desk.look(question.id),
        answer=answer,
        level=_level(question, content),
        comment=(content or {}).get("comment") or "",
        decision=decision,
        proposed=value_words(question, decision.proposed, language()) if decision else "",
        earlier=earlier,
        earlier_is_same=earlier == answer,
        history=tuple(
            (entry, content_words(question, entry.after, language()))
            for entry in desk.histories.get(question.id, ())
        ),
        thread=desk.threads.get(question.id, ()),
        **{"typed": {}, **(changed or {})},
    )


def _level(question: Question, content: Mapping[str, Any] | None) -> str:
    value = (content or {}).get("value")
    if question.kind is not Kind.MATURITY:
        return ""
    return next((one.text[language()] for one in question.levels if one.value == value), "")


def _earlier_words(desk: Desk, question: Question) -> str | None:
    if desk.earlier is None:
        return None
    asked, content = desk.earlier.answers.get(question.id, (question, None))
    return content_words(asked, content, language())


@blueprint.app_template_global()
def proposal_choices(question: Question) -> list[tuple[str, str]]:
    """What a reviewer may propose; empty where it is typed in."""
    match question.kind:
        case Kind.MATURITY:
            return [
                (str(level.value), value_words(question, level.value, language()))
                for level in question.levels
            ]
        case Kind.YES_PARTIAL_NO:
            return [(value, str(text)) for value, text in YES_PARTIAL_NO.items()]
        case Kind.SINGLE_CHOICE | Kind.MULTIPLE_CHOICE:
            return [(option.value, option.text[language()]) for option in question.options]
        case _:
            return []


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
        card=_card(desk, _asked(desk, question_id), changed),
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
        cards=[_card(desk, q) for q in desk.with_look(*told)],
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
