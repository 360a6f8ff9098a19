"""Making the Flask application from its settings."""

import hashlib
from functools import lru_cache
from pathlib import Path

import jinja2
from flask import Blueprint, Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from compliance.audit import set_audit_key
from compliance.database import make_engine
from compliance.identity import set_sealing_key
from compliance.language import compile_stale, directories
from compliance.settings import ROOT, Settings, read_settings
from compliance.web import (
    characters,
    cookie,
    disk,
    errors,
    headers,
    health,
    layout,
    locale,
    login,
    metrics,
    oidc,
    origin,
    request_log,
    static_files,
    wording,
)
from compliance.web.cookie import AgelessCookies
from compliance.web.pages import BLUEPRINTS

csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """The application; raises SettingsError when the settings forbid to start."""
    settings = settings or read_settings()
    app = Flask(
        "compliance", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if settings.production else "session",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=25 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # a page may stand open for days; the token dies with the session
        BABEL_DEFAULT_LOCALE="en",
    )
    if settings.trusted_hosts:
        app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.session_interface = AgelessCookies()
    app.extensions["settings"] = settings
    app.extensions["engine"] = make_engine(settings.database_url)
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["static_url"] = static_url
    set_audit_key(settings.secret_key)
    set_sealing_key(settings.secret_key)
    compile_stale()
    Babel(
        app,
        default_translation_directories=";".join(str(d) for d in directories()),
        locale_selector=locale.choose,
        timezone_selector=locale.time_zone,
    )
    for part in (request_log, metrics, locale):  # what a refusal needs comes before what refuses
        part.init_app(app)
    csrf.init_app(app)
    for part in (origin, characters, login, cookie, disk, oidc, health, errors, headers, layout):
        part.init_app(app)
    for part in (static_files, wording):
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    csrf.exempt(_register_api(app))
    _register_commands(app)
    return app


@lru_cache
def static_url(name: str) -> str:
    """Address of a static file with its digest, so that it may be cached for ever."""
    digest = hashlib.sha256((Path(ROOT) / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def _register_api(app: Flask) -> Blueprint:
    from compliance.api import register

    return register(app)


def _register_commands(app: Flask) -> None:
    from compliance.cli import register

    register(app)
