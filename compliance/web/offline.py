"""Working offline: the questionnaire as a workbook, and taking a file in after a look at it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.answers import (
    Answer,
    BundleError,
    Fault,
    answer_json,
    parse_answer,
    parse_bundle,
)
from compliance.assessments import (
    ClosedAssessmentError,
    Difference,
    Standing,
    differences,
    load_standing,
    questionnaire_workbook,
    read_workbook,
    take_in,
)
from compliance.clock import now
from compliance.database import firm_reading, firm_session
from compliance.evidence import RefusedFileError, check_file
from compliance.identity import Action
from compliance.scoring import canonical_json
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.questions import REFUSALS
from compliance.web.wording import content_words

blueprint = Blueprint("offline", __name__)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/assessments/<uuid:assessment_id>/questionnaire.xlsx")
@needs(Action.REPORT)
def questionnaire(assessment_id: UUID) -> Response:
    """The questions that are asked, to be filled in without a connection."""
    standing = _standing(assessment_id)
    content = questionnaire_workbook(standing, language())
    name = f"questionnaire-{standing.assessment.as_of}-{language()}.xlsx"
    return Response(
        content,
        mimetype=WORKBOOK,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.route("/assessments/<uuid:assessment_id>/import", methods=["GET", "POST"])
@needs(Action.ANSWER)
def choose(assessment_id: UUID) -> str | tuple[str, int]:
    """Choose a file; then see what it would change. Nothing is saved here."""
    standing = _standing(assessment_id)
    if not standing.is_open:
        raise ClosedAssessmentError(standing.assessment.state)
    if request.method == "GET":
        return _form(standing)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _form(standing, [_("Choose a file.")]), 422
    try:
        answers = _read(standing, upload.filename, upload.stream.read())
    except RefusedFileError as refused:
        return _form(standing, [str(REFUSALS[refused.why])]), 422
    except BundleError as error:
        return _form(standing, [_fault_words(fault) for fault in error.faults]), 422
    return _preview(standing, answers)


@blueprint.post("/assessments/<uuid:assessment_id>/import/confirm")
@needs(Action.ANSWER)
def confirm(assessment_id: UUID) -> str | tuple[str, int] | BaseResponse:
    """Save what the preview showed; where answers changed meanwhile, show a new preview."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor, whole=True)
        try:
            answers = _carried(standing, request.form.get("answers", ""))
        except BundleError as error:
            return _form(standing, [_fault_words(fault) for fault in error.faults]), 422
        changes = differences(standing, answers)
        if _digest(standing, changes) != request.form.get("digest"):
            return _preview(standing, answers, is_stale=True), 409
        saved = take_in(session, actor, standing, answers, now=now())
    flash(_("%(number)s answers taken in.", number=saved), "ok")
    return redirect(url_for("assessments.tasks", assessment_id=assessment_id))


def _standing(assessment_id: UUID) -> Standing:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        return load_standing(session, assessment_id, actor, whole=True)


def _read(standing: Standing, name: str, content: bytes) -> Mapping[str, Answer]:
    """Question id -> answer. Raises RefusedFileError or BundleError."""
    if name.lower().endswith(".json"):
        bundle = parse_bundle(content)
        told = (bundle.questionnaire_id, bundle.version)
        if told != (standing.edition.questionnaire_id, standing.edition.version):
            allowed = f"{standing.edition.questionnaire_id} {standing.edition.version}"
            raise BundleError([Fault("questionnaire", " ".join(told), allowed)])
        answers = bundle.answers
    else:
        answers = read_workbook(standing, check_file(name, content).content)
    return answers


def _carried(standing: Standing, text: str) -> dict[str, Answer]:
    """The answers that the preview carried along, read as strictly as the file."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict) or not all(map(standing.edition.has_question, raw)):
        raise BundleError([Fault("answers", "something else", "what the preview carried")])
    return {i: parse_answer(standing.edition.question(i), one) for i, one in raw.items()}


def _form(standing: Standing, faults: Sequence[str] = ()) -> str:
    return render_template("assessments/import.html", standing=standing, faults=faults)


def _preview(standing: Standing, answers: Mapping[str, Answer], *, is_stale: bool = False) -> str:
    changes = differences(standing, answers)
    carried = {c.question_id: _plain(c.then) for c in changes}
    return render_template(
        "assessments/import_preview.html",
        standing=standing,
        rows=[_row(standing, change) for change in changes],
        same=len(answers) - len(changes),
        carried=canonical_json(carried).decode(),
        digest=_digest(standing, changes),
        is_stale=is_stale,
    )


def _row(standing: Standing, change: Difference) -> dict[str, Any]:
    question = standing.edition.question(change.question_id)
    return {
        "question": question,
        "now": content_words(question, _content(change.now), language()),
        "then": content_words(question, _content(change.then), language()),
        "comment_now": change.now.comment if change.now else "",
        "comment_then": change.then.comment,
        "asked": question.id in standing.survey.shown,
    }


def _content(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    plain = answer_json(answer)
    claim = answer.not_applicable
    return {"value": plain.get("value"), "na_reason": claim.reason if claim else None}


def _plain(answer: Answer) -> dict[str, Any]:
    """The answer as JSON, without evidence, which stays, and acceptance, which is the officer's."""
    plain = dict(answer_json(answer))
    plain.pop("evidence", None)
    if answer.not_applicable is not None:
        plain["not_applicable"] = {"reason": answer.not_applicable.reason}
    return plain


def _digest(standing: Standing, changes: Sequence[Difference]) -> str:
    """What the preview rests on: the changes and the versions that they replace."""
    seen = [
        [c.question_id, _plain(c.then), r.version if (r := _stored(standing, c)) else 0]
        for c in changes
    ]
    return hashlib.sha256(canonical_json(seen)).hexdigest()


def _stored(standing: Standing, change: Difference) -> Any:
    return standing.responses.get(change.question_id)


def _fault_words(fault: Fault) -> str:
    said: str = _(
        "%(place)s: %(found)s stands there; allowed: %(allowed)s",
        place=fault.path,
        found=fault.found,
        allowed=fault.allowed,
    )
    return said
