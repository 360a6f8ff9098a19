"""Errors as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from compliance.answers import BundleError
from compliance.assessments import (
    ClosedAssessmentError,
    NoSuchAssessmentError,
    NoSuchQuestionError,
)
from compliance.database import DatabaseFault, is_away, is_full
from compliance.determination import FactsError
from compliance.jobs import NoSuchJobError

MEDIA_TYPE = "application/problem+json"
STATUS = {
    NoSuchAssessmentError: 404,
    NoSuchQuestionError: 404,
    NoSuchJobError: 404,
    ClosedAssessmentError: 409,
}


class ProblemError(Exception):
    """Ends a request with problem details; `more` are further members of them."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more


def problem(status: int, detail: str, **more: Any) -> Response:
    """The response; its type is "about:blank", so the title is that of the status."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    response = jsonify({**body, "detail": detail, **more})
    response.status_code = status
    response.mimetype = MEDIA_TYPE
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def of_error(error: Exception) -> Response:
    """Any error of a request as problem details; what is unforeseen tells nothing."""
    if isinstance(error, ProblemError):
        return problem(error.status, error.detail, **error.more)
    if isinstance(error, BundleError | FactsError):
        faults = [{"path": f.path, "found": f.found, "allowed": f.allowed} for f in error.faults]
        return problem(422, "The content has faults; each is listed.", faults=faults)
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            detail = "There is no such thing in this firm." if status == 404 else str(error)
            return problem(status, detail)
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, DatabaseFault) and is_full(error):
        return problem(507, "The disk is full. Nothing was kept; tell the administrator.")
    if isinstance(error, DatabaseFault) and is_away(error):
        response = problem(503, "The service is busy. Try again in a moment.")
        response.headers["Retry-After"] = "5"
        return response
    raise error


def _of_http(error: HTTPException) -> Response:
    response = problem(error.code or 500, error.description or "")
    retry = getattr(error, "retry_after", None)
    if retry is not None:
        response.headers["Retry-After"] = str(retry)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response
