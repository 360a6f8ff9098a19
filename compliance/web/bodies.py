"""Bodies first: a request is worked on only once the whole of it is here.

The server gives each request a thread and lets the application read the body from it, so a client
that sends a byte a second would hold a place at which pages are made. Here the threads are many and
wait for bodies; the places, few as the database wants them, are behind a gate. Production has a
proxy in front that does the same (docs/operations.md); this is for who runs without.
"""

import threading
from collections.abc import Iterable
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from compliance.web.headers import HEADERS

PIECE = 64 * 1024
IN_MEMORY = 1024 * 1024
# Clients whose bodies are waited for at once in one process; fewer than its threads, so that one
# is always left to say no.
MOST_WAITING = 448


class BodiesFirst:
    """A WSGI application around another. `places`: requests worked on at once.

    A body without its length in advance is refused: nobody could tell one that was cut off.
    """

    def __init__(self, app: WSGIApplication, *, places: int, most_bytes: int) -> None:
        self._app, self._most_bytes = app, most_bytes
        self._places = threading.Semaphore(places)
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING"):
            return _answer(start_response, "411 Length Required")
        if _length(environ):
            if not self._waiting.acquire(blocking=False):
                return _answer(start_response, "503 Service Unavailable", ("Retry-After", "5"))
            try:
                whole = self._take(environ)
            except OSError:  # nowhere to put it
                return _answer(start_response, "507 Insufficient Storage")
            finally:
                self._waiting.release()
            if not whole:
                return _answer(start_response, "400 Bad Request")
        with self._places:
            return self._app(environ, start_response)

    def _take(self, environ: WSGIEnvironment) -> bool:
        """Put the whole body in the place of the stream; False where the client gave up half-way.

        One that says it is too large is left where it is: the application refuses it unread.
        """
        said = _length(environ)
        if said > self._most_bytes:
            return True
        stream: IO[bytes] = environ["wsgi.input"]
        body: IO[bytes] = BytesIO() if said <= IN_MEMORY else TemporaryFile()  # noqa: SIM115
        taken = 0
        while taken < said and (piece := stream.read(min(PIECE, said - taken))):
            body.write(piece)
            taken += len(piece)
        body.seek(0)
        environ["wsgi.input"] = body
        return taken == said


def _length(environ: WSGIEnvironment) -> int:
    said = environ.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdigit() else 0


def _answer(start_response: StartResponse, status: str, *headers: tuple[str, str]) -> list[bytes]:
    text = f"{status[:3]}\n".encode()
    plain = ("Content-Type", "text/plain; charset=utf-8")
    start_response(status, [plain, ("Cache-Control", "no-store"), *HEADERS.items(), *headers])
    return [text]
