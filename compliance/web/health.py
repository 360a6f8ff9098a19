"""Is the service alive, and is it ready?"""

from flask import Flask, Response, jsonify

from compliance.clock import now
from compliance.database import is_reachable
from compliance.web.context import engine, settings
from compliance.web.guards import public
from compliance.worker import engine_fault


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)


@public
def healthz() -> tuple[Response, int]:
    """200 once the application and its database work."""
    if not is_reachable(engine()):
        return jsonify(status="database unreachable"), 503
    return jsonify(status="ok"), 200


@public
def readyz() -> tuple[Response, int]:
    """200 once the database and the job engine work."""
    if not is_reachable(engine()):
        return jsonify(status="database unreachable"), 503
    fault = engine_fault(engine(), settings(), now=now())
    if fault:
        return jsonify(status=fault), 503
    return jsonify(status="ok"), 200
