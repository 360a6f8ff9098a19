"""What the server serves: the application with its jobs running.

`app.py` is for commands and tests; this module is for the workers of the web server.
"""

from flask import Flask

from compliance.backup import occupy
from compliance.database import schema
from compliance.settings import Settings
from compliance.web.factory import create_app
from compliance.web.starting import start
from compliance.worker import start_embedded


def serve() -> Flask:
    """The WSGI application.

    Raises SchemaError where the database does not fit this program, InUseError while a backup is
    being restored into it.
    """
    flask = create_app()
    settings: Settings = flask.extensions["settings"]
    occupy(settings.data_dir)
    schema.check(flask.extensions["engine"])
    if settings.embedded_jobs:
        start_embedded(flask.extensions["engine"], settings)
    return flask


app = start(serve)
