"""Penalty exposure: the statutory range per breached provision, on figures that are not stored."""

import unicodedata
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from compliance.assessments import load_standing
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.scoring import ONE_FINE, Base, Measure, exposures, heaviest, score
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs

blueprint = Blueprint("exposure", __name__)
MOST = 10**13  # yuan
UNITS = {"万": 10**4, "亿": 10**8}
BASES = {
    Base.TURNOVER: (
        _l("Turnover of the deals concerned"),
        _l("What the firm took for exports that a breach would touch, in yuan."),
    ),
    Base.GOODS: (_l("Value of the goods concerned"), _l("For customs fines, in yuan.")),
    Base.GAINS: (_l("Gains from the deals concerned"), _l("What was left of them, in yuan.")),
}
MEASURES = {
    Measure.MULTIPLE: _l("a multiple of the base"),
    Measure.PERCENTAGE: _l("a share of the base"),
    Measure.FIXED: _l("fixed amounts of the statute"),
    Measure.NONE: _l("no fine that can be worked out here"),
}
BASE_NAMES = {
    Base.TURNOVER: _l("turnover"),
    Base.GOODS: _l("value of the goods"),
    Base.GAINS: _l("gains"),
}


@blueprint.route("/assessments/<uuid:assessment_id>/exposure", methods=["GET", "POST"])
@needs(Action.READ)
def page(assessment_id: UUID) -> str | tuple[str, int]:
    """What the statute provides for the gaps; figures come by POST and are kept nowhere."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
    bases, faults = _read_bases()
    card = score(standing.edition, standing.answers, standing.assessment.as_of)
    found = exposures(standing.edition, card, bases)
    shown = render_template(
        "plan/exposure.html",
        standing=standing,
        found=found,
        top=heaviest(found),
        one_fine=standing.edition.provisions.get(ONE_FINE) or standing.edition.law.get(ONE_FINE),
        bases=BASES,
        base_names=BASE_NAMES,
        measures=MEASURES,
        given=bases,
        typed=request.form,
        faults=faults,
    )
    return (shown, 422) if faults else shown


def _read_bases() -> tuple[dict[Base, Fraction], list[tuple[str, str]]]:
    bases, faults = {}, []
    for base in Base:
        text = request.form.get(base.value, "").strip()
        if not text:
            continue
        amount = read_amount(text)
        if amount is None:
            said = _("Enter an amount in yuan, for example 1,200,000 or 120万.")
            faults.append((base.value, str(said)))
        else:
            bases[base] = amount
    return bases, faults


def read_amount(text: str) -> Fraction | None:
    """An amount as people type it: separators, full-width digits, 万 and 亿; None if it is none."""
    flat = unicodedata.normalize("NFKC", text)
    for mark in (",", " ", "¥", "元", "CNY"):
        flat = flat.replace(mark, "")
    factor = UNITS.get(flat[-1:], 1)
    try:
        number = Decimal(flat[:-1] if factor > 1 else flat)
    except InvalidOperation:
        return None
    if not number.is_finite() or number < 0 or number * factor > MOST:
        return None
    return Fraction(number) * factor


@blueprint.app_template_filter("yuan")
def yuan(amount: Any) -> str:
    """An amount of money with its separators; cents only where there are any."""
    if amount is None:
        return "—"
    exact = Fraction(amount)
    digits = "#,##0" if exact.denominator == 1 else "#,##0.00"
    return f"¥{format_decimal(Decimal(exact.numerator) / Decimal(exact.denominator), digits)}"
