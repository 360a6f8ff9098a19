"""The language of a request: the switch on the page, then the person, then the browser."""

from functools import lru_cache

from flask import Flask, Response, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response as BaseResponse

from compliance.identity import Actor
from compliance.language import Language, Text
from compliance.web.context import settings

COOKIE, SAFE_COOKIE = "language", "__Host-language"  # the safe name needs HTTPS


def init_app(app: Flask) -> None:
    app.before_request(_choose_early)
    app.after_request(_remember)
    app.jinja_env.globals["t"] = text
    app.context_processor(_words)


def choose() -> str:
    """Locale for Flask-Babel; `zh` is Simplified Chinese here."""
    chosen: str = g.get("language") or "en"
    return chosen


def prefer(language: str | None) -> None:
    """Use the person's language where neither the address nor the cookie names one."""
    named = request.args.get("lang") or request.cookies.get(_cookie())
    if language in set(Language) and named not in set(Language):
        g.language = language


def forget(response: BaseResponse) -> None:
    """Drop the page's switch, so that the account's language counts."""
    response.delete_cookie(_cookie(), secure=request.is_secure, httponly=True, samesite="Lax")


def time_zone() -> str:
    """Time zone of the person, China's where nobody is signed in."""
    actor: Actor | None = g.get("actor")
    return actor.time_zone if actor else "Asia/Shanghai"


def text(both: Text) -> str:
    """A bilingual text in the language of the request, for templates."""
    return both[g.language]


def _choose_early() -> None:
    wanted = request.args.get("lang") or request.cookies.get(_cookie())
    if wanted not in set(Language):
        wanted = _of_browser(request.headers.get("Accept-Language", ""))
    g.language = wanted


@lru_cache(maxsize=256)
def _of_browser(header: str) -> str:
    """The language that a browser asks for; the same few headers come again and again."""
    asked = parse_accept_header(header, LanguageAccept)
    wanted = asked.best_match(["en", "zh", "zh-CN", "zh-Hans"]) or "en"
    return "zh" if wanted.startswith("zh") else "en"


def _remember(response: Response) -> Response:
    wanted = request.args.get("lang")
    if wanted in set(Language):
        response.set_cookie(
            _cookie(),
            wanted,
            max_age=365 * 86400,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure or settings().production,
        )
    return response


def _cookie() -> str:
    return SAFE_COOKIE if settings().production else COOKIE


def _words() -> dict[str, object]:
    language = Language(g.get("language") or "en")
    return {
        "language": language,
        "other_language": Language.EN if language == "zh" else Language.ZH,
    }
