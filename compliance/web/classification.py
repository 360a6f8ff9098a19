"""Classification worksheets: step by step, parameters against thresholds, two signatures."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from compliance.catalogue import load_edition
from compliance.clock import now, today
from compliance.database import firm_reading, firm_session
from compliance.determination import (
    ClassificationStep,
    Worksheet,
    WorksheetContent,
    WorksheetError,
    WorksheetState,
    all_worksheets,
    change_worksheet,
    find_worksheet,
    load_classification,
    open_worksheet,
    read_parameters,
    reopen_worksheet,
    sign_worksheet,
)
from compliance.identity import Action
from compliance.screening import find_goods, lists_in_use, search_goods
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs

blueprint = Blueprint("classification", __name__, url_prefix="/classification")
STATES = {
    WorksheetState.DRAFT: ("active", _l("being classified")),
    WorksheetState.SIGNED_ONCE: ("warn", _l("second signature missing")),
    WorksheetState.SIGNED: ("ok", _l("signed by two")),
    WorksheetState.REOPENED: ("warn", _l("reopened")),
}
ANSWERS = {"yes": _l("Yes"), "no": _l("No"), "unsure": _l("Not sure")}
COMPARED = {
    "at_least": _l("at least"),
    "more_than": _l("more than"),
    "at_most": _l("at most"),
    "less_than": _l("less than"),
    "equal": _l("equal to"),
}
REFUSALS = {
    "an item needs a name": _l("Give the item a name."),
    "a signed worksheet is reopened before it is changed": _l(
        "A signed worksheet is reopened before it is changed."
    ),
    "the second signature must be another person's": _l(
        "The second signature must be another person's."
    ),
    "a list has changed since the first signature; reopen and check": _l(
        "A list has changed since the first signature: reopen and check."
    ),
    "the worksheet is signed already": _l("The worksheet is signed already."),
    "a step is open": _l("A step is still open."),
    "the reason is missing": _l("The reason is missing."),
    "the review date must lie ahead": _l("Set a review date that lies ahead."),
    "reopening needs a reason": _l("Reopening needs a reason."),
}
EMPTY_ROWS = 2


@blueprint.get("")
@needs(Action.DETERMINE, Action.READ)
def index() -> str:
    """The register of classified items."""
    text = request.args.get("q", "")
    with firm_reading(engine(), current_actor().firm_id) as session:
        worksheets = all_worksheets(session, text)
    return render_template(
        "classification/index.html",
        worksheets=worksheets,
        results=load_classification().results,
        states=STATES,
        text=text,
        today=today(),
    )


@blueprint.post("")
@needs(Action.DETERMINE)
def begin() -> BaseResponse:
    """Begin to classify an item."""
    actor = current_actor()
    content = WorksheetContent(
        item=request.form.get("item", ""), hs_code=request.form.get("hs_code", "")
    )
    try:
        with firm_session(engine(), actor.firm_id) as session:
            worksheet = open_worksheet(session, actor, content, now=now())
    except WorksheetError as error:
        return _refused(error, url_for("classification.index"))
    return redirect(url_for("classification.show", worksheet_id=worksheet.id), 303)


@blueprint.get("/<uuid:worksheet_id>")
@needs(Action.DETERMINE, Action.READ)
def show(worksheet_id: UUID) -> str:
    """One worksheet: its steps so far, the next one, parameters, signatures."""
    text = request.args.get("q", "").strip()
    classification = load_classification()
    with firm_reading(engine(), current_actor().firm_id) as session:
        worksheet = find_worksheet(session, worksheet_id)
        entry = find_goods(session, worksheet.list_code) if worksheet.list_code else None
        found = search_goods(session, text or worksheet.hs_code or worksheet.item, most=8)
        lists = [v for v in lists_in_use(session) if v.kind == "goods"]
    return render_template(
        "classification/show.html",
        worksheet=worksheet,
        classification=classification,
        shown_steps=_shown_steps(worksheet),
        result=classification.results.get(worksheet.result),
        parameters=_parameters(worksheet),
        editable=worksheet.state in (WorksheetState.DRAFT, WorksheetState.REOPENED)
        and current_actor().may(Action.DETERMINE),
        states=STATES,
        answers=ANSWERS,
        compared=COMPARED,
        provisions=load_edition().provisions,
        entry=entry,
        found=found,
        lists=lists,
        text=text,
        today=today(),
    )


@blueprint.post("/<uuid:worksheet_id>")
@needs(Action.DETERMINE)
def change(worksheet_id: UUID) -> BaseResponse:
    """Write down steps, parameters and the reason."""
    actor, here = current_actor(), url_for("classification.show", worksheet_id=worksheet_id)
    form = request.form
    try:
        review = form.get("review_on", "")
        content = WorksheetContent(
            item=form.get("item", ""),
            description=form.get("description", ""),
            hs_code=form.get("hs_code", ""),
            list_code=form.get("list_code", ""),
            reason=form.get("reason", ""),
            review_on=date.fromisoformat(review) if review else None,
            steps={
                key.removeprefix("step-"): value
                for key, value in form.items()
                if key.startswith("step-")
            },
            parameters=read_parameters(
                [
                    dict(
                        zip(("name", "value", "comparison", "threshold", "unit"), row, strict=True)
                    )
                    for row in zip(
                        form.getlist("p-name"),
                        form.getlist("p-value"),
                        form.getlist("p-comparison"),
                        form.getlist("p-threshold"),
                        form.getlist("p-unit"),
                        strict=True,
                    )
                ]
            ),
        )
        with firm_session(engine(), actor.firm_id) as session:
            change_worksheet(session, actor, worksheet_id, content, now=now())
    except WorksheetError as error:
        return _refused(error, here)
    except ValueError:
        flash(_("Some of what you entered cannot be used."), "error")
        return redirect(here, 303)
    flash(_("Written down."), "ok")
    return redirect(here, 303)


@blueprint.post("/<uuid:worksheet_id>/sign")
@needs(Action.DETERMINE, Action.SIGN)
def sign(worksheet_id: UUID) -> BaseResponse:
    """Sign the worksheet; the second signature is a compliance officer's."""
    actor, here = current_actor(), url_for("classification.show", worksheet_id=worksheet_id)
    try:
        with firm_session(engine(), actor.firm_id) as session:
            worksheet = find_worksheet(session, worksheet_id)
            if worksheet.state == WorksheetState.SIGNED_ONCE and not actor.may(Action.SIGN):
                flash(_("The second signature is a compliance officer's."), "error")
                return redirect(here, 303)
            lists = {v.code: v.number for v in lists_in_use(session) if v.kind == "goods"}
            sign_worksheet(session, actor, worksheet_id, lists, now=now(), today=today())
    except WorksheetError as error:
        return _refused(error, here)
    flash(_("Signed."), "ok")
    return redirect(here, 303)


