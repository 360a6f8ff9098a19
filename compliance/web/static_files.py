"""Static files, squeezed once and kept in memory: a first visit loads little, the next nothing."""

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request
from werkzeug.security import safe_join

from compliance.web.guards import public

SQUEEZABLE = ("text/", "application/javascript", "application/json", "image/svg+xml")


def init_app(app: Flask) -> None:
    app.view_functions["static"] = serve


@public
def serve(filename: str) -> Response:
    """One file from static/, with gzip where the browser takes it."""
    path = safe_join(str(current_app.static_folder), filename)
    if path is None or not Path(path).is_file():
        abort(404)
    media_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    squeeze = media_type.startswith(SQUEEZABLE) and request.accept_encodings.quality("gzip") > 0
    response = Response(_content(path, Path(path).stat().st_mtime_ns, squeeze), mimetype=media_type)
    response.headers["Vary"] = "Accept-Encoding"
    if squeeze:
        response.headers["Content-Encoding"] = "gzip"
    response.add_etag()
    response.make_conditional(request)
    return response


@lru_cache(maxsize=64)
def _content(path: str, _changed_ns: int, squeeze: bool) -> bytes:
    raw = Path(path).read_bytes()
    return gzip.compress(raw, compresslevel=9, mtime=0) if squeeze else raw
