"""Two sealed results beside each other, and the trend of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _l

from compliance.answers import Answer, value_json
from compliance.assessments import (
    Comparison,
    Course,
    Line,
    Snapshot,
    compare,
    snapshots_of_firm,
)
from compliance.catalogue import Question
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.scoring import as_number
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.wording import content_words

blueprint = Blueprint("comparison", __name__)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720.0, 190.0, 34.0, 34.0, 14.0, 30.0
MOVEMENTS = {
    Course.FELL: ("bad", _l("Fell")),
    Course.ROSE: ("ok", _l("Rose")),
    Course.NEW: ("active", _l("New")),
    Course.NO_LONGER_ASKED: ("plain", _l("No longer asked")),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One question of the comparison in words."""

    line: Line
    before: str
    after: str
    step: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """One result in the trend."""

    snapshot: Snapshot
    x: float
    y: float
    y_supported: float


@blueprint.get("/comparison")
@needs(Action.READ)
def page() -> str:
    """What rose, fell, is new, and is no longer asked between two sealed results."""
    with firm_reading(engine(), current_actor().firm_id) as session:
        found = snapshots_of_firm(session)
    later = _chosen(found, "later") or (found[-1] if found else None)
    earlier = _chosen(found, "earlier") or _one_before(found, later)
    if later is not None and earlier is not None and found.index(earlier) > found.index(later):
        earlier, later = later, earlier
    both = earlier is not None and later is not None and earlier is not later
    compared = compare(earlier, later) if both and earlier and later else None
    return render_template(
        "comparison/page.html",
        snapshots=found,
        earlier=earlier,
        later=later,
        compared=compared,
        groups=_groups(compared) if compared else [],
        modules=_modules(compared) if compared else [],
        same=len(compared.of(Course.SAME)) if compared else 0,
        points=draw(found),
    )


def _chosen(found: Sequence[Snapshot], name: str) -> Snapshot | None:
    wanted = request.args.get(name, "")
    if not wanted:
        return None
    try:
        wanted_id = UUID(wanted)
    except ValueError:
        abort(404)
    return next((s for s in found if s.assessment_id == wanted_id), None) or abort(404)


def _one_before(found: Sequence[Snapshot], later: Snapshot | None) -> Snapshot | None:
    place = found.index(later) if later is not None else 0
    return found[place - 1] if place else None


def _groups(compared: Comparison) -> list[tuple[Course, Any, list[Told]]]:
    return [
        (movement, words, [_told(compared, line) for line in compared.of(movement)])
        for movement, words in MOVEMENTS.items()
    ]


def _told(compared: Comparison, line: Line) -> Told:
    return Told(
        line=line,
        before=_answer(compared.before.answers, line.before),
        after=_answer(compared.after.answers, line.after),
        step=None if line.before is None or line.after is None else float(line.step),
    )


def _answer(answers: Mapping[str, Answer], question: Question | None) -> str:
    if question is None:
        return "—"
    answer = answers.get(question.id, Answer())
    claim = answer.not_applicable
    content = {
        "value": None if answer.value is None else value_json(answer.value),
        "na_reason": claim.reason if claim else None,
    }
    return content_words(question, content, language())


def _modules(compared: Comparison) -> list[dict[str, Any]]:
    titles = {
        module.id: module.title[language()]
        for edition in (compared.before.edition, compared.after.edition)
        for module in edition.modules
    }
    return [
        {
            "title": titles[module_id],
            "before": as_number(then, 1),
            "after": as_number(now, 1),
            "step": None if then is None or now is None else round(float(now - then), 1),
        }
        for module_id, then, now in compared.modules()
    ]


def draw(found: Sequence[Snapshot]) -> list[Point]:
    """Places of all results on a canvas of WIDTH x HEIGHT, by their day."""
    scored = [s for s in found if s.score is not None]
    if len(scored) < 2:
        return []
    first, last = scored[0].as_of, scored[-1].as_of
    span = max((last - first).days, 1)

    def y(value: float | None) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value or 0) / 100, 1)

    return [
        Point(
            snapshot,
            round(LEFT + (WIDTH - LEFT - RIGHT) * (snapshot.as_of - first).days / span, 1),
            y(snapshot.score),
            y(snapshot.supported_score),
        )
        for snapshot in scored
    ]
