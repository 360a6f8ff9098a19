"""Assessments: list, start, task list, what applies, check, submit, files in and out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.answers import bundle_json, contradictions
from compliance.assessments import (
    Assessment,
    NotReadyError,
    Outline,
    Path,
    Standing,
    State,
    all_seen,
    answers_of,
    assessments_in_use,
    assessments_of_firm,
    bundle_of,
    explain_contradiction,
    explanations_of,
    find_assessment,
    load_standing,
    load_standings,
    open_assessment,
    start_from,
    submit,
    take_back,
)
from compliance.catalogue import Edition, Question, editions, load_edition
from compliance.clock import now, today
from compliance.database import firm_reading, firm_session
from compliance.identity import Action, firm_of
from compliance.scoring import canonical_json, printed_score, score
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.moving import movement
from compliance.web.wording import why_left_out

blueprint = Blueprint("assessments", __name__)
QUESTIONNAIRE = "ecl-icp"
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One assessment in the list."""

    assessment: Assessment
    edition: Edition
    done: int
    total: int
    score: float | None
    grade: str | None


@blueprint.get("/assessments")
@needs(Action.SEE_MODULES)
def index() -> str:
    """All assessments of the firm, newest first."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        found = assessments_of_firm(session)
        used = [a for a in found if a.state != State.SUPERSEDED]
        standings = load_standings(session, used, actor)
    return render_template(
        "assessments/index.html",
        rows=[_row(s) for s in standings],
        superseded=[a for a in found if a.state == State.SUPERSEDED],
    )


def _row(standing: Standing) -> Row:
    if not current_actor().may(Action.READ):
        return Row(standing.assessment, standing.edition, standing.done, standing.total, None, None)
    card = score(standing.edition, standing.answers, standing.assessment.as_of)
    overall = card.overall
    shown = None if overall.score is None else float(printed_score(overall.score))
    return Row(
        standing.assessment, standing.edition, standing.done, standing.total, shown, overall.grade
    )


@blueprint.route("/assessments/new", methods=["GET", "POST"])
@needs(Action.ANSWER)
def start() -> str | tuple[str, int] | BaseResponse:
    """Start an assessment, empty or with the answers of an earlier one."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        earlier = assessments_in_use(session)
    latest = load_edition(QUESTIONNAIRE)
    published = [name.version for name in editions(QUESTIONNAIRE) if name.published]
    versions = published or [latest.version]
    typed = {
        "title": _("Self-assessment %(year)s", year=today().year),
        "as_of": today().isoformat(),
        "version": latest.version,
        "path": "full",
        "previous": str(earlier[0].id) if earlier else "",
        **request.form.to_dict(),
    }
    faults = _outline_faults(typed, versions) if request.method == "POST" else {}
    if request.method == "GET" or faults:
        page = render_template(
            "assessments/new.html",
            typed=typed,
            faults=faults,
            earlier=earlier,
            versions=versions,
            version_choices=[(version, version) for version in reversed(versions)],
            latest=latest,
        )
        return (page, 422) if faults else page
    outline = Outline(typed["title"].strip(), _day(typed["as_of"]) or today(), Path(typed["path"]))
    edition = load_edition(QUESTIONNAIRE, typed["version"])
    with firm_session(engine(), actor.firm_id) as session:
        if typed["previous"]:
            previous = find_assessment(session, UUID(typed["previous"]))
            fresh = start_from(session, actor, previous, edition, outline, now=now())
        else:
            fresh = open_assessment(
                session,
                actor,
                edition,
                title=outline.title,
                as_of=outline.as_of,
                path=outline.path,
                now=now(),
            )
    flash(_("The assessment is open. Begin with the scope: it decides what else is asked."), "ok")
    return redirect(url_for(".tasks", assessment_id=fresh.id))


