"""The Flask application that `flask` and the server find."""

from compliance.web import create_app

app = create_app()
