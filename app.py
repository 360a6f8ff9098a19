"""The Flask application that `flask` and the server find."""

from compliance.web import create_app
from compliance.web.starting import start

app = start(create_app)
