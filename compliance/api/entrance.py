"""The routes of the API, each with who may use it and its shapes for the OpenAPI description."""

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from spectree import Response as Shapes
from spectree import SecurityScheme, SpecTree
from spectree.config import ModeEnum
from spectree.models import SecureType, SecuritySchemeData

from compliance.api import assessments, law, reports, shapes
from compliance.api.guard import needs, public
from compliance.api.problems import MEDIA_TYPE, of_error
from compliance.identity import Action

PREFIX = "/api/v1"
REDIRECTED = 308  # to the same address with a slash at its end
description = SpecTree(
    "flask",
    title="Export-control self-assessment",
    version="1",
    mode=ModeEnum.strict,
    page_templates={},  # its pages would load scripts from elsewhere
    security_schemes=[
        SecurityScheme(
            name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")
        ),
    ],
    security=[{"token": []}],
    annotations=False,
)
BY_ASSESSMENT = "/assessments/<uuid:assessment_id>"
BY_ANSWER = BY_ASSESSMENT + "/answers/<question_id>"
View = Callable[..., Response]


def _refusals(*statuses: int) -> dict[str, Any]:
    kinds: dict[int, Any] = {412: shapes.Conflict, 422: shapes.FaultyContent}
    return {f"HTTP_{s}": kinds.get(s, shapes.ProblemDetails) for s in (401, 403, *statuses)}


def _route(
    rule: str,
    name: str,
    view: View,
    action: Action,
    *,
    method: str = "GET",
    takes: type | None = None,
    headers: type | None = None,
    **answers: Any,
) -> tuple[str, str, View, list[str]]:
    described = description.validate(
        json=takes,
        headers=headers,
        resp=Shapes(**answers),
        tags=[name.partition("_")[0]],
        skip_validation=True,
    )(view)
    return rule, name, needs(action)(described), [method]


def _routes() -> list[tuple[str, str, View, list[str]]]:
    return [
        _route(
            "/assessments",
            "assessments",
            assessments.listed,
            Action.SEE_MODULES,
            HTTP_200=shapes.AssessmentList,
            **_refusals(),
        ),
        _route(
            "/assessments",
            "assessments_new",
            assessments.created,
            Action.ANSWER,
            method="POST",
            takes=shapes.NewAssessment,
            HTTP_201=shapes.AssessmentRecord,
            **_refusals(400, 422),
        ),
        _route(
            "/assessments/bundle",
            "assessments_import",
            assessments.imported,
            Action.ANSWER,
            method="POST",
            takes=shapes.Document,
            HTTP_201=shapes.AssessmentRecord,
            **_refusals(413, 422),
        ),
        _route(
            BY_ASSESSMENT,
            "assessment",
            assessments.shown,
            Action.SEE_MODULES,
            HTTP_200=shapes.AssessmentRecord,
            **_refusals(404),
        ),
        _route(
            BY_ASSESSMENT + "/bundle",
            "assessment_bundle",
            assessments.bundled,
            Action.READ,
            HTTP_200=shapes.Document,
            **_refusals(404),
        ),
        _route(
            BY_ASSESSMENT + "/result",
            "assessment_result",
            assessments.scored,
            Action.READ,
            HTTP_200=shapes.Document,
            **_refusals(404),
        ),
        _route(
            BY_ASSESSMENT + "/answers",
            "answers",
            assessments.answers_listed,
            Action.SEE_MODULES,
            HTTP_200=shapes.AnswerList,
            **_refusals(404),
        ),
        _route(
            BY_ANSWER,
            "answer",
            assessments.answer_shown,
            Action.SEE_MODULES,
            HTTP_200=shapes.AnswerRecord,
            **_refusals(404),
        ),
        _route(
            BY_ANSWER,
            "answer_write",
            assessments.answer_kept,
            Action.FILL_MODULES,
            method="PUT",
            takes=shapes.AnswerBody,
            headers=shapes.SeenVersion,
            HTTP_200=shapes.AnswerRecord,
            **_refusals(400, 404, 409, 412, 422, 428),
        ),
        _route(
            BY_ASSESSMENT + "/reports",
            "reports_order",
            reports.ordered,
            Action.REPORT,
            method="POST",
            takes=shapes.ReportWish,
            HTTP_202=shapes.ReportRecord,
            **_refusals(400, 404, 422),
        ),
        _route(
            "/reports/<uuid:job_id>",
            "report",
            reports.polled,
            Action.REPORT,
            HTTP_200=shapes.ReportRecord,
            **_refusals(404),
        ),
        _route(
            "/reports/<uuid:job_id>/file",
            "report_file",
            reports.downloaded,
            Action.REPORT,
            HTTP_200=None,
            **_refusals(404, 409, 410),
        ),
        _route(
            "/determinations",
            "determinations",
            law.determined,
            Action.DETERMINE,
            method="POST",
            takes=shapes.Document,
            HTTP_200=shapes.Document,
            **_refusals(422),
        ),
        _route(
            "/screenings",
            "screenings",
            law.screened,
            Action.DETERMINE,
            method="POST",
            takes=shapes.NamesToScreen,
            HTTP_200=shapes.Screenings,
            **_refusals(400, 409, 422),
        ),
        _route(
            "/catalogue",
            "catalogue",
            law.catalogue,
            Action.SEE_MODULES,
            HTTP_200=shapes.Document,
            **_refusals(404),
        ),
    ]


@public
def openapi() -> Response:
    """The description of this API."""
    return jsonify(_with_problems(description.spec))


def _with_problems(spec: dict[str, Any]) -> dict[str, Any]:
    """The description with the media type that refusals have; its library knows one for all."""
    found = deepcopy(spec)
    for methods in found["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if status >= "400" and "application/json" in answer.get("content", {}):
                    answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
    return found


@lru_cache
def _table() -> list[tuple[str, str, View, list[str]]]:
    return _routes()


def _refuse_unknown_address() -> Response | None:
    """What no route of ours takes has no blueprint, and would be answered with a page."""
    fault = request.routing_exception
    inside = request.path == PREFIX or request.path.startswith(f"{PREFIX}/")
    return of_error(fault) if inside and fault is not None and fault.code != REDIRECTED else None


def register(app: Flask) -> Blueprint:
    """Add the API to the application; its blueprint is exempt from CSRF: it knows no cookie."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for rule, name, view, methods in _table():
        blueprint.add_url_rule(rule, name, view, methods=methods)
    blueprint.add_url_rule("/openapi.json", "openapi", openapi)
    blueprint.register_error_handler(Exception, of_error)
    app.register_blueprint(blueprint)
    app.before_request(_refuse_unknown_address)
    description.app = app
    return blueprint
