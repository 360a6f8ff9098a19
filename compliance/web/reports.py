"""Asking for reports, following them, downloading and verifying them."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.assessments import assessments_in_use
from compliance.clock import now
from compliance.database import firm_reading, firm_session
from compliance.identity import Action
from compliance.jobs import Job, JobState, cancel
from compliance.web.context import engine, language, settings
from compliance.web.guards import current_actor, needs
from compliance.web.report_words import (
    FORMATS,
    LANGUAGES,
    VARIANTS,
    kind_words,
    module_choices,
    wanted_fields,
)
from compliance.worker import (
    NotOnOfferError,
    find_report,
    make_again,
    order_comparison,
    order_portfolio,
    order_report,
    read_wish,
    report_file,
    reports_of,
)

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports")
@needs(Action.REPORT)
def index() -> str:
    """All reports of the firm, newest first, and what can be asked for."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        assessments = assessments_in_use(session)
    return render_template(
        "reports_pages/index.html",
        jobs=[job_view(job) for job in reports_of(engine(), actor)],
        assessments=assessments,
        modules=module_choices(assessments, language()),
        chosen=request.args.get("assessment"),
        chosen_kind=request.args.get("variant"),
        variants=VARIANTS,
        languages=LANGUAGES,
        formats=FORMATS,
    )


@blueprint.post("/reports")
@needs(Action.REPORT)
def ask() -> BaseResponse:
    """Order a report; answers at once, the work is done by a job."""
    wish = read_wish(wanted_fields(request.form), request.form.get("assessment"))
    if wish is None:
        abort(422)
    try:
        job = order_report(engine(), current_actor(), wish)
    except NotOnOfferError:
        abort(422)
    return redirect(url_for("reports.show", job_id=job.id), 303)


@blueprint.post("/reports/comparison")
@needs(Action.REPORT)
def compare() -> BaseResponse:
    """Order what changed between two sealed results."""
    try:
        earlier, later = UUID(request.form["earlier"]), UUID(request.form["later"])
    except ValueError:
        abort(422)
    if earlier == later:
        abort(422)
    job = order_comparison(engine(), current_actor(), earlier, later, _language())
    return redirect(url_for("reports.show", job_id=job.id), 303)


@blueprint.post("/reports/portfolio")
@needs(Action.DECIDE)
def portfolio() -> BaseResponse:
    """Order the portfolio of the firms in which one decides."""
    try:
        job = order_portfolio(engine(), current_actor(), _language())
    except NotOnOfferError:
        abort(404)
    return redirect(url_for("reports.show", job_id=job.id), 303)


@blueprint.get("/reports/<uuid:job_id>")
@needs(Action.REPORT)
def show(job_id: UUID) -> str:
    """One report: its progress, then its download."""
    job = find_report(engine(), current_actor(), job_id)
    return render_template("reports_pages/show.html", job=job_view(job))


@blueprint.get("/reports/<uuid:job_id>/state")
@needs(Action.REPORT)
def state(job_id: UUID) -> Response:
    """The state of a report as JSON, for the page's progress."""
    job = find_report(engine(), current_actor(), job_id)
    view = job_view(job)
    return jsonify(state=view["state"], done=view["done"], total=view["total"], text=view["text"])


@blueprint.get("/reports/<uuid:job_id>/download")
@needs(Action.REPORT)
def download(job_id: UUID) -> BaseResponse:
    """The finished file."""
    job = find_report(engine(), current_actor(), job_id)
    if job.state != JobState.DONE or not job.result:
        abort(409)
    path = report_file(settings().data_dir, job)
    if not path.is_file():
        abort(410)
    response = Response(path.read_bytes(), mimetype=job.result["media_type"])
    response.headers.set("Content-Disposition", "attachment", filename=job.result["download_name"])
    response.set_etag(job.result["sha256"])
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.post("/reports/<uuid:job_id>/cancel")
@needs(Action.REPORT)
def call_off(job_id: UUID) -> BaseResponse:
    """Cancel a report that is under way."""
    actor = current_actor()
    find_report(engine(), actor, job_id)
    with firm_session(engine(), actor.firm_id) as session:
        cancel(session, job_id, now=now())
    flash(_("The report was called off."))
    return redirect(url_for("reports.show", job_id=job_id), 303)


@blueprint.post("/reports/<uuid:job_id>/restart")
@needs(Action.REPORT)
def ask_again(job_id: UUID) -> BaseResponse:
    """Queue a report again that failed, was called off, or whose file is gone."""
    make_again(engine(), current_actor(), job_id, settings().data_dir)
    return redirect(url_for("reports.show", job_id=job_id), 303)


def job_view(job: Job) -> dict[str, Any]:
    """What a page shows of a job."""
    arguments, result = job.arguments, job.result or {}
    return {
        "id": job.id,
        "title": _title(job),
        "kind": kind_words(arguments, language()),
        "state": job.state,
        "gone": job.state == JobState.DONE and not report_file(settings().data_dir, job).is_file(),
        "done": job.done_steps,
        "total": job.all_steps,
        "text": _progress_words(job),
        "language": LANGUAGES.get(arguments.get("language", ""), arguments.get("language")),
        "format": FORMATS.get(arguments.get("format", ""), arguments.get("format")),
        "as_of": date.fromisoformat(arguments["as_of"]) if arguments.get("as_of") else None,
        "created_at": job.created_at,
        "created_by": job.created_by_name,
        "pages": result.get("pages"),
        "size": result.get("size"),
        "sha256": result.get("sha256"),
    }


def _language() -> str:
    """The language asked for; one of those on offer."""
    wanted = request.form.get("language", "en")
    if wanted not in LANGUAGES:
        abort(422)
    return wanted


def _title(job: Job) -> str:
    firms = job.arguments.get("firms")
    return str(_("Portfolio: %(number)d firms", number=len(firms))) if firms else job.title


def _progress_words(job: Job) -> str:
    match job.state:
        case JobState.QUEUED:
            return str(_("Waiting for its turn"))
        case JobState.RUNNING if job.all_steps:
            return str(_("Page %(done)d of %(total)d", done=job.done_steps, total=job.all_steps))
        case JobState.RUNNING:
            return str(_("Being laid out"))
        case JobState.DONE:
            return str(_("Ready"))
        case JobState.CANCELLED:
            return str(_("Called off"))
        case _:
            return _failure_words(job.fault or "")


def _failure_words(fault: str) -> str:
    if fault == "worker-died":
        return str(_("Failed: the worker stopped twice while making it. Try again."))
    if fault in ("time-limit", "memory-limit"):
        return str(_("Failed: the report grew beyond its limits. Shorten very long comments."))
    return str(_("Failed. Try again; if it fails once more, tell the administrator."))
