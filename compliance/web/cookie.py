"""The signed cookie, without an age of its own.

How long a login lasts is decided by its row in the database. Flask's own check of the cookie's age
would sign everybody out when the server's clock leaps back.
"""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer


class AgelessCookies(SecureCookieSessionInterface):
    """Flask's session cookie, valid as long as its signature; one application's."""

    _made: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once: the key does not change while the program runs."""
        self._made = self._made or super().get_signing_serializer(app)
        return self._made

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        value = request.cookies.get(self.get_cookie_name(app))
        try:
            return self.session_class(serializer.loads(value) if value else None)
        except BadSignature:
            return self.session_class()
