"""Assessments, their answers, bundles and results."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request, url_for

from compliance.answers import MAX_BYTES, Answer, answer_json, bundle_json, parse_bundle
from compliance.answers import parse_answer as parse
from compliance.api.bodies import read_object
from compliance.api.guard import caller, engine
from compliance.api.problems import ProblemError
from compliance.assessments import (
    Assessment,
    Path,
    StaleAnswerError,
    all_seen,
    answers_of,
    assessments_of_firm,
    bundle_of,
    edition_of,
    find_assessment,
    import_bundle,
    open_assessment,
    question_for,
    responses_of,
    save_answer,
)
from compliance.assessments import (
    Response as Stored,
)
from compliance.catalogue import UnknownEditionError, load_edition
from compliance.clock import now, today
from compliance.database import firm_reading, firm_session
from compliance.identity import firm_of
from compliance.scoring import result_json, score


def listed() -> Response:
    """The assessments of the firm, newest first."""
    with firm_reading(engine(), caller().firm_id) as session:
        found = [_record(one) for one in assessments_of_firm(session)]
    return jsonify(assessments=found)


def created() -> Response:
    """Start an assessment on the latest edition, or the one named."""
    wish = read_object()
    title, as_of = wish.get("title"), wish.get("as_of", today().isoformat())
    path, version = wish.get("path", "full"), wish.get("version")
    if not isinstance(title, str) or not title.strip() or len(title) > 200:
        raise ProblemError(422, "title: a text of 1 to 200 characters")
    if not isinstance(path, str) or path not in set(Path):
        raise ProblemError(422, "path: full or core")
    if not isinstance(version, str | None):
        raise ProblemError(422, "version: the name of an edition")
    try:
        day = date.fromisoformat(as_of)
        edition = load_edition("ecl-icp", version)
    except (TypeError, ValueError):
        raise ProblemError(422, "as_of: a date, year-month-day") from None
    except UnknownEditionError as error:
        raise ProblemError(422, f"version: {error}") from None
    actor = caller()
    with firm_session(engine(), actor.firm_id) as session:
        assessment = open_assessment(
            session, actor, edition, title=title.strip(), as_of=day, now=now(), path=Path(path)
        )
    return _created(assessment)


def imported() -> Response:
    """Start an assessment from an answer bundle."""
    if request.content_length is not None and request.content_length > MAX_BYTES:
        raise ProblemError(413, "At most 10 MB.")
    bundle = parse_bundle(request.get_data(cache=False))
    actor = caller()
    with firm_session(engine(), actor.firm_id) as session:
        title = f"{bundle.firm_name} {bundle.as_of}"
        assessment = import_bundle(session, actor, bundle, title=title, now=now())
    return _created(assessment)


def shown(assessment_id: UUID) -> Response:
    """One assessment."""
    with firm_reading(engine(), caller().firm_id) as session:
        return jsonify(_record(find_assessment(session, assessment_id)))


def bundled(assessment_id: UUID) -> Response:
    """The answer bundle of an assessment."""
    actor = caller()
    firm = firm_of(engine(), actor.firm_id)
    with firm_reading(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        answers = answers_of(session, assessment)
    return jsonify(bundle_json(bundle_of(assessment, answers, firm.name, firm.reference)))


def scored(assessment_id: UUID) -> Response:
    """The result of what is answered now."""
    actor = caller()
    firm = firm_of(engine(), actor.firm_id)
    with firm_reading(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        answers = answers_of(session, assessment)
    edition = edition_of(assessment)
    bundle = bundle_of(assessment, answers, firm.name, firm.reference)
    return jsonify(result_json(edition, bundle, score(edition, answers, assessment.as_of)))


def answers_listed(assessment_id: UUID) -> Response:
    """All stored answers with their versions; of one's modules where one is limited to some."""
    actor = caller()
    with firm_reading(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        responses = responses_of(session, assessment_id)
        answers = answers_of(session, assessment)
    name = (assessment.questionnaire_id, assessment.version)
    found = [
        _answer(key, responses.get(key), answer)
        for key, answer in sorted(answers.items())
        if all_seen(actor, [key], name)
    ]
    return jsonify(answers=found)


def answer_shown(assessment_id: UUID, question_id: str) -> Response:
    """One answer; its ETag is the version to send back with If-Match."""
    actor = caller()
    with firm_reading(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        question = question_for(actor, assessment, question_id)
        response = responses_of(session, assessment_id).get(question.id)
        answer = answers_of(session, assessment).get(question.id, Answer())
    return _tagged(_answer(question.id, response, answer))


def answer_kept(assessment_id: UUID, question_id: str) -> Response:
    """Write one answer. If-Match names the version that the writer saw, "0" for none."""
    base = _if_match()
    wish = read_object()
    wish.pop("evidence", None)
    actor = caller()
    with firm_session(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        question = question_for(actor, assessment, question_id)
        answer = parse(question, wish, "answer")
        try:
            response = save_answer(
                session, actor, assessment, question.id, answer, base_version=base, now=now()
            )
        except StaleAnswerError as stale:
            held = answers_of(session, assessment).get(question.id, Answer())
            current = _answer(question.id, stale.current, held)
            raise ProblemError(412, "Someone else changed this answer.", current=current) from None
        return _tagged(_answer(question.id, response, answer))


def _created(assessment: Assessment) -> Response:
    response = jsonify(_record(assessment))
    response.status_code = 201
    response.headers["Location"] = url_for("api.assessment", assessment_id=assessment.id)
    return response


def _record(assessment: Assessment) -> dict[str, Any]:
    return {
        "id": str(assessment.id),
        "title": assessment.title,
        "questionnaire": {"id": assessment.questionnaire_id, "version": assessment.version},
        "as_of": assessment.as_of.isoformat(),
        "path": assessment.path,
        "state": assessment.state,
        "created_at": assessment.created_at.isoformat(),
        "submitted_at": assessment.submitted_at and assessment.submitted_at.isoformat(),
        "sealed_at": assessment.sealed_at and assessment.sealed_at.isoformat(),
    }


def _answer(question_id: str, response: Stored | None, answer: Answer) -> dict[str, Any]:
    return {
        "question": question_id,
        "version": response.version if response else 0,
        "answer": answer_json(answer),
        "updated_at": response.updated_at.isoformat() if response else None,
        "updated_by": response.updated_by_name if response else None,
    }


def _tagged(record: dict[str, Any]) -> Response:
    response = jsonify(record)
    response.set_etag(str(record["version"]))
    return response


def _if_match() -> int:
    tag = request.headers.get("If-Match")
    if tag is None:
        raise ProblemError(428, 'Name the version that you saw: If-Match: "3"')
    bare = tag.strip().removeprefix("W/").strip('"')
    if not bare.isascii() or not bare.isdigit() or len(bare) > 9:
        raise ProblemError(412, "If-Match names no version of this answer.")
    return int(bare)