def _outline_faults(typed: Mapping[str, str], versions: list[str]) -> dict[str, str]:
    faults = {}
    if not typed["title"].strip() or len(typed["title"]) > LONGEST_TITLE:
        faults["title"] = _("Give the assessment a name of at most 120 characters.")
    as_of = _day(typed["as_of"])
    if as_of is None:
        faults["as_of"] = _("Enter a date that exists as year-month-day, for example 2026-11-24.")
    if typed["version"] not in versions:
        faults["version"] = _("Choose one of the editions shown.")
    if typed["path"] not in set(Path):
        faults["path"] = _("Choose one of the two paths.")
    if typed["previous"] and not _is_id(typed["previous"]):
        faults["previous"] = _("Choose one of the assessments shown.")
    return faults


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@blueprint.get("/assessments/<uuid:assessment_id>")
@needs(Action.SEE_MODULES)
def tasks(assessment_id: UUID) -> str:
    """The task list: every section with its state."""
    actor = current_actor()
    standing = _standing(assessment_id)
    mine = [q for q in standing.asked if _is_mine(standing, q, actor.person_id)]
    return render_template(
        "assessments/tasks.html",
        standing=standing,
        next_open=standing.next_open(),
        movement=movement(assessment_id),
        mine=mine,
        flagged=[q for q in standing.asked if q.id in standing.flags],
    )


def _is_mine(standing: Standing, question: Question, person_id: UUID) -> bool:
    assignment = standing.assignments.get(question.id)
    return assignment is not None and assignment.person_id == person_id


@blueprint.get("/assessments/<uuid:assessment_id>/applies")
@needs(Action.READ)
def applies(assessment_id: UUID) -> str:
    """How many questions apply, and for each one left out, why."""
    standing = _standing(assessment_id)
    return render_template(
        "assessments/applies.html", standing=standing, groups=_left_out(standing)
    )


def _left_out(standing: Standing) -> list[tuple[str, list[Question]]]:
    """The reason in words -> the questions it leaves out, the largest group first."""

    def reason(question: Question) -> str:
        return why_left_out(standing.edition, question, standing.survey, language())

    left_out = sorted((question for question, _why in standing.left_out), key=reason)
    groups = [(why, list(questions)) for why, questions in groupby(left_out, key=reason)]
    return sorted(groups, key=lambda group: -len(group[1]))


@blueprint.get("/assessments/<uuid:assessment_id>/next")
@needs(Action.SEE_MODULES)
def next_open(assessment_id: UUID) -> BaseResponse:
    """Go to the next question that is not done, or to the check where there is none.

    `only=confirm`: to the next one carried over and still to confirm. `at`: to this very question.
    """
    standing = _standing(assessment_id)
    at, after = request.args.get("at"), request.args.get("after")
    if at:
        question = next((q for q in standing.asked if q.id == at), None)
    elif request.args.get("only") == "confirm":
        question = standing.next_to_confirm(after)
    else:
        question = standing.next_open(after)
    if question is None:
        return redirect(url_for(".check", assessment_id=assessment_id))
    return redirect(question_url(assessment_id, question))


def question_url(assessment_id: UUID, question: Question) -> str:
    """The place of a question on its page."""
    return url_for(
        "sections.page",
        assessment_id=assessment_id,
        module_id=question.module_id,
        section_id=question.section_id,
        _anchor=f"q-{question.id}",
    )


@blueprint.get("/assessments/<uuid:assessment_id>/questions")
@needs(Action.SEE_MODULES)
def find(assessment_id: UUID) -> str:
    """Search in the questions that are asked, or list those of one kind."""
    actor = current_actor()
    standing = _standing(assessment_id)
    wanted, only = request.args.get("q", "").strip(), request.args.get("only", "")
    found = [
        question
        for question in standing.asked
        if _speaks_of(standing, question, wanted)
        and (only != "open" or standing.filling(question.id) in ("open", "reason_missing"))
        and (only != "confirm" or standing.filling(question.id) == "to_confirm")
        and (only != "mine" or _is_mine(standing, question, actor.person_id))
        and (only != "flagged" or question.id in standing.flags)
    ]
    return render_template(
        "assessments/find.html", standing=standing, wanted=wanted, only=only, found=found
    )


