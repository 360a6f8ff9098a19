"""Errors of the field become pages here, and nowhere else."""

from flask import Flask, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response

from compliance.assessments import (
    AssessmentError,
    ClosedAssessmentError,
    NoSuchAssessmentError,
    NoSuchQuestionError,
    StaleAnswerError,
    WrongStateError,
)
from compliance.database import DatabaseFault, is_away, is_full
from compliance.determination import AlreadySavedError, ChangedMeanwhileError
from compliance.determination import NotFoundError as NoSuchTransactionError
from compliance.evidence import NoSuchEvidenceError
from compliance.identity import (
    AlreadyMemberError,
    NoSuchPersonError,
    RoleNotGrantableError,
    StaleLinkError,
    TooManyAttemptsError,
)
from compliance.jobs import NoSuchJobError
from compliance.remediation import RemediationError
from compliance.screening import NotFoundError as NoSuchPartyError
from compliance.web.characters import UnkeepableTextError
from compliance.web.late import is_carried, late_page
from compliance.web.login import load_actor
from compliance.web.refusals import REFUSALS, refusal

MESSAGES = {
    400: _l("The request could not be understood."),
    401: _l("Sign in first."),
    403: _l("Your role does not allow this."),
    404: _l("There is nothing at this address, or it is not yours to see."),
    405: _l("This address does not take that kind of request."),
    409: _l("This is not possible in the present state."),
    410: _l("This link was used already, was withdrawn, or is too old. Ask for a new one."),
    413: _l("What you sent is too large."),
    415: _l("This kind of content is not accepted."),
    422: _l("Some of what you entered cannot be used."),
    429: _l("Too many attempts. Wait a moment and try again."),
    500: _l("Something went wrong on our side. Nothing you had saved is lost."),
    503: _l("The service is busy. Try again in a moment."),
    507: _l("The disk is full. Your answer was not saved; tell the administrator."),
}
DOMAIN = {
    NoSuchJobError: 404,
    NoSuchAssessmentError: 404,
    NoSuchQuestionError: 404,
    NoSuchEvidenceError: 404,
    NoSuchPersonError: 404,
    NoSuchTransactionError: 404,
    NoSuchPartyError: 404,
    AlreadySavedError: 409,
    ChangedMeanwhileError: 409,
    StaleLinkError: 410,
    RoleNotGrantableError: 403,
    AlreadyMemberError: 409,
    ClosedAssessmentError: 409,
    StaleAnswerError: 409,
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(DatabaseFault, _database)
    app.register_error_handler(TooManyAttemptsError, _too_many)
    for kind, status in DOMAIN.items():
        app.register_error_handler(kind, _domain(status))
    for kind in (*REFUSALS, WrongStateError):
        app.register_error_handler(kind, _refused)


def _database(fault: DatabaseFault) -> tuple[str | Response, int, dict[str, str]]:
    """Full: 507. Away or busy: 503, try again. Anything else is a fault of ours: 500."""
    if is_full(fault):
        return *page(507), {}
    if is_away(fault):
        return *page(503), {"Retry-After": "5"}
    raise fault


def _too_many(refused: TooManyAttemptsError) -> tuple[str | Response, int, dict[str, str]]:
    return *page(429), {"Retry-After": str(refused.retry_after_s)}


def _domain(status: int):  # type: ignore[no-untyped-def]
    def handle(_error: Exception) -> tuple[str | Response, int]:
        return page(status)

    return handle


def _refused(error: AssessmentError | RemediationError) -> tuple[str | Response, int]:
    status, said = refusal(error)
    return page(status, said)


def _http(error: HTTPException) -> tuple[str | Response, int] | Response:
    if isinstance(error.response, Response):
        return error.response
    if isinstance(error, SecurityError):  # an unknown host: there is no address to lead back to
        return Response("400\n", status=400, content_type="text/plain; charset=utf-8")
    if isinstance(error, UnkeepableTextError):
        return page(400, error.description)
    status = error.code or 500
    if isinstance(error, InternalServerError):
        status = 500
    return page(status)


def _csrf(_error: CSRFError) -> tuple[str | Response, int] | Response:
    if is_carried() and not request.headers.get("X-Requested-With"):
        load_actor()  # the token is looked at before anybody is
        return late_page()
    return page(
        400, _("This page was open too long or came from elsewhere. Reload it and try again.")
    )


def page(status: int, message: str | None = None) -> tuple[str | Response, int]:
    """An error as a page, or as JSON for a script."""
    said = message or str(MESSAGES.get(status, MESSAGES[400 if status < 500 else 500]))
    if (
        request.headers.get("X-Requested-With")
        or request.accept_mimetypes.best == "application/json"
    ):
        return jsonify(error=said, status=status), status
    return render_template("errors/error.html", status=status, message=said), status
