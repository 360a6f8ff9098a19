"""The law: what is about to change, the register, one provision, and other frameworks' view."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from compliance.assessments import (
    Assessment,
    Standing,
    assessments_in_use,
    content_of,
    load_standing,
)
from compliance.catalogue import (
    Confidence,
    Edition,
    Penalty,
    Provision,
    Question,
    Status,
    Turn,
    WatchEntry,
    crosswalk,
    law_watch,
    load_edition,
)
from compliance.clock import today
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.scoring import printed_score, score, seen_through
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.wording import content_words

blueprint = Blueprint("law", __name__)
HORIZONS = (90, 180, 365, 730)  # days
TURNS = {
    Turn.STARTS: ("active", _l("starts")),
    Turn.PAUSES: ("warn", _l("pauses")),
    Turn.RESUMES: ("warn", _l("suspension ends")),
    Turn.ENDS: ("warn", _l("ends")),
    Turn.STATUS_CHECK: ("warn", _l("check status")),
    Turn.MOVED: ("warn", _l("dates moved")),
}
STATUSES = {
    Status.IN_FORCE: ("ok", _l("in force")),
    Status.ADVISORY: ("plain", _l("guidance")),
    Status.REPEALED: ("plain", _l("repealed")),
    Status.SUPERSEDED: ("plain", _l("superseded by a later act")),
    Status.PARTLY_SUSPENDED: ("warn", _l("suspended in part")),
    Status.SUSPENDED_UNVERIFIED: ("warn", _l("suspended; present state not verified")),
}
CONFIDENCES = {
    Confidence.TEXT: ("ok", _l("checked against the official text")),
    Confidence.PAGE: ("plain", _l("checked against a page about it, not against the text")),
    Confidence.MEMORY: ("warn", _l("not yet checked against a source")),
}


@dataclass(frozen=True, slots=True)
class Resting:
    """A question that rests on a provision, and what this firm answered."""

    question: Question
    asked: bool  # of this firm, in its latest assessment
    answer: str | None  # None: not answered


@dataclass(frozen=True, slots=True)
class Watched:
    """One turn with the answers that rest on it."""

    entry: WatchEntry
    resting: tuple[Resting, ...]

    @property
    def answered(self) -> tuple[Resting, ...]:
        return tuple(one for one in self.resting if one.answer is not None)


@blueprint.get("/law")
@needs(Action.READ)
def watch() -> str:
    """What starts, pauses, ends or needs a status check, and which answers rest on it."""
    day, fault = _day(request.args.get("as_of", ""))
    horizon = _horizon(request.args.get("horizon", ""))
    standing = _latest_standing()
    edition = standing.edition if standing else load_edition()
    entries = [_watched(entry, standing, edition) for entry in law_watch(edition, day, horizon)]
    dated = [one for one in entries if one.entry.on is not None]
    return render_template(
        "law/watch.html",
        day=day,
        fault=fault,
        horizon=horizon,
        horizons=[(days, _("%(n)s days", n=days)) for days in HORIZONS],
        standing=standing,
        edition=edition,
        groups=(
            (_("Ahead"), [one for one in dated if _on(one) >= day]),
            (_("In the last ninety days"), [one for one in dated if _on(one) < day]),
        ),
        unsure=[one for one in entries if one.entry.on is None],
        turns=TURNS,
    )


@blueprint.get("/law/register")
@needs()
def register() -> str:
    """Every provision, by words, instrument, status and day."""
    day, fault = _day(request.args.get("as_of", ""))
    chosen = {name: request.args.get(name, "").strip() for name in ("q", "instrument", "status")}
    chosen["force"] = request.args.get("force", "")
    law = load_edition().law.values()
    found = [provision for provision in law if _is_wanted(provision, chosen, day)]
    return render_template(
        "law/register.html",
        found=found,
        total=len(law),
        chosen=chosen,
        day=day,
        fault=fault,
        instruments=_instruments(law),
        statuses=STATUSES,
    )


@blueprint.get("/law/provisions/<provision_id>")
@needs()
def provision(provision_id: str) -> str:
    """One provision: what it asks, since when, how sure we are, what a breach costs."""
    day, _fault = _day(request.args.get("as_of", ""))
    standing = _latest_standing() if current_actor().may(Action.READ) else None
    edition = standing.edition if standing else load_edition()
    found = edition.law.get(provision_id) or abort(404)
    questions = [q for q in edition.questions if found.id in q.provisions]
    return render_template(
        "law/provision.html",
        provision=found,
        published=edition.provisions.get(found.id, found),
        day=day,
        edition=edition,
        standing=standing,
        resting=_resting(questions, standing),
        penalties=_penalties(edition, found),
        neighbours=[p for p in edition.law.values() if p.instrument == found.instrument],
        status_of=STATUSES[found.status],
        confidence=CONFIDENCES[found.confidence],
    )


@blueprint.get("/law/frameworks")
@needs(Action.READ)
def frameworks() -> str:
    """The same answers seen through other frameworks, with the attainment of each element."""
    chosen = request.args.get("assessment", "")
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        found = assessments_in_use(session)
        wanted = found[0].id if found and not chosen else _id(chosen)
        standing = load_standing(session, wanted, actor) if wanted else None
    card = None
    if standing is not None:
        card = score(standing.edition, standing.answers, standing.assessment.as_of)
    edition = standing.edition if standing else load_edition()
    return render_template(
        "law/frameworks.html",
        standing=standing,
        edition=edition,
        assessments=found,
        views=seen_through(edition, card) if card else (),
        plain=crosswalk(edition),
        printed=lambda value: None if value is None else float(printed_score(value)),
    )


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        abort(404)


def _watched(entry: WatchEntry, standing: Standing | None, edition: Edition) -> Watched:
    return Watched(entry, _resting([edition.question(i) for i in entry.questions], standing))


def _resting(questions: Iterable[Question], standing: Standing | None) -> tuple[Resting, ...]:
    asked = {q.id for q in standing.asked} if standing else set()
    return tuple(Resting(q, q.id in asked, _answer(q, standing, asked)) for q in questions)


def _answer(question: Question, standing: Standing | None, asked: set[str]) -> str | None:
    response = standing.responses.get(question.id) if standing else None
    if response is None or question.id not in asked:
        return None
    if response.value is None and response.na_reason is None:
        return None
    return content_words(question, content_of(response), language())


def _latest_standing() -> Standing | None:
    """The firm's newest assessment: its answers are meant when the page says "your answers"."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        found: Sequence[Assessment] = assessments_in_use(session)
        return load_standing(session, found[0].id, actor) if found else None


