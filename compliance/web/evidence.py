"""The firm's evidence: what there is, what it supports, and its download."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, render_template, send_file

from compliance.assessments import assessments_of_firm, evidence_for, find_evidence_for
from compliance.clock import today
from compliance.database import firm_reading
from compliance.evidence import NoSuchEvidenceError, Store
from compliance.identity import Action
from compliance.web.context import engine, settings
from compliance.web.guards import current_actor, needs

blueprint = Blueprint("evidence", __name__)
INERT = "sandbox; default-src 'none'"  # whatever a browser makes of the file, nothing runs


@blueprint.get("/evidence")
@needs(Action.SEE_MODULES)
def index() -> str:
    """All evidence that one may see and the questions that each piece supports."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        items, links = evidence_for(session, actor)
        titles = {a.id: a.title for a in assessments_of_firm(session)}
    return render_template(
        "assessments/evidence.html", items=items, links=links, titles=titles, today=today()
    )


@blueprint.get("/evidence/<uuid:evidence_id>/file")
@needs(Action.SEE_MODULES)
def download(evidence_id: UUID) -> Response:
    """The file, always as a download."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        item = find_evidence_for(session, actor, evidence_id)
    if item.sha256 is None or item.file_name is None:
        raise NoSuchEvidenceError(str(evidence_id))
    content = Store.of_firm(settings().data_dir, actor.firm_id).read(item.sha256)
    response = send_file(
        BytesIO(content),
        mimetype=item.media_type or "application/octet-stream",
        as_attachment=True,
        download_name=item.file_name,
    )
    response.headers["Content-Security-Policy"] = INERT
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
