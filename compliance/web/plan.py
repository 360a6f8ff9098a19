"""What if some remedies were done, and the cheapest way to a grade. Nothing here is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from compliance.assessments import Standing, load_standing
from compliance.catalogue import Edition, Question
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.scoring import (
    CurvePoint,
    Lift,
    Plan,
    Scorecard,
    effort_of,
    plan,
    plan_curve,
    score,
    what_if,
)
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs
from compliance.web.results import GapRow, figures, gap_rows
from compliance.web.wording import LIMITS

blueprint = Blueprint("plan", __name__)
ADDRESS = "/assessments/<uuid:assessment_id>/plan"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720.0, 210.0, 40.0, 20.0, 16.0, 30.0
MOST_POINTS = 180


@dataclass(frozen=True, slots=True)
class Choice:
    """One remedy that can be ticked."""

    question: Question
    value: str  # "LIC-01", or "LIC-01:full"
    lift: Lift
    days: float
    gap: GapRow | None
    ticked: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """The least effort that brings a grade within reach."""

    grade: str
    days: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Places of the drawing on a canvas of WIDTH x HEIGHT."""

    line: str
    area: str
    thresholds: tuple[tuple[str, float], ...]  # grade, height of its first score
    reached: tuple[Reached, ...]
    days: tuple[tuple[int, float], ...]  # tick, place
    ground: float


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@needs(Action.READ)
def page(assessment_id: UUID) -> str:
    """Tick remedies and see score, grade and limits; or let the cheapest way tick them."""
    standing = _standing(assessment_id)
    edition, answers, as_of = standing.edition, standing.answers, standing.assessment.as_of
    now = score(edition, answers, as_of)
    targets = _better_grades(edition, now)
    target = request.values.get("target", "")
    way = plan(edition, answers, as_of, target) if target in targets else None
    lifts = _read_lifts(edition, request.values.getlist("lift"))
    if way is not None and not lifts and request.method == "GET":
        lifts = {step.question_id: step.lift for step in way.steps}
    points = plan_curve(edition, answers, as_of)
    return render_template(
        "plan/page.html",
        standing=standing,
        now=now,
        targets=targets,
        target=target if way else "",
        way=way,
        on_the_way=_on_the_way(edition, now, way, lifts),
        others=_others(edition, now, way, lifts),
        outcome=_outcome(standing, now, lifts),
        curve=draw(points, edition) if len(points) > 1 else None,
    )


@blueprint.get(f"{ADDRESS}/outcome")
@needs(Action.READ)
def outcome(assessment_id: UUID) -> str:
    """What the ticked remedies would give, for the script that puts it in its place."""
    standing = _standing(assessment_id)
    edition = standing.edition
    now = score(edition, standing.answers, standing.assessment.as_of)
    lifts = _read_lifts(edition, request.args.getlist("lift"))
    return render_template(
        "plan/outcome.html", standing=standing, outcome=_outcome(standing, now, lifts)
    )


def _standing(assessment_id: UUID) -> Standing:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        return load_standing(session, assessment_id, actor)


def _better_grades(edition: Edition, now: Scorecard) -> list[str]:
    """Grades above the present one, the nearest first."""
    names = [grade.name for grade in edition.grades]
    present = now.overall.grade
    return names[: names.index(present)][::-1] if present in names else []


def _read_lifts(edition: Edition, wanted: Sequence[str]) -> dict[str, Lift]:
    """Question id -> lift. What names no scored question with a remedy is a bad request."""
    lifts = {}
    for text in wanted:
        question_id, _colon, how = text.partition(":")
        if not edition.has_question(question_id) or how not in ("", Lift.FULL):
            abort(422)
        question = edition.question(question_id)
        if not question.scored or question.remedy is None:
            abort(422)
        lifts[question_id] = Lift.FULL if how else Lift.TARGET
    return lifts


