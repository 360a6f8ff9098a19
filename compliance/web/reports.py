"""Asking for reports, following them, downloading and verifying them."""

from datetime import date
from pathlib import Path
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
from compliance.jobs import Job, JobState, cancel, find_job, jobs_of_firm, restart
from compliance.web.context import engine, settings
from compliance.web.guards import current_actor, needs
from compliance.web.report_words import FORMATS, LANGUAGES, VARIANTS
from compliance.worker import order_report, read_wish, wake

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports")
@needs(Action.REPORT)
def index() -> str:
    """All reports of the firm, newest first, and what can be asked for."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        jobs = jobs_of_firm(session, "report")
        assessments = assessments_in_use(session)
    return render_template(
        "reports_pages/index.html",
        jobs=[job_view(job) for job in jobs],
        assessments=assessments,
        chosen=request.args.get("assessment"),
        **_words(),
    )


@blueprint.post("/reports")
@needs(Action.REPORT)
def ask() -> BaseResponse:
    """Order a report; answers at once, the work is done by a job."""
    wish = read_wish(request.form, request.form.get("assessment"))
    if wish is None:
        abort(422)
    job = order_report(engine(), current_actor(), wish)
    return redirect(url_for("reports.show", job_id=job.id), 303)


@blueprint.get("/reports/<uuid:job_id>")
@needs(Action.REPORT)
def show(job_id: UUID) -> str:
    """One report: its progress, then its download."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        job = find_job(session, job_id)
    return render_template("reports_pages/show.html", job=job_view(job), **_words())


@blueprint.get("/reports/<uuid:job_id>/state")
@needs(Action.REPORT)
def state(job_id: UUID) -> Response:
    """The state of a report as JSON, for the page's progress."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        job = find_job(session, job_id)
    view = job_view(job)
    return jsonify(state=view["state"], done=view["done"], total=view["total"], text=view["text"])


@blueprint.get("/reports/<uuid:job_id>/download")
@needs(Action.REPORT)
def download(job_id: UUID) -> BaseResponse:
    """The finished file."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        job = find_job(session, job_id)
    if job.state != JobState.DONE or not job.result:
        abort(409)
    path = report_path(job)
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
    with firm_session(engine(), current_actor().firm_id) as session:
        cancel(session, job_id, now=now())
    flash(_("The report was called off."))
    return redirect(url_for("reports.show", job_id=job_id), 303)


@blueprint.post("/reports/<uuid:job_id>/restart")
@needs(Action.REPORT)
def ask_again(job_id: UUID) -> BaseResponse:
    """Queue a failed or cancelled report again."""
    with firm_session(engine(), current_actor().firm_id) as session:
        restart(session, job_id)
    wake()
    return redirect(url_for("reports.show", job_id=job_id), 303)


def _words() -> dict[str, Any]:
    return {"variants": VARIANTS, "languages": LANGUAGES, "formats": FORMATS}


def report_path(job: Job) -> Path:
    """Where the job's file lies; the name comes from us, never from a user."""
    name = Path(str((job.result or {}).get("file", ""))).name
    return settings().data_dir / "reports" / str(job.firm_id) / name


def job_view(job: Job) -> dict[str, Any]:
    """What a page shows of a job."""
    arguments, result = job.arguments, job.result or {}
    return {
        "id": job.id,
        "title": job.title,
        "state": job.state,
        "done": job.done_steps,
        "total": job.all_steps,
        "text": _progress_words(job),
        "variant": arguments.get("variant"),
        "language": arguments.get("language"),
        "format": arguments.get("format"),
        "as_of": date.fromisoformat(arguments["as_of"]) if arguments.get("as_of") else None,
        "created_at": job.created_at,
        "created_by": job.created_by_name,
        "pages": result.get("pages"),
        "size": result.get("size"),
        "sha256": result.get("sha256"),
    }


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
