"""The log: one structured line a request, with an id and without personal data.

A line names the view, not the address asked for: addresses hold ids and one-time tokens. In
production lines are JSON on standard error; the demo shows warnings only.
"""

import logging
import re
import sys
import time
from contextlib import suppress
from secrets import token_hex
from typing import Any

import structlog
from flask import Flask, Response, g, got_request_exception, request

ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")
QUIET = frozenset({"static", "healthz", "readyz", "metrics"})
log = structlog.get_logger()


class SpareLogger(structlog.PrintLogger):
    """Loses a line rather than the request where it can't be written: the disk may be full."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    debug = info = warn = warning = error = critical = exception = fatal = failure = err = log = msg


def init_app(app: Flask) -> None:
    configure(production=app.extensions["settings"].production)
    app.logger.disabled = True  # its text has the address and no id; `_note_exception` is ours
    app.before_request(_begin)
    app.after_request(_end)
    got_request_exception.connect(_note_exception, app)


def configure(*, production: bool) -> None:
    """Set the log up for this process."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if production
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        logger_factory=lambda *_names: SpareLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.INFO if production else logging.WARNING
        ),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
    )


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if ACCEPTED.fullmatch(given) else token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    request_id = g.get("request_id")
    if request_id is None:  # refused before it had one
        return response
    response.headers["X-Request-ID"] = request_id
    if request.endpoint not in QUIET:
        log.info(
            "request",
            method=request.method,
            view=request.endpoint,
            status=response.status_code,
            took_ms=round((time.perf_counter() - g.began) * 1000, 1),
        )
    return response


def _note_exception(_app: Flask, exception: BaseException, **_more: object) -> None:
    log.error(
        "fault",
        view=request.endpoint,
        kind=type(exception).__name__,
        exc_info=(type(exception), exception, exception.__traceback__),
    )
