"""Remedies: planned from gaps, followed on a table or a board, accepted, and taken along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, SupportsFloat
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from compliance.assessments import (
    Assessment,
    answers_of,
    assessments_of_firm,
    edition_of,
    find_assessment,
    load_standing,
)
from compliance.catalogue import Edition, Question, load_edition
from compliance.clock import now, today
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.identity import Action, Actor, colleagues_of
from compliance.remediation import (
    ActionState,
    RemediationAction,
    RemediationError,
    StaleActionError,
    Wanted,
    accept,
    actions_of_firm,
    calendar,
    change,
    find_action,
    is_overdue,
    plan_gaps,
    scorecard_today,
    send_back,
    title_in,
    workbook,
)
from compliance.scoring import Lift, Scorecard, score, what_if
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.layout import figure
from compliance.web.refusals import refusal
from compliance.web.remedy_clash import Clash, clashes
from compliance.web.results import figures, gap_rows

blueprint = Blueprint("remediation", __name__)
STATES = {
    ActionState.OPEN: ("plain", _l("not begun")),
    ActionState.IN_PROGRESS: ("active", _l("under way")),
    ActionState.DONE: ("warn", _l("done, to be accepted")),
    ActionState.ACCEPTED: ("ok", _l("accepted")),
    ActionState.DROPPED: ("plain", _l("dropped")),
}
BOARD = (ActionState.OPEN, ActionState.IN_PROGRESS, ActionState.DONE, ActionState.ACCEPTED)
CHOSEN_BY_OWNER = (
    ActionState.OPEN,
    ActionState.IN_PROGRESS,
    ActionState.DONE,
    ActionState.DROPPED,
)
VIEWS = ("table", "board")


@dataclass(frozen=True, slots=True)
class Row:
    """One action as the pages show it."""

    action: RemediationAction
    question: Question
    title: str
    is_overdue: bool
    days_late: int
    waits_for: str | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The newest assessment with actions: as it was, as it is today, and once all is done."""

    assessment: Assessment
    then: Scorecard
    today: Scorecard
    planned: Scorecard
    accepted: int
    total: int


@blueprint.app_template_filter("days")
def effort_words(value: SupportsFloat | None) -> str:
    """Days of effort without a needless decimal."""
    if value is None:
        return "—"
    days = float(value)
    return figure(days, 0 if days.is_integer() else 1)


