"""The firms in which a person is officer, side by side; the group; who may do what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from compliance.assessments import OVERALL, benchmarks_of
from compliance.catalogue import Edition, load_edition
from compliance.clock import today
from compliance.database import firms_reading, shared_reading
from compliance.identity import (
    GRANTS,
    Action,
    Firm,
    Role,
    family_of,
    real_firms_where,
)
from compliance.language import Language
from compliance.remediation import FirmStanding, Head, oldest, standings
from compliance.web.charts import trend
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs

blueprint = Blueprint("portfolio", __name__)
QUESTIONNAIRE = "ecl-icp"
STALE_AFTER_DAYS = 400
BANDS = ((50, "low"), (70, "weak"), (85, "fair"), (101, "good"))  # score below -> how it looks
ORDERS = {
    "burning": _l("where it burns first"),
    "name": _l("by name"),
    "age": _l("the oldest result first"),
}
ACTIONS = {
    Action.SEE_MODULES: _l("See questions with their answers and evidence"),
    Action.FILL_MODULES: _l("Answer, comment, attach evidence"),
    Action.READ: _l("Read results, history and registers"),
    Action.ANSWER: _l("Start, import, move and submit assessments"),
    Action.DECIDE: _l("Review, accept “does not apply”, return, seal, accept remedies"),
    Action.REMEDY: _l("Plan and follow remedies"),
    Action.DETERMINE: _l("Check transactions, screen parties, classify items"),
    Action.SIGN: _l("Sign a second time, decide on screening matches"),
    Action.IMPORT_LISTS: _l("Bring in control and party lists"),
    Action.REPORT: _l("Ask for reports and exports"),
    Action.TRAIN: _l("Scenarios, sandboxes, classrooms"),
    Action.MANAGE_PEOPLE: _l("Invite people, change roles"),
    Action.READ_AUDIT: _l("Read the audit trail"),
    Action.OPERATE: _l("Settings, jobs, backups, deletion of the firm"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One score of the heat map: the number carries it, the band only helps the eye."""

    text: str
    band: str  # low, weak, fair, good, none


@dataclass(frozen=True, slots=True)
class Row:
    """One firm of the portfolio, ready to be drawn."""

    firm_id: UUID
    name: str
    sector: str
    standing: FirmStanding
    newest: Head | None
    held: bool  # limits hold the grade below what the score would give
    cells: tuple[Cell, ...]
    spark: Any
    is_stale: bool

    @property
    def burns(self) -> tuple[int, float]:
        """Order of urgency: never assessed, then the worst grade, then the lowest score."""
        if self.newest is None:
            return -1000, 0.0
        grade = self.newest.grade or "A"
        return -ord(grade), self.newest.score or 0.0


@blueprint.get("/portfolio")
@needs(Action.DECIDE)
def index() -> str:
    """Firms by modules as a heat map, with limits, overdue actions and ages."""
    actor = current_actor()
    firms = {f.id: f for f in real_firms_where(engine(), actor.person_id, Action.DECIDE)}
    with firms_reading(engine(), frozenset(firms)) as session:
        found = standings(session, today())
    edition = load_edition(QUESTIONNAIRE)
    modules = [module for module in edition.modules if module.weight]
    module_ids = [module.id for module in modules]
    rows = [_row(firms[s.firm_id], s, module_ids) for s in found]
    order = request.args.get("order", "burning")
    return render_template(
        "portfolio/index.html",
        rows=_ordered(rows, order),
        modules=[module.title[language()] for module in modules],
        order=order if order in ORDERS else "burning",
        orders=ORDERS,
        oldest=oldest(found),
        names={row.firm_id: row.name for row in rows},
        sums={
            "waiting": sum(row.standing.waiting for row in rows),
            "overdue": sum(row.standing.overdue for row in rows),
            "to_accept": sum(row.standing.to_accept for row in rows),
            "held": sum(row.held for row in rows),
        },
        benchmarks=_benchmarks(firms, rows, module_ids),
    )


def _ordered(rows: Sequence[Row], order: str) -> list[Row]:
    if order == "name":
        return sorted(rows, key=lambda row: row.name)
    if order == "age":
        return sorted(rows, key=lambda row: row.newest.as_of if row.newest else date.min)
    return sorted(rows, key=lambda row: (*row.burns, row.name))


def _row(firm: Firm, standing: FirmStanding, module_ids: Sequence[str]) -> Row:
    newest = standing.newest
    scores = [head.score for head in standing.heads if head.score is not None]
    age = (today() - newest.as_of).days if newest else 0
    return Row(
        firm_id=firm.id,
        name=name_of(firm),
        sector=firm.sector or "",
        standing=standing,
        newest=newest,
        held=newest is not None and _is_held(newest),
        cells=tuple(cell_of(newest.module_scores.get(i) if newest else None) for i in module_ids),
        spark=trend(scores) if len(scores) > 1 else None,
        is_stale=age > STALE_AFTER_DAYS,
    )


def name_of(firm: Firm) -> str:
    """The firm's name in the language of the page."""
    chinese = language() is Language.ZH and firm.name_zh
    return firm.name_zh or firm.name if chinese else firm.name


def cell_of(score: float | None) -> Cell:
    """A score as it stands in the heat map, in whole points, half up."""
    if score is None:
        return Cell("—", "none")
    return Cell(str(int(score + 0.5)), next(band for below, band in BANDS if score < below))


def _is_held(head: Head) -> bool:
    """Whether the grade is lower than the score alone would give."""
    if head.score is None or head.grade is None:
        return False
    return _grade_alone(load_edition(head.questionnaire_id, head.version), head.score) < head.grade


def _grade_alone(edition: Edition, score: float) -> str:
    exact = Fraction(str(score))
    return next((g.name for g in edition.grades if exact >= g.at_least), edition.grades[-1].name)


def _benchmarks(
    firms: dict[UUID, Firm], rows: Sequence[Row], module_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Sector figures for the sectors of these firms, where enough strangers are counted."""
    sectors = sorted({row.sector for row in rows if row.sector})
    if not sectors:
        return []
    with shared_reading(engine()) as session:
        found = {(b.sector, b.module_id): b for b in benchmarks_of(session, sectors, firms.keys())}
    return [
        {
            "sector": sector,
            "overall": found[sector, OVERALL],
            "cells": [
                cell_of(found[sector, i].median) if (sector, i) in found else cell_of(None)
                for i in module_ids
            ],
        }
        for sector in sectors
        if (sector, OVERALL) in found
    ]


@blueprint.get("/roles")
@needs()
def roles() -> str:
    """One table of who may do what, made from the very grants that the program checks."""
    return render_template(
        "portfolio/roles.html",
        roles=list(Role),
        rows=[
            (words, [action in GRANTS[role] for role in Role]) for action, words in ACTIONS.items()
        ],
    )


@blueprint.get("/group")
@needs(Action.READ)
def group() -> str:
    """Parent and subsidiaries of the firm that one acts for. Names only: no figure crosses here."""
    actor = current_actor()
    parent, children = family_of(engine(), actor.firm_id)
    mine = {f.id for f in real_firms_where(engine(), actor.person_id, Action.READ)}
    return render_template(
        "portfolio/group.html",
        parent=name_of(parent) if parent else None,
        parent_id=parent.id if parent else None,
        children=[(child.id, name_of(child)) for child in children],
        mine=mine,
    )
