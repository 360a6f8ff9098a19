"""The result as JSON: where exact numbers are rounded, half up, and leave."""

import hashlib
import json
from fractions import Fraction

from compliance.answers import Answer, Bundle, answer_json
from compliance.catalogue import Edition
from compliance.scoring.plan import Plan, Step
from compliance.scoring.rounding import as_number
from compliance.scoring.scorecard import (
    ElementScore,
    Gap,
    Limit,
    ModuleScore,
    Overall,
    Scorecard,
)

FORMAT = "ecl-self-assessment/result"
PLAN_FORMAT = "ecl-self-assessment/plan"
FORMAT_VERSION = 1
SCORE_DECIMALS = 1
SHARE_DECIMALS = 4  # attainments, gains, completion


def canonical_json(content: object) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def input_digest(bundle: Bundle) -> str:
    """SHA-256 of what was answered: edition, day and every answer that says anything.

    The name of the firm is no part of it; the order and the spelling of the file neither.
    """
    told = {key: answer for key, answer in bundle.answers.items() if answer != Answer()}
    content = {
        "questionnaire": {"id": bundle.questionnaire_id, "version": bundle.version},
        "as_of": bundle.as_of.isoformat(),
        "answers": {key: answer_json(answer) for key, answer in told.items()},
    }
    return f"sha256:{hashlib.sha256(canonical_json(content)).hexdigest()}"


def result_json(edition: Edition, bundle: Bundle, scorecard: Scorecard) -> dict[str, object]:
    """The result of a bundle; the same bundle gives the same bytes."""
    return {
        "format": FORMAT,
        **_head(edition, bundle),
        **scorecard_json(scorecard),
    }


def plan_json(edition: Edition, bundle: Bundle, plan: Plan) -> dict[str, object]:
    """A plan for the firm of a bundle."""
    return {
        "format": PLAN_FORMAT,
        **_head(edition, bundle),
        "target": plan.target,
        "reachable": plan.reachable,
        "best_grade": plan.best_grade,
        "effort_days": _days(plan.effort_days),
        "steps": [_step(step) for step in plan.steps],
        "before": overall_json(plan.before),
        "after": overall_json(plan.after) if plan.after else None,
    }


def _head(edition: Edition, bundle: Bundle) -> dict[str, object]:
    return {
        "format_version": FORMAT_VERSION,
        "questionnaire": {
            "id": edition.questionnaire_id,
            "version": edition.version,
            "title": edition.title.as_json(),
            "digest": edition.digest,
        },
        **({"path": "core"} if edition.is_core else {}),
        "as_of": bundle.as_of.isoformat(),
        "input_digest": input_digest(bundle),
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "question": step.question_id,
        "module": step.module_id,
        "lift": step.lift.value,
        "attainment": as_number(step.attainment, SHARE_DECIMALS),
        "lifted": as_number(step.lifted, SHARE_DECIMALS),
        "effort_days": _days(step.effort_days),
    }


def _days(effort: Fraction) -> int | float:
    return int(effort) if effort.denominator == 1 else float(effort)


def scorecard_json(scorecard: Scorecard) -> dict[str, object]:
    """What scoring found, as plain JSON values."""
    way = scorecard.survey
    return {
        "traits": sorted(way.traits),
        "provisional": scorecard.overall.provisional,
        "overall": overall_json(scorecard.overall),
        "modules": [_module(module) for module in scorecard.modules],
        "elements": [_element(element) for element in scorecard.elements],
        "gaps": [_gap(gap) for gap in scorecard.gaps],
        "unanswered": list(scorecard.unanswered),
        "unknown": list(scorecard.unknown),
        "not_counted": [
            {"question": key, "why": mark.unsettled.value}
            for key, mark in scorecard.marks.items()
            if mark.unsettled
        ],
        "not_shown": [{"question": key, "because": because} for key, because in way.not_shown],
        "contradictions": [
            {
                "id": rule.id,
                "severity": rule.severity.value,
                "questions": list(rule.questions),
                "message": rule.message.as_json(),
            }
            for rule in scorecard.contradictions
        ],
        "warnings": [
            {"why": one.why, "module": one.module, "share": as_number(one.share, SHARE_DECIMALS)}
            for one in scorecard.warnings
        ],
    }


def overall_json(overall: Overall) -> dict[str, object]:
    """The firm as a whole."""
    return {
        "score": as_number(overall.score, SCORE_DECIMALS),
        "supported_score": as_number(overall.supported_score, SCORE_DECIMALS),
        "best_score": as_number(overall.best_score, SCORE_DECIMALS),
        "grade": overall.grade,
        "grade_before_limits": overall.grade_before_limits,
        "limits": [_limit(limit) for limit in overall.limits if limit.lowers],
        "limits_without_effect": [_limit(limit) for limit in overall.limits if not limit.lowers],
        "completion": as_number(overall.completion, SHARE_DECIMALS),
    }


def _limit(limit: Limit) -> dict[str, object]:
    return {
        "why": limit.why.value,
        "grade": limit.grade,
        "questions": list(limit.questions),
        "modules": list(limit.modules),
    }


def _module(module: ModuleScore) -> dict[str, object]:
    return {
        "id": module.id,
        "score": as_number(module.score, SCORE_DECIMALS),
        "supported_score": as_number(module.supported_score, SCORE_DECIMALS),
        "best_score": as_number(module.best_score, SCORE_DECIMALS),
        "weight": module.weight,
        "applicable": module.applicable,
        "answered": module.answered,
        "not_applicable": module.not_applicable,
    }


def _element(element: ElementScore) -> dict[str, object]:
    return {
        "id": element.id,
        "score": as_number(element.score, SCORE_DECIMALS),
        "supported_score": as_number(element.supported_score, SCORE_DECIMALS),
        "applicable": element.applicable,
    }


def _gap(gap: Gap) -> dict[str, object]:
    question, mark = gap.question, gap.mark
    return {
        "question": question.id,
        "module": question.module_id,
        "severity": mark.severity.value,
        "red_line": question.red_line,
        "attainment": as_number(mark.attainment, SHARE_DECIMALS),
        "target": as_number(gap.target, SHARE_DECIMALS),
        "lifted": as_number(gap.lifted, SHARE_DECIMALS),
        "priority": gap.priority,
        "gain": as_number(gap.gain, SHARE_DECIMALS),
        "provisions": list(question.provisions),
        "penalties": list(question.penalties),
        "unanswered": mark.is_unanswered,
    }
