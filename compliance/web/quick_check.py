"""The quick check for visitors: ten questions, no account, no answer stored, two pages to keep."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from compliance.catalogue import load_edition
from compliance.clock import now
from compliance.database import shared_session
from compliance.identity import TooManyAttemptsError, throttle
from compliance.reports import handout_in_child
from compliance.training import QuickCheck, quick_check
from compliance.web.context import engine, language
from compliance.web.debrief import download
from compliance.web.guards import public
from compliance.web.login import too_many
from compliance.web.training import cited

blueprint = Blueprint("quick_check", __name__, url_prefix="/quick-check")
PDF = "application/pdf"


@blueprint.get("")
@public
def page() -> str:
    """The ten questions."""
    return render_template("quick_check/questions.html", check=quick_check(), given={}, faults=[])


@blueprint.post("")
@public
def result() -> str | tuple[str, int]:
    """What the answers say; they come with the request and go with it."""
    check = quick_check()
    given = _given(check)
    missing = [question for question in check.questions if question.id not in given]
    if missing:
        faults = [
            (question.id, _("Question %(number)s: choose an answer.", number=number))
            for number, question in enumerate(check.questions, 1)
            if question in missing
        ]
        return render_template(
            "quick_check/questions.html", check=check, given=given, faults=faults
        ), 422 if not request.form.get("change") else 200
    if request.form.get("change"):
        return render_template("quick_check/questions.html", check=check, given=given, faults=[])
    return render_template("quick_check/result.html", **_found(check, given))


@blueprint.post("/pdf")
@public
def as_pdf() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The same on two pages."""
    check = quick_check()
    given = _given(check)
    if len(given) < len(check.questions):
        return render_template(
            "quick_check/questions.html", check=check, given=given, faults=[]
        ), 422
    moment = now()
    try:
        with shared_session(engine()) as db:
            throttle.count(db, throttle.FILES, request.remote_addr or "?", now=moment)
    except TooManyAttemptsError as refused:
        wait = refused.retry_after_s
        fault = _("That was many files. Wait %(seconds)s seconds and try again.", seconds=wait)
        found = {**_found(check, given), "fault": fault}
        return too_many(refused, render_template("quick_check/result.html", **found))
    order = {
        "kind": "quick_check",
        "language": language().value,
        "when": moment.replace(microsecond=0).isoformat(),
        "content": _printed(check, given),
    }
    return download(handout_in_child(order), PDF, "quick-check.pdf")


def _given(check: QuickCheck) -> dict[str, str]:
    """Question id -> answer, of those that name an answer there is."""
    known = {answer.value for answer in check.answers}
    return {
        question.id: value
        for question in check.questions
        if (value := request.form.get(question.id, "")) in known
    }


def _found(check: QuickCheck, given: dict[str, str]) -> dict[str, Any]:
    texts = {answer.value: answer.text for answer in check.answers}
    laws = load_edition().provisions
    return {
        "check": check,
        "given": given,
        "said": check.result(given),
        "points": check.points(given),
        "fault": None,
        "rows": [
            {
                "question": question,
                "value": given[question.id],
                "answer": texts[given[question.id]],
                "advice": check.advice(question, given[question.id]),
                "laws": [laws[id_] for id_ in question.provisions if id_ in laws],
            }
            for question in check.questions
        ],
    }


def _printed(check: QuickCheck, given: dict[str, str]) -> dict[str, Any]:
    found = _found(check, given)
    return {
        "title": check.title.as_json(),
        "disclaimer": check.disclaimer.as_json(),
        "result": {"title": found["said"].title.as_json(), "text": found["said"].text.as_json()},
        "rows": [
            {
                "prompt": row["question"].prompt.as_json(),
                "why": row["question"].why.as_json(),
                "value": row["value"],
                "answer": row["answer"].as_json(),
                "advice": row["advice"].as_json(),
                "cited": [cited(law) for law in row["laws"]],
            }
            for row in found["rows"]
        ],
    }