def _outcome(standing: Standing, now: Scorecard, lifts: Mapping[str, Lift]) -> dict[str, Any]:
    edition = standing.edition
    then = what_if(edition, standing.answers, standing.assessment.as_of, lifts)
    return {
        "now": now,
        "then": then,
        "figures_now": figures(now),
        "figures_then": figures(then),
        "limits": [(limit, LIMITS[limit.why]) for limit in then.overall.limits if limit.lowers],
        "lifted": _lifted_limits(now, then),
        "count": len(lifts),
        "days": float(effort_of(edition, now, lifts)),
    }


def _lifted_limits(now: Scorecard, then: Scorecard) -> list[Any]:
    """Limits that hold the grade down now and would not any more."""
    left = {(limit.why, limit.grade) for limit in then.overall.limits if limit.lowers}
    return [
        LIMITS[limit.why]
        for limit in now.overall.limits
        if limit.lowers and (limit.why, limit.grade) not in left
    ]


def _on_the_way(
    edition: Edition, now: Scorecard, way: Plan | None, lifts: Mapping[str, Lift]
) -> list[Choice]:
    """The steps of the cheapest way, in catalogue order."""
    gaps = {row.question: row for row in gap_rows(now)}
    return [
        _choice(edition.question(s.question_id), s.lift, float(s.effort_days), gaps, lifts)
        for s in (way.steps if way else ())
    ]


def _others(
    edition: Edition, now: Scorecard, way: Plan | None, lifts: Mapping[str, Lift]
) -> list[Choice]:
    """Gaps with a remedy that the way does not need, the most urgent first."""
    taken = {step.question_id for step in way.steps} if way else set()
    gaps = {row.question: row for row in gap_rows(now)}
    return [
        _choice(question, Lift.TARGET, float(question.remedy.effort_days), gaps, lifts)
        for question in (edition.question(i) for i in gaps if i not in taken)
        if question.remedy is not None
    ]


def _choice(
    question: Question,
    lift: Lift,
    days: float,
    gaps: Mapping[str, GapRow],
    lifts: Mapping[str, Lift],
) -> Choice:
    value = f"{question.id}:full" if lift is Lift.FULL else question.id
    return Choice(
        question, value, lift, days, gaps.get(question.id), lifts.get(question.id) == lift
    )


def draw(points: Sequence[CurvePoint], edition: Edition) -> Curve:
    """The drawing of what effort buys: days to the right, score upwards."""
    most = max(float(points[-1].effort_days), 1.0)
    lowest = max(0.0, float(points[0].score) // 10 * 10 - 10)
    ground = HEIGHT - BOTTOM

    def x(days: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * days / most, 1)

    def y(score_: float) -> float:
        return round(ground - (ground - TOP) * (score_ - lowest) / (100 - lowest), 1)

    kept = _thinned(points)
    line = " ".join(f"{x(float(p.effort_days))},{y(float(p.score))}" for p in kept)
    return Curve(
        line=line,
        area=f"{x(0)},{ground} {line} {x(most)},{ground}",
        thresholds=tuple(
            (grade.name, y(float(grade.at_least)))
            for grade in edition.grades
            if float(grade.at_least) > lowest
        ),
        reached=tuple(
            Reached(p.grade, float(p.effort_days), x(float(p.effort_days)), y(float(p.score)))
            for before, p in pairwise(points)
            if p.grade != before.grade
        ),
        days=tuple((tick, x(tick)) for tick in _ticks(most)),
        ground=ground,
    )


def _thinned(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    step = max(1, len(points) // MOST_POINTS)
    return [*points[:-1:step], points[-1]]


def _ticks(most: float) -> list[int]:
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if most / s <= 9)
    return list(range(0, int(most) + 1, step))


@blueprint.app_template_global()
def grade_words(name: str) -> str:
    """The sentence about a target grade in a list of choices."""
    return str(_("grade %(grade)s", grade=name))