def _speaks_of(standing: Standing, question: Question, wanted: str) -> bool:
    response = standing.responses.get(question.id)
    texts = [
        question.id,
        question.prompt.en,
        question.prompt.zh,
        question.help.en,
        question.help.zh,
    ]
    texts += [standing.edition.provisions[i].heading[language()] for i in question.provisions]
    if response is not None:
        texts.append(response.comment)
    return wanted.casefold() in "\n".join(texts).casefold()


@blueprint.get("/assessments/<uuid:assessment_id>/check")
@needs(Action.SEE_MODULES)
def check(assessment_id: UUID) -> str:
    """What is still missing, unsupported or contradictory, each with its way there."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
        explanations = explanations_of(session, assessment_id)
    return render_template(
        "assessments/check.html",
        **_findings(standing),
        standing=standing,
        explanations=explanations,
    )


def _findings(standing: Standing) -> dict[str, Any]:
    asked = standing.asked
    claims = [q for q in asked if standing.filling(q.id) == "not_applicable"]
    return {
        "missing": [q for q in asked if standing.filling(q.id) in ("open", "reason_missing")],
        "to_confirm": standing.to_confirm,
        "unsupported": [q for q in asked if standing.lacks_evidence(q)],
        "unknown": [q for q in asked if standing.filling(q.id) == "unknown"],
        "claims": [q for q in claims if not standing.responses[q.id].na_accepted],
        "contradictions": [
            rule
            for rule in contradictions(standing.edition, standing.answers, standing.survey)
            if all_seen(current_actor(), rule.questions, _name_of(standing))
        ],
    }


def _name_of(standing: Standing) -> tuple[str, str]:
    return standing.assessment.questionnaire_id, standing.assessment.version


@blueprint.post("/assessments/<uuid:assessment_id>/contradictions/<contradiction_id>")
@needs(Action.ANSWER)
def explain(assessment_id: UUID, contradiction_id: str) -> BaseResponse:
    """Say why two answers that seem to exclude each other are both right."""
    actor = current_actor()
    said = request.form.get("explanation", "").strip()
    with firm_session(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        if said:
            explain_contradiction(session, actor, assessment, contradiction_id, said, now=now())
    if not said:
        flash(_("Say in a sentence why both answers are right."), "bad")
    return redirect(url_for(".check", assessment_id=assessment_id))


@blueprint.post("/assessments/<uuid:assessment_id>/submit")
@needs(Action.ANSWER)
def hand_in(assessment_id: UUID) -> BaseResponse:
    """Submit for review."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        try:
            submit(session, actor, assessment, now=now())
        except NotReadyError:
            flash(_("Answers contradict each other: change or explain them first."), "bad")
            return redirect(url_for(".check", assessment_id=assessment_id))
    flash(_("Submitted for review. The answers are closed until the review ends."), "ok")
    return redirect(url_for("results.page", assessment_id=assessment_id))


@blueprint.post("/assessments/<uuid:assessment_id>/take-back")
@needs(Action.ANSWER)
def reopen(assessment_id: UUID) -> BaseResponse:
    """Take a submitted assessment back before its review begins."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        take_back(session, actor, find_assessment(session, assessment_id), now=now())
    flash(_("The assessment is open again."), "ok")
    return redirect(url_for(".tasks", assessment_id=assessment_id))


@blueprint.get("/assessments/<uuid:assessment_id>/bundle.json")
@needs(Action.REPORT)
def bundle(assessment_id: UUID) -> Response:
    """All answers as the one file format for import and export."""
    actor = current_actor()
    firm = firm_of(engine(), actor.firm_id)
    with firm_reading(engine(), actor.firm_id) as session:
        assessment = find_assessment(session, assessment_id)
        answers = answers_of(session, assessment)
    content = bundle_json(bundle_of(assessment, answers, firm.name, firm.reference))
    return Response(
        canonical_json(content),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="answers-{assessment.as_of}.json"'},
    )


def _standing(assessment_id: UUID) -> Standing:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        return load_standing(session, assessment_id, actor)
