"""What the server serves: the application with its jobs running.

`app.py` is for commands and tests; this module is for the workers of the web server.
"""

from flask import Flask

from compliance.backup import occupy
from compliance.database import schema
from compliance.identity import demo_people
from compliance.settings import Settings, SettingsError
from compliance.web.bodies import BodiesFirst
from compliance.web.factory import create_app
from compliance.web.starting import start
from compliance.worker import start_embedded

PLACES = 2  # requests that one process works on at once
PLACES_SQLITE = 1  # more would only queue for its write lock


def serve() -> Flask:
    """The WSGI application.

    Raises SettingsError where the settings forbid to start, also demo accounts in production,
    SchemaError where the database does not fit this program, InUseError while a backup is
    being restored into it.
    """
    flask = create_app()
    settings: Settings = flask.extensions["settings"]
    places = PLACES_SQLITE if settings.is_sqlite else PLACES
    flask.wsgi_app = BodiesFirst(  # type: ignore[method-assign]
        flask.wsgi_app, places=places, most_bytes=flask.config["MAX_CONTENT_LENGTH"]
    )
    occupy(settings.data_dir)
    schema.check(flask.extensions["engine"])
    if settings.production and (found := demo_people(flask.extensions["engine"])):
        raise SettingsError(
            f"DATABASE_URL names a database with demo accounts ({found[0]}), whose password is "
            "public; use a new database, or run for each of them: flask people disable EMAIL"
        )
    if settings.embedded_jobs:
        start_embedded(flask.extensions["engine"], settings)
    return flask


app = start(serve)
