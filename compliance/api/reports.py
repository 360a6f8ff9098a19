"""Reports: asked for, polled, downloaded."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify, request, url_for

from compliance.api.guard import caller, engine
from compliance.api.problems import ProblemError
from compliance.database import firm_reading
from compliance.jobs import Job, JobState, find_job
from compliance.worker import order_report, read_wish


def ordered(assessment_id: UUID) -> Response:
    """Order a report: 202 with its job, which does the work."""
    try:
        fields = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError):
        raise ProblemError(400, "The body is no JSON.") from None
    wish = read_wish(fields, assessment_id) if isinstance(fields, dict) else None
    if wish is None:
        raise ProblemError(422, "variant, language or format is not on offer")
    job = order_report(engine(), caller(), wish)
    response = jsonify(_record(job))
    response.status_code = 202
    response.headers["Location"] = url_for("api.report", job_id=job.id)
    return response


def polled(job_id: UUID) -> Response:
    """The state of a report."""
    with firm_reading(engine(), caller().firm_id) as session:
        return jsonify(_record(find_job(session, job_id)))


def downloaded(job_id: UUID) -> Response:
    """The finished file; 409 while it is not finished."""
    with firm_reading(engine(), caller().firm_id) as session:
        job = find_job(session, job_id)
    if job.state != JobState.DONE or not job.result:
        raise ProblemError(409, f"The report is {job.state}.")
    folder: Path = current_app.extensions["settings"].data_dir / "reports" / str(job.firm_id)
    path = folder / Path(str(job.result["file"])).name
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
