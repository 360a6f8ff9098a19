"""The arithmetic of the self-assessment: exact, pure, the same for ever.

In: an edition, answers, the as-of date. Out: a scorecard with scores, grade, limits and gaps; its
JSON; the cheapest plan to a grade. Every weight, target, grade and limit is read from the edition.
Must not know firms, storage, pages, clock or locale.
"""

from compliance.scoring.exposure import (
    ONE_FINE,
    Base,
    Exposure,
    Measure,
    exposure_of,
    exposures,
    heaviest,
)
from compliance.scoring.frameworks import ElementStanding, FrameworkStanding, seen_through
from compliance.scoring.plan import CurvePoint, Plan, Step, plan, plan_curve
from compliance.scoring.readiness import CheckResult, Proof, Readiness, readiness
from compliance.scoring.result import (
    canonical_json,
    input_digest,
    overall_json,
    plan_json,
    result_json,
    scorecard_json,
)
from compliance.scoring.rounding import as_number, half_up, printed_score
from compliance.scoring.score import score
from compliance.scoring.scorecard import (
    Caution,
    ElementScore,
    Gap,
    Limit,
    LimitKind,
    Mark,
    ModuleScore,
    Overall,
    Scorecard,
    State,
    Unsettled,
)
from compliance.scoring.what_if import Lift, effort_of, lifted_answers, what_if

__all__ = [
    "ONE_FINE",
    "Base",
    "Caution",
    "CheckResult",
    "CurvePoint",
    "ElementScore",
    "ElementStanding",
    "Exposure",
    "FrameworkStanding",
    "Gap",
    "Lift",
    "Limit",
    "LimitKind",
    "Mark",
    "Measure",
    "ModuleScore",
    "Overall",
    "Plan",
    "Proof",
    "Readiness",
    "Scorecard",
    "State",
    "Step",
    "Unsettled",
    "as_number",
    "canonical_json",
    "effort_of",
    "exposure_of",
    "exposures",
    "half_up",
    "heaviest",
    "input_digest",
    "lifted_answers",
    "overall_json",
    "plan",
    "plan_curve",
    "plan_json",
    "printed_score",
    "readiness",
    "result_json",
    "score",
    "scorecard_json",
    "seen_through",
    "what_if",
]