@blueprint.post("/<uuid:worksheet_id>/reopen")
@needs(Action.DETERMINE)
def reopen(worksheet_id: UUID) -> BaseResponse:
    """Take the signatures off, with a reason."""
    actor, here = current_actor(), url_for("classification.show", worksheet_id=worksheet_id)
    try:
        with firm_session(engine(), actor.firm_id) as session:
            reason = request.form.get("reason", "")
            reopen_worksheet(session, actor, worksheet_id, reason, now=now())
    except WorksheetError as error:
        return _refused(error, here)
    return redirect(here, 303)


def _shown_steps(worksheet: Worksheet) -> list[ClassificationStep]:
    """The steps answered so far and the one to answer now."""
    classification = load_classification()
    open_step = classification.open_step(worksheet.steps)
    shown = []
    for step in classification.steps:
        answered = step.id in worksheet.steps
        if answered or step is open_step:
            shown.append(step)
        if answered and worksheet.steps[step.id] != "no":
            break
    return shown


def _parameters(worksheet: Worksheet) -> list[tuple[dict[str, str], bool | None]]:
    """Parameters with whether they reach the threshold, then empty rows."""
    rows: list[tuple[dict[str, str], bool | None]] = [
        (raw, parameter.meets)
        for raw, parameter in zip(
            worksheet.parameters, read_parameters(worksheet.parameters), strict=True
        )
    ]
    empty = {"name": "", "value": "", "comparison": "at_least", "threshold": "", "unit": ""}
    return rows + [(empty, None)] * EMPTY_ROWS


def _refused(error: WorksheetError, here: str) -> BaseResponse:
    said = REFUSALS.get(str(error), _l("A parameter needs a value and a threshold in digits."))
    flash(str(said), "error")
    return redirect(here, 303)
