"""Characters that can't be kept are refused in front of every view, wherever they stand.

Refused, not cleaned: a program learns of its fault, and what a person typed stays as it was on the
page that they go back to.
"""

import json
from collections.abc import Iterator

from flask import Flask, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from compliance.answers import is_keepable, unkeepable_in_json

FEW_BRACKETS = 500  # so many can't nest too deep
API = "/api/"  # reads its bodies itself, once it knows who calls


class UnkeepableTextError(BadRequest):
    """A request holds text that can't be kept; the description says where."""


def init_app(app: Flask) -> None:
    app.before_request(_refuse_unkeepable)


def _refuse_unkeepable() -> None:
    for place, text in _texts():
        if not is_keepable(text):
            raise UnkeepableTextError(_said(place if is_keepable(place) else "?"))
    if request.is_json and not request.path.startswith(API):
        _refuse_deep_nesting(request.get_data())
        path = unkeepable_in_json(request.get_data())
        if path is not None:
            raise UnkeepableTextError(_said(path))


def _refuse_deep_nesting(raw: bytes) -> None:
    """What nests deeper than the reader can follow would end in a fault of ours."""
    if raw.count(b"[") + raw.count(b"{") > FEW_BRACKETS:
        try:
            json.loads(raw)
        except RecursionError:
            raise BadRequest from None
        except ValueError:
            pass  # whoever reads it says what is wrong


def _texts() -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text; the form last, since it has to be read for that."""
    yield request.path, request.path
    yield from request.headers.items()
    for values in (request.args, request.form):
        for name, text in values.items(multi=True):
            yield name, name
            yield name, text
    for name, file in request.files.items(multi=True):
        yield name, file.filename or ""


def _said(place: str) -> str:
    said: str = _(
        "“%(place)s” holds a character that no text may hold (NUL, or half of a character). "
        "Nothing was changed. Go back, take it out, and send it again.",
        place=place,
    )
    return said
