"""What every page's frame needs: navigation, dates and figures in words, language switch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, SupportsFloat
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request, url_for
from flask_babel import format_date, format_decimal
from flask_babel import lazy_gettext as _l

from compliance.identity import Action, Actor, Role
from compliance.web.guards import actor_or_none

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the main navigation; shown where the endpoint exists and the role may use it."""

    endpoint: str
    label: Any  # lazy text
    actions: frozenset[Action]
    blueprints: frozenset[str]  # where the entry is marked as the present one


def _entry(endpoint: str, label: Any, action: Action, *more: str) -> Entry:
    room = endpoint.partition(".")[0]
    return Entry(endpoint, label, frozenset({action}), frozenset({room, *more}))


ENTRIES = (
    _entry("home.index", _l("Home"), Action.READ),
    _entry(
        "assessments.index",
        _l("Assessments"),
        Action.SEE_MODULES,
        *("sections", "questions", "results", "evidence", "offline"),
    ),
    Entry(
        "transactions.index",
        _l("Check a transaction"),
        frozenset({Action.DETERMINE, Action.READ}),  # who only reads sees the register
        frozenset({"transactions", "classification"}),
    ),
    Entry(
        "screening.index",
        _l("Screen a party"),
        frozenset({Action.DETERMINE, Action.READ}),
        frozenset({"screening"}),
    ),
    _entry("lists.index", _l("Lists"), Action.IMPORT_LISTS),
    _entry("remediation.index", _l("Remediation"), Action.REMEDY),
    _entry("review.index", _l("Review"), Action.DECIDE, "reviews"),
    _entry("portfolio.index", _l("Portfolio"), Action.DECIDE),
    _entry("training.index", _l("Training"), Action.TRAIN, "classroom", "scenarios"),
    _entry("reports.index", _l("Reports"), Action.REPORT),
    _entry("people.index", _l("People"), Action.MANAGE_PEOPLE),
    _entry("audit.index", _l("Audit trail"), Action.READ_AUDIT),
    _entry("administration.index", _l("Operation"), Action.OPERATE),
)
ROLES = {
    Role.EXPORTER: _l("Exporter"),
    Role.OFFICER: _l("Compliance officer"),
    Role.READER: _l("Reader"),
    Role.TRAINER: _l("Trainer"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        navigation=navigation,
        endpoint_exists=endpoint_exists,
        other_language_url=other_language_url,
        role_name=lambda role: ROLES[role],
        can=can,
        firm_name=firm_name,
    )
    app.jinja_env.filters.update(
        day=day, moment=moment, figure=figure, amount=amount, percent=percent
    )


def endpoint_exists(endpoint: str) -> bool:
    """Whether a room has this page, for links from one room to another."""
    return endpoint in current_app.view_functions


def can(action: str) -> bool:
    """Whether the actor of this request may do something, for buttons: `can("answer")`."""
    actor = actor_or_none()
    return actor is not None and actor.may(Action(action))


def firm_name() -> str:
    """The actor's firm in the language of the request, where it has a name in it."""
    actor = actor_or_none()
    if actor is None:
        return ""
    return actor.firm_name_zh if g.language == "zh" and actor.firm_name_zh else actor.firm_name


def navigation() -> list[Mapping[str, Any]]:
    """The entries for the actor of this request: label, address, whether it is the present one."""
    actor: Actor | None = actor_or_none()
    if actor is None:
        return []
    return [
        {
            "label": entry.label,
            "url": url_for(entry.endpoint),
            "current": request.blueprint in entry.blueprints,
        }
        for entry in ENTRIES
        if endpoint_exists(entry.endpoint) and any(actor.may(action) for action in entry.actions)
    ]


def other_language_url() -> str:
    """This very page in the other language."""
    wanted = "en" if g.language == "zh" else "zh"
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    return f"{request.path}?{urlencode([*kept, ('lang', wanted)])}"


def day(value: date | None) -> str:
    """A date in words of the request's language; a dash for none."""
    if value is None:
        return "—"
    return str(format_date(value, "y年M月d日" if g.language == "zh" else "d MMM y", rebase=False))


def moment(value: datetime | None) -> str:
    """A moment in the person's time zone, to the minute."""
    if value is None:
        return "—"
    return f"{day(_there(value).date())} {clock_time(value)}"


def clock_time(value: datetime) -> str:
    """Hours and minutes in the person's time zone."""
    return f"{_there(value):%H:%M}"


def _there(value: datetime) -> datetime:
    actor = actor_or_none()
    return value.astimezone(ZoneInfo(actor.time_zone) if actor else ZONE)


def figure(value: float | None, digits: int = 1) -> str:
    """A number as printed, a dash for none."""
    if value is None:
        return "—"
    return str(format_decimal(value, f"0.{'0' * digits}" if digits else "0"))


def amount(value: float) -> str:
    """A number without needless decimals: 10, 0.5."""
    return str(format_decimal(value))


def percent(share: SupportsFloat) -> str:
    """A share in [0, 1] as whole per cent, never rounded up to 100."""
    value = float(share)
    return f"{min(int(value * 100 + 0.5), 100 if value >= 1 else 99)}%"