@blueprint.get("/remediation")
@needs(Action.REMEDY)
def index() -> str:
    """All actions of the firm, as a table or as a board."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        actions = actions_of_firm(session)
        assessments = {a.id: a for a in assessments_of_firm(session)}
        outlook = _outlook(session, actions, assessments)
    rows = [_row(a, actions, assessments) for a in actions]
    chosen = {name: request.args.get(name, "") for name in ("state", "owner")}
    view = request.args.get("view", "table")
    wanted = [row for row in rows if _is_wanted(row, chosen, actor)]
    return render_template(
        "remediation/index.html",
        rows=wanted,
        all_rows=rows,
        view=view if view in VIEWS else "table",
        board=[(state, [r for r in wanted if r.action.state == state]) for state in BOARD],
        states=STATES,
        chosen=chosen,
        owners=sorted({r.action.owner_name for r in rows if r.action.owner_name}),
        overdue=sum(row.is_overdue for row in rows),
        outlook=outlook,
        outlook_figures=_outlook_figures(outlook),
        newest=next(iter(assessments.values()), None),
    )


def _is_wanted(row: Row, chosen: Mapping[str, str], actor: Actor) -> bool:
    state, owner = chosen["state"], chosen["owner"]
    if state == "overdue":
        fits = row.is_overdue
    elif state == "pending":
        fits = row.action.state in (ActionState.OPEN, ActionState.IN_PROGRESS)
    else:
        fits = state in ("", row.action.state)
    if owner == "me":
        return fits and row.action.owner_id == actor.person_id
    return fits and owner in ("", row.action.owner_name)


def _row(
    action: RemediationAction,
    actions: Sequence[RemediationAction],
    assessments: Mapping[UUID, Assessment],
) -> Row:
    edition = _edition(assessments[action.assessment_id])
    question = edition.question(action.question_id)
    awaited = next((a for a in actions if a.id == action.depends_on_id), None)
    return Row(
        action=action,
        question=question,
        title=title_in(action, question, language()),
        is_overdue=is_overdue(action, today()),
        days_late=(today() - action.due_on).days if action.due_on else 0,
        waits_for=awaited.question_id if awaited and awaited.state in BOARD[:2] else None,
    )


def _edition(assessment: Assessment) -> Edition:
    return load_edition(assessment.questionnaire_id, assessment.version)


def _outlook(
    session: FirmSession,
    actions: Sequence[RemediationAction],
    assessments: Mapping[UUID, Assessment],
) -> Outlook | None:
    """Of the newest assessment from which something was planned."""
    planned_from = {a.assessment_id for a in actions if a.state != ActionState.DROPPED}
    chosen = next((a for i, a in assessments.items() if i in planned_from), None)
    if chosen is None:
        return None
    edition, answers = edition_of(chosen), answers_of(session, chosen)
    own = [a for a in actions if a.assessment_id == chosen.id and a.state != ActionState.DROPPED]
    lifts = {a.question_id: Lift.TARGET for a in own if edition.question(a.question_id).scored}
    return Outlook(
        assessment=chosen,
        then=score(edition, answers, chosen.as_of),
        today=scorecard_today(edition, answers, chosen.as_of, own),
        planned=what_if(edition, answers, chosen.as_of, lifts),
        accepted=sum(a.state == ActionState.ACCEPTED for a in own),
        total=len(own),
    )


def _outlook_figures(outlook: Outlook | None) -> list[dict[str, Any]]:
    if outlook is None:
        return []
    return [
        {"label": label, "grade": card.overall.grade, **figures(card)}
        for label, card in (
            (_("as assessed"), outlook.then),
            (_("would be today"), outlook.today),
            (_("once all is done"), outlook.planned),
        )
    ]


# --- Planning ----------------------------------------------------------------------------------


@blueprint.get("/assessments/<uuid:assessment_id>/remedies/new")
@needs(Action.REMEDY)
def pick(assessment_id: UUID) -> str:
    """Choose among the gaps what is to be remedied, by whom and until when."""
    return _pick(assessment_id)


def _pick(assessment_id: UUID, fault: str = "") -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
        actions = [a for a in actions_of_firm(session) if a.assessment_id == assessment_id]
    card = score(standing.edition, standing.answers, standing.assessment.as_of)
    return render_template(
        "remediation/pick.html",
        standing=standing,
        gaps=[row for row in gap_rows(card) if standing.edition.question(row.question).remedy],
        planned={a.question_id for a in actions if a.state != ActionState.DROPPED},
        chosen=set(request.values.getlist("question")),
        owners=_owners(actor),
        typed=request.form,
        today=today(),
        fault=fault,
    )


@blueprint.post("/assessments/<uuid:assessment_id>/remedies")
@needs(Action.REMEDY)
def add(assessment_id: UUID) -> str | tuple[str, int] | BaseResponse:
    """Put the remedies of the chosen questions into the plan."""
    actor = current_actor()
    lifts = [text.partition(":") for text in request.form.getlist("lift")]
    chosen = [*request.form.getlist("question"), *(question for question, _colon, _how in lifts)]
    if not chosen:
        return _pick(assessment_id, _("Choose at least one gap.")), 422
    due_on, fault = _day(request.form.get("due_on", ""))
    if fault:
        return _pick(assessment_id, fault), 422
    owner_id, owner_name = _owner(actor, request.form.get("owner", ""))
    try:
        with firm_session(engine(), actor.firm_id) as session:
            assessment = find_assessment(session, assessment_id)
            made = plan_gaps(
                session,
                actor,
                assessment,
                _edition(assessment),
                chosen,
                Wanted(owner_id=owner_id, owner_name=owner_name, due_on=due_on),
                language=language(),
                now=now(),
                factors={question: 2 for question, _colon, how in lifts if how},
            )
    except RemediationError as error:
        status, said = refusal(error)
        return _pick(assessment_id, said), status
    flash(
        ngettext("%(num)s action planned.", "%(num)s actions planned.", len(made))
        if made
        else _("All of them stand in the plan already."),
        "ok" if made else "info",
    )
    return redirect(url_for(".index"))


def _day(text: str) -> tuple[date | None, str]:
    """The day typed, and what is wrong with it."""
    try:
        return (date.fromisoformat(text.strip()) if text.strip() else None), ""
    except ValueError:
        said = _("Enter a date that exists as year-month-day, for example 2026-11-24.")
        return None, str(said)


def _owners(actor: Actor) -> list[tuple[str, str]]:
    return [(str(person_id), name) for person_id, name in colleagues_of(engine(), actor.firm_id)]


def _owner(actor: Actor, wanted: str) -> tuple[UUID | None, str]:
    """A person of the firm; nobody where the id names none."""
    for person_id, name in colleagues_of(engine(), actor.firm_id):
        if str(person_id) == wanted:
            return person_id, name
    return None, ""


# --- One action --------------------------------------------------------------------------------


@blueprint.get("/remediation/<uuid:action_id>")
@needs(Action.REMEDY)
def page(action_id: UUID) -> str:
    """One action: the gap it closes, who, when, its proof, and the officer's word."""
    return _page(action_id)


