"""Results: limits before the number, declared beside supported, gaps in order of urgency."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request

from compliance.assessments import Standing, load_standing
from compliance.catalogue import Edition, Severity
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.scoring import Gap, Scorecard, as_number, printed_score, score
from compliance.web.charts import Axis, Radar, radar
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.report_words import module_choices
from compliance.web.wording import LIMITS

blueprint = Blueprint("results", __name__)
TARGET = 75  # of the score axis: where legal and expected questions have their target


@dataclass(frozen=True, slots=True)
class Bar:
    """One module or element as the page draws it; figures as printed."""

    id: str
    title: str
    score: float | None
    supported: float | None
    best: float | None
    weight: int | None
    answered: int
    applicable: int

    @property
    def is_partial(self) -> bool:
        return self.answered < self.applicable


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap as plain figures, for the component."""

    question: str
    module: str
    severity: Severity
    red_line: bool
    attainment: float
    target: float
    priority: int
    gain: float
    provisions: tuple[str, ...]
    penalties: tuple[str, ...]
    unanswered: bool
    unsettled: str | None  # why a claim of "not applicable" does not count


@blueprint.get("/assessments/<uuid:assessment_id>/results")
@needs(Action.READ)
def page(assessment_id: UUID) -> str:
    """The result of what stands now."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
    card = score(standing.edition, standing.answers, standing.assessment.as_of)
    gaps = gap_rows(card)
    chosen = {name: request.args.get(name, "") for name in ("priority", "module", "severity")}
    return render_template(
        "assessments/results.html",
        standing=standing,
        card=card,
        figures=figures(card),
        limits=[(limit, LIMITS[limit.why]) for limit in card.overall.limits],
        modules=module_bars(standing.edition, card),
        module_kinds=module_choices([standing.assessment], language()),
        elements=element_bars(standing.edition, card),
        radar=module_radar(standing.edition, card),
        target=TARGET,
        gaps=[row for row in gaps if _is_wanted(row, chosen)],
        all_gaps=gaps,
        chosen=chosen,
    )


def figures(card: Scorecard) -> dict[str, float | None]:
    """The overall figures as printed."""
    overall = card.overall
    return {
        name: None if value is None else float(printed_score(value))
        for name, value in (
            ("score", overall.score),
            ("supported", overall.supported_score),
            ("best", overall.best_score),
        )
    }


def module_bars(edition: Edition, card: Scorecard) -> list[Bar]:
    """The scored modules in order."""
    return [
        Bar(
            id=module.id,
            title=edition.module(module.id).title[language()],
            score=as_number(module.score, 1),
            supported=as_number(module.supported_score, 1),
            best=as_number(module.best_score, 1),
            weight=module.weight,
            answered=module.answered,
            applicable=module.applicable,
        )
        for module in card.modules
    ]


def element_bars(edition: Edition, card: Scorecard) -> list[Bar]:
    """The nine elements of an internal compliance programme."""
    titles = {
        section.id: section.title[language()]
        for module in edition.modules
        for section in module.sections
    }
    return [
        Bar(
            id=element.id,
            title=titles[element.section_id],
            score=as_number(element.score, 1),
            supported=as_number(element.supported_score, 1),
            best=None,
            weight=None,
            answered=element.applicable,
            applicable=element.applicable,
        )
        for element in card.elements
    ]


def module_radar(edition: Edition, card: Scorecard) -> Radar:
    """One spoke for each scored module."""
    order = {module.id: number for number, module in enumerate(edition.modules, 1)}
    return radar(
        [
            Axis(
                label=str(order[module.id]),
                name=edition.module(module.id).title[language()],
                value=None if module.score is None else float(module.score),
                second=None if module.supported_score is None else float(module.supported_score),
                partial=module.answered < module.applicable,
            )
            for module in card.modules
        ],
        TARGET,
    )


def gap_rows(card: Scorecard) -> list[GapRow]:
    """The gaps in order of urgency."""
    return [_gap_row(gap) for gap in card.gaps]


def _gap_row(gap: Gap) -> GapRow:
    question, mark = gap.question, gap.mark
    return GapRow(
        question=question.id,
        module=question.module_id,
        severity=mark.severity,
        red_line=question.red_line,
        attainment=float(mark.attainment),
        target=float(gap.target),
        priority=gap.priority,
        gain=float(gap.gain),
        provisions=question.provisions,
        penalties=question.penalties,
        unanswered=mark.is_unanswered,
        unsettled=mark.unsettled,
    )


def _is_wanted(row: GapRow, chosen: dict[str, str]) -> bool:
    return (
        chosen["priority"] in ("", str(row.priority))
        and chosen["module"] in ("", row.module)
        and chosen["severity"] in ("", row.severity)
    )


def printed(standing: Standing) -> tuple[float | None, str | None]:
    """Score and grade of an assessment as printed."""
    overall = score(standing.edition, standing.answers, standing.assessment.as_of).overall
    shown = None if overall.score is None else float(printed_score(overall.score))
    return shown, overall.grade
