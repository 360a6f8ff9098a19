"""Reports: asked for, polled, downloaded."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify, url_for

from compliance.api.bodies import read_object
from compliance.api.guard import caller, engine
from compliance.api.problems import ProblemError
from compliance.jobs import Job, JobState
from compliance.worker import NotOnOfferError, find_report, order_report, read_wish, report_file


def ordered(assessment_id: UUID) -> Response:
    """Order a report: 202 with its job, which does the work."""
    wish = read_wish(read_object(), assessment_id)
    if wish is None:
        raise ProblemError(422, "variant, module, language or format is not on offer")
    try:
        job = order_report(engine(), caller(), wish)
    except NotOnOfferError:
        raise ProblemError(422, "The questionnaire has no such module.") from None
    response = jsonify(_record(job))
    response.status_code = 202
    response.headers["Location"] = url_for("api.report", job_id=job.id)
    return response


def polled(job_id: UUID) -> Response:
    """The state of a report."""
    return jsonify(_record(find_report(engine(), caller(), job_id)))


def downloaded(job_id: UUID) -> Response:
    """The finished file; 409 while it is not finished."""
    job = find_report(engine(), caller(), job_id)
    if job.state != JobState.DONE or not job.result:
        raise ProblemError(409, f"The report is {job.state}.")
    path = report_file(current_app.extensions["settings"].data_dir, job)
    if not path.is_file():
        raise ProblemError(410, "The file is gone; order the report again.")
    response = Response(path.read_bytes(), mimetype=job.result["media_type"])
    response.headers.set("Content-Disposition", "attachment", filename=job.result["download_name"])
    response.set_etag(job.result["sha256"])
    return response


def _record(job: Job) -> dict[str, Any]:
    done = job.state == JobState.DONE
    return {
        "id": str(job.id),
        "state": job.state,
        "done": job.done_steps,
        "total": job.all_steps,
        "fault": job.fault,
        "file": url_for("api.report_file", job_id=job.id) if done else None,
    }
