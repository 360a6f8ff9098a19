"""Verify a report that somebody sent: genuine, altered, or made by another version."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from compliance.identity import Action
from compliance.web.guards import needs

blueprint = Blueprint("verification", __name__)
FINDINGS = {
    "files_changed": _l("A file inside the report is not the one it was made with."),
    "result_differs": _l("The answers inside give another result than the one inside."),
    "digest_differs": _l("Answers and result have another digest than the report states."),
    "pages_differ": _l("The printed pages are not what the answers give."),
    "added_afterwards": _l("Something was added to the file after it was made."),
    "signature_broken": _l("The signature does not fit the file."),
    "edition_differs": _l("It was made with another text of the questionnaire."),
}
SIGNATURES = {
    "none": _l("It carries no signature."),
    "valid": _l("Its signature is intact."),
    "broken": _l("Its signature is broken."),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page says of a file."""

    kind: str
    title: str
    lines: tuple[str, ...] = ()


@blueprint.get("/reports/verify")
@needs(Action.REPORT)
def form() -> str:
    """The form."""
    return render_template("reports_pages/verify.html", outcome=None)


@blueprint.post("/reports/verify")
@needs(Action.REPORT)
def check() -> str | tuple[str, int]:
    """The verdict on the file; the file is not kept."""
    from compliance.reports import NotAReportError, RenderingFailedError  # large, seldom needed

    upload = request.files.get("file")
    if upload is None or not upload.filename:
        said = Outcome("bad", _("Choose a PDF file first."))
        return render_template("reports_pages/verify.html", outcome=said), 422
    try:
        outcome = _outcome(upload.read())
    except NotAReportError:
        said = Outcome("bad", _("This file is no gap report of this program."))
        return render_template("reports_pages/verify.html", outcome=said), 422
    except RenderingFailedError:
        said = Outcome("warn", _("The file could not be verified within the time allowed."))
        return render_template("reports_pages/verify.html", outcome=said), 422
    return render_template("reports_pages/verify.html", outcome=outcome)


def _outcome(pdf: bytes) -> Outcome:
    from compliance.reports.verifying import verify_in_child

    found = verify_in_child(pdf)
    facts = (
        _("Firm: %(firm)s, as of %(day)s", firm=found["firm"], day=found["as_of"]),
        _("Score %(score)s, grade %(grade)s", score=found["score"], grade=found["grade"] or "–"),
        _("Digest: %(digest)s", digest=found["digest"]),
        str(SIGNATURES.get(found["signature"], SIGNATURES["none"])),
    )
    if not found["genuine"]:
        lines = tuple(str(FINDINGS.get(one, one)) for one in found["findings"])
        return Outcome("bad", _("Altered: do not rely on this file."), lines + facts)
    if not found["pages_compared"]:
        note = _(
            "It was made by version %(version)s of the program; its pages could not be made "
            "again for comparison. Answers and result inside are genuine.",
            version=found["made_by"],
        )
        return Outcome("warn", _("Genuine content, other version"), (note, *facts))
    return Outcome("ok", _("Genuine: pages, answers and result are as they were made."), facts)