def _page(action_id: UUID, fault: str = "", clash: Sequence[Clash] = ()) -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        action = find_action(session, action_id)
        actions = actions_of_firm(session)
        assessments = {a.id: a for a in assessments_of_firm(session)}
    others = [
        _row(a, actions, assessments)
        for a in actions
        if a.id != action.id and a.state != ActionState.DROPPED
    ]
    states = [*CHOSEN_BY_OWNER]
    if action.state == ActionState.ACCEPTED:
        states.append(ActionState.ACCEPTED)
    return render_template(
        "remediation/action.html",
        row=_row(action, actions, assessments),
        action=action,
        assessment=assessments[action.assessment_id],
        edition=_edition(assessments[action.assessment_id]),
        others=[(str(r.action.id), f"{r.question.id} {r.title}") for r in others],
        owners=_owners(actor),
        states=[(state.value, STATES[state][1]) for state in states],
        words_of_state=STATES,
        typed=request.form if fault else {},
        today=today(),
        fault=fault,
        clash=clash,
    )


@blueprint.post("/remediation/<uuid:action_id>")
@needs(Action.REMEDY)
def save(action_id: UUID) -> str | tuple[str, int] | BaseResponse:
    """Change owner, day, note, proof, dependency or state."""
    actor = current_actor()
    form = request.form
    due_on, fault = _day(form.get("due_on", ""))
    state = next((s for s in ActionState if s == form.get("state")), None)
    if state is None:
        fault = fault or _("Choose one of the states shown.")
    if fault or state is None:
        return _page(action_id, fault), 422
    owner_id, owner_name = _owner(actor, form.get("owner", ""))
    wanted = Wanted(
        owner_id=owner_id,
        owner_name=owner_name,
        due_on=due_on,
        state=state,
        note=form.get("note", "").replace("\r\n", "\n").strip(),
        proof=form.get("proof", "").replace("\r\n", "\n").strip(),
        depends_on_id=_id(form.get("depends_on", "")),
    )
    try:
        with firm_session(engine(), actor.firm_id) as session:
            version = form.get("version", 0, type=int)
            change(session, actor, action_id, wanted, base_version=version, now=now())
    except StaleActionError as error:
        if clash := _clashes(action_id, wanted):
            status, said = refusal(error)
            return _page(action_id, said, clash), status
    except RemediationError as error:
        status, said = refusal(error)
        if status == 404:
            raise
        return _page(action_id, said), status
    flash(_("The action is saved."), "ok")
    return redirect(url_for(".page", action_id=action_id))


def _clashes(action_id: UUID, wanted: Wanted) -> list[Clash]:
    """What differs between the action as it stands and as it was wanted."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        action = find_action(session, action_id)
        actions = actions_of_firm(session)
        assessments = {a.id: a for a in assessments_of_firm(session)}
    titles = {a.id: _row(a, actions, assessments).title for a in actions}
    states = {state: str(words) for state, (_kind, words) in STATES.items()}
    return clashes(action, wanted, states, titles)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@blueprint.post("/remediation/<uuid:action_id>/accept")
@needs(Action.DECIDE)
def approve(action_id: UUID) -> BaseResponse:
    """The officer accepts what was reported done."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        accept(session, actor, action_id, now=now())
    flash(_("Accepted. It counts in “would be today”."), "ok")
    return redirect(url_for(".page", action_id=action_id))


@blueprint.post("/remediation/<uuid:action_id>/send-back")
@needs(Action.DECIDE)
def decline(action_id: UUID) -> str | tuple[str, int] | BaseResponse:
    """The officer does not accept it, and says why."""
    actor = current_actor()
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _page(action_id, _("Say what is missing before you send it back.")), 422
    with firm_session(engine(), actor.firm_id) as session:
        send_back(session, actor, action_id, reason, now=now())
    flash(_("Sent back with your reason."), "ok")
    return redirect(url_for(".page", action_id=action_id))


# --- To take along -----------------------------------------------------------------------------


@blueprint.get("/remediation/plan.xlsx")
@needs(Action.REMEDY)
def spreadsheet() -> Response:
    """The plan as a spreadsheet in the language of the page."""
    headings = (
        _("Question"),
        _("Action"),
        _("Owner"),
        _("Due"),
        _("State"),
        _("Days of effort"),
        _("Note"),
        _("Proof"),
    )
    content = workbook(
        _told_actions(),
        tuple(map(str, headings)),
        {state.value: str(words) for state, (_kind, words) in STATES.items()},
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(content, kind, "remedies.xlsx")


@blueprint.get("/remediation/plan.ics")
@needs(Action.REMEDY)
def to_dos() -> Response:
    """Due dates as a calendar file."""
    return _file(calendar(_told_actions(), now()), "text/calendar; charset=utf-8", "remedies.ics")


def _told_actions() -> list[RemediationAction]:
    """All actions, with their titles in the reader's language; nothing is written back."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        actions = actions_of_firm(session)
        assessments = {a.id: a for a in assessments_of_firm(session)}
    for action in actions:  # detached from the session by now
        question = _edition(assessments[action.assessment_id]).question(action.question_id)
        action.title = title_in(action, question, language())
    return list(actions)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