def _on(one: Watched) -> date:
    return one.entry.on or date.max


def _day(typed: str) -> tuple[date, str]:
    """The day asked for, and what is wrong with it; today where none or a wrong one is given."""
    if not typed.strip():
        return today(), ""
    try:
        return date.fromisoformat(typed.strip()), ""
    except ValueError:
        return today(), _("Enter a date that exists as year-month-day, for example 2026-11-24.")


def _horizon(typed: str) -> int:
    return int(typed) if typed in {str(days) for days in HORIZONS} else HORIZONS[1]


def _is_wanted(found: Provision, chosen: Mapping[str, str], day: date) -> bool:
    texts = (found.id, found.instrument_name, found.citation, found.heading, found.summary)
    words = "\n".join(t if isinstance(t, str) else f"{t.en}\n{t.zh}" for t in texts).casefold()
    return (
        all(word in words for word in chosen["q"].casefold().split())
        and chosen["instrument"] in ("", found.instrument)
        and (chosen["status"] in ("", found.status) or _is_unsure(found, chosen["status"]))
        and (not chosen["force"] or found.in_force(day))
    )


def _is_unsure(found: Provision, status: str) -> bool:
    return status == "check" and found.needs_status_check


def _instruments(law: Iterable[Provision]) -> list[tuple[str, str]]:
    names: dict[str, Any] = {p.instrument: p.instrument_name[language()] for p in law}
    return sorted(names.items(), key=lambda pair: str(pair[1]).casefold())


def _penalties(edition: Edition, found: Provision) -> list[Penalty]:
    return [p for p in edition.penalties.values() if found.id in p.provisions]
