"""Verify a report that somebody sent: genuine, altered and where, or made by another version."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from compliance.identity import Action
from compliance.web.context import language
from compliance.web.guards import needs

blueprint = Blueprint("verification", __name__)
FINDINGS = {
    "files_changed": _l("A file inside the report is not the one it was made with."),
    "files_added": _l("A file was put into the report that it did not have."),
    "result_differs": _l("The answers inside give another result than the one inside."),
    "digest_differs": _l("Answers and result have another digest than the report states."),
    "pages_differ": _l("The printed pages are not what the answers give."),
    "inside_differs": _l(
        "The pages look the same, but typefaces, tags, data about the file or its structure differ."
    ),
    "added_afterwards": _l("Something was added to the file after it was made."),
    "signature_broken": _l("The signature does not fit the file."),
    "edition_differs": _l("It was made with another text of the questionnaire."),
}
DETAILS = {
    "file_changed": _l("File inside: %(name)s was changed."),
    "file_missing": _l("File inside: %(name)s was taken out."),
    "file_added": _l("File inside: %(name)s was put in."),
    "answer_changed": _l("Answer to %(name)s was changed."),
    "answer_added": _l("Answer to %(name)s was added."),
    "answer_removed": _l("Answer to %(name)s was removed."),
    "figure": _l("%(name)s: the file says %(stated)s, its answers give %(found)s."),
    "page": _l("Page %(name)s is another."),
    "page_count": _l("It has %(stated)s pages instead of %(found)s."),
}
FIGURES = {  # last part of a figure's name -> words
    "score": _l("Score"),
    "supported_score": _l("Score supported by evidence"),
    "best_score": _l("Best score still possible"),
    "grade": _l("Grade"),
    "grade_before_limits": _l("Grade before limits"),
    "completion": _l("Share of questions answered"),
    "answered": _l("Questions answered"),
    "applicable": _l("Questions that apply"),
    "not_applicable": _l("Questions that do not apply"),
    "priority": _l("Priority of the gap"),
    "attainment": _l("Attainment"),
    "input_digest": _l("Digest of the answers"),
    "as_of": _l("Date of the assessment"),
}
LISTS = {"gaps": _l("Gap"), "modules": _l("Module"), "elements": _l("Element")}
PACK = {
    "changed": _l("%(name)s was changed."),
    "missing": _l("%(name)s is missing."),
    "unlisted": _l("%(name)s was put in, or renamed."),
    "twice": _l("%(name)s stands in it twice."),
}
DISAGREEMENTS = {
    "answers": _l("The file of answers is not the one inside the reports."),
    "result": _l("The file of the result is not the one inside the reports."),
    "digest": _l("The list of files states another digest than the reports."),
    "trail": _l("In the audit trail an entry does not follow the one before it."),
    "trail_head": _l("The entry of the audit trail that the reports name is not in it."),
}
SIGNATURES = {
    "none": _l("It carries no signature."),
    "valid": _l("Its signature is intact."),
    "broken": _l("Its signature is broken."),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page says of a file, or of one report in a pack."""

    kind: str
    title: str
    lines: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    parts: tuple["Outcome", ...] = ()  # the reports of a pack


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
    from compliance.reports.verifying import verify_in_child

    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _page(Outcome("bad", _("Choose a file first.")), 422)
    try:
        found = verify_in_child(upload.read())
    except NotAReportError:
        said = _("This file is no gap report or inspection pack of this program, or is damaged.")
        return _page(Outcome("bad", said), 422)
    except RenderingFailedError:
        said = _("The file could not be verified within the time allowed.")
        return _page(Outcome("warn", said), 422)
    return _page(_of_pack(found) if found.get("pack") else _of_report(found), 200)


def _page(outcome: Outcome, status: int) -> tuple[str, int]:
    return render_template("reports_pages/verify.html", outcome=outcome), status


def _of_report(found: Mapping[str, Any]) -> Outcome:
    facts = tuple(_facts(found))
    if not found["genuine"]:
        lines = tuple(str(FINDINGS.get(one, one)) for one in found["findings"])
        details = tuple(_details(found["details"]))
        return Outcome("bad", _("Altered: do not rely on this file."), lines, details, facts)
    if not found["pages_compared"]:
        note = _(
            "It was made by version %(version)s of the program; its pages could not be made "
            "again for comparison. Answers and result inside are genuine.",
            version=found["made_by"],
        )
        return Outcome("warn", _("Genuine content, other version"), (note,), facts=facts)
    title = _("Genuine: pages, answers and result are as they were made.")
    return Outcome("ok", title, facts=facts)


def _facts(found: Mapping[str, Any]) -> Iterator[str]:
    if found["as_of"]:
        yield _("Firm: %(firm)s, as of %(day)s", firm=found["firm"], day=found["as_of"])
    if found["score"] is not None:
        yield _(
            "Score %(score)s, grade %(grade)s", score=found["score"], grade=found["grade"] or "–"
        )
    yield _("Digest: %(digest)s", digest=found["digest"])
    yield str(SIGNATURES.get(found["signature"], SIGNATURES["none"]))
    if found["signer"]:
        yield _(
            "Signed by %(signer)s; SHA-256 of the certificate: %(fingerprint)s",
            signer=found["signer"],
            fingerprint=found["fingerprint"],
        )


def _details(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Each difference in words; of the figures those that a reader knows."""
    further = 0
    for one in found:
        name = _figure_name(one) if one["part"] == "figure" else one["name"]
        if not name and one["part"] == "figure":
            further += 1
            continue
        said = str(DETAILS[one["part"]] % {**one, "name": name})
        about = _label(one) if one["part"].startswith("answer") else ""
        yield f"{said} {about}".strip()
    if further:
        yield _("Further figures that differ: %(number)d", number=further)


def _label(one: Mapping[str, Any]) -> str:
    return str(one["label"][language()]) if one["label"] else ""


def _figure_name(one: Mapping[str, Any]) -> str:
    """A figure of the result in words; empty where it has none."""
    path = one["name"].split(".")
    words = str(FIGURES.get(path[-1], ""))
    if not words or path[0] not in LISTS:
        return words
    line = ".".join(path[1:-1])
    named = line if path[0] == "gaps" else _label(one) or line
    return f"{LISTS[path[0]]} {named} · {words}"


def _of_pack(found: Mapping[str, Any]) -> Outcome:
    parts = tuple(
        Outcome(one.kind, f"{name} – {one.title}", one.lines, one.details, one.facts)
        for name, one in ((name, _of_report(told)) for name, told in found["reports"].items())
    )
    lines = tuple(str(PACK[kind] % {"name": name}) for kind in PACK for name in found[kind])
    lines += tuple(str(DISAGREEMENTS[one]) for one in found["disagreements"])
    facts = tuple(
        _("%(name)s: no answer names its digest, so it is held against the list of files alone.",
          name=name)
        for name in found["unnamed"]
    )  # fmt: skip
    if not found["genuine"]:
        title = _("Altered: do not rely on this pack.")
        return Outcome("bad", title, lines, facts=facts, parts=parts)
    if any(one.kind == "warn" for one in parts):
        title = _("Every file is as listed; the reports were made by another version.")
        return Outcome("warn", title, facts=facts, parts=parts)
    title = _("Genuine: every file of the pack is as it was made.")
    return Outcome("ok", title, facts=facts, parts=parts)
