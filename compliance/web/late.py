"""A form that came after its session had ended, from a browser without scripts: nothing is lost.

What was typed is shown and sent again once the person is signed in. Only our own pages get this far
(`origin.py`), and nothing is saved before a form carries the token of the session that then is.
"""

from flask import g, render_template, request
from werkzeug.wrappers import Response

CARRIED = frozenset({"sections.save", "questions.say"})  # where people write at length
TEXTS = ("-reason", "-comment", "text")


def is_carried() -> bool:
    """Whether this request is a form whose text must not be lost."""
    return request.method == "POST" and request.endpoint in CARRIED


def late_page() -> Response:
    """What was typed, to be sent again: 401 while signed out, 400 where only the token was old."""
    typed = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    texts = [text for name, text in typed if name.endswith(TEXTS) and text.strip()]
    signed_in = g.get("actor") is not None
    page = render_template(
        "errors/late.html", typed=typed, texts=texts, action=request.full_path, signed_in=signed_in
    )
    return Response(page, status=400 if signed_in else 401, content_type="text/html; charset=utf-8")
