"""`/metrics` for Prometheus: from the same machine, or with the token of the settings.

Counters are one process's own; where several serve, set PROMETHEUS_MULTIPROC_DIR to an empty folder
and they are added up.
"""

import hmac
import os
import time
from ipaddress import ip_address
from typing import Any

from flask import Flask, Response, abort, g, request

from compliance.clock import now
from compliance.database import DatabaseFault
from compliance.identity import live_logins
from compliance.jobs import count_by_state
from compliance.web.context import engine, settings
from compliance.web.disk import disk_of
from compliance.web.guards import public

_instruments: dict[str, Any] = {}


def init_app(app: Flask) -> None:
    app.add_url_rule("/metrics", view_func=metrics)
    app.before_request(_begin)
    app.after_request(_count)


@public
def metrics() -> Response:
    """Requests and their duration, jobs, logins, free disk."""
    if not _may_read():
        abort(404)
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    _instrument()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests_ = CollectorRegistry()
        MultiProcessCollector(requests_)  # type: ignore[no-untyped-call]
    else:
        requests_ = _instruments["registry"]
    body = generate_latest(requests_) + generate_latest(_state())
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    if request.headers.get("X-Forwarded-For"):  # by way of a proxy, so not from here
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _instrument() -> None:
    """Made at first use: the library takes a while to load."""
    if _instruments:
        return
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    _instruments["registry"] = registry
    _instruments["requests"] = Counter(
        "http_requests", "Requests answered", ("view", "method", "status"), registry=registry
    )
    _instruments["duration"] = Histogram(
        "http_request_duration_seconds",
        "Time to answer",
        ("view",),
        buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        registry=registry,
    )


def _state() -> Any:
    """Figures of the moment, from the database and the disk."""
    from prometheus_client import CollectorRegistry, Gauge

    registry = CollectorRegistry()
    free = disk_of(settings().data_dir).free_bytes
    Gauge("disk_free_bytes", "Free space of the data folder", registry=registry).set(free)
    reachable = Gauge("database_up", "Whether the database answers", registry=registry)
    jobs = Gauge("jobs", "Jobs by state", ("state",), registry=registry)
    logins = Gauge("logins", "Browsers signed in", registry=registry)
    try:
        for state, number in count_by_state(engine()).items():
            jobs.labels(state).set(number)
        logins.set(live_logins(engine(), now=now()))
        reachable.set(1)
    except DatabaseFault:
        reachable.set(0)
    return registry


def _begin() -> None:
    g.metrics_began = time.perf_counter()


def _count(response: Response) -> Response:
    began = g.get("metrics_began")
    if began is not None and request.endpoint != "metrics":
        _instrument()
        view = request.endpoint or "none"
        _instruments["requests"].labels(view, request.method, response.status_code).inc()
        _instruments["duration"].labels(view).observe(time.perf_counter() - began)
    return response
