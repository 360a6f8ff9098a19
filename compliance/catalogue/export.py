"""An edition as JSON: every field, the same bytes for the same edition."""

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from compliance.catalogue.edition import (
    Band,
    Edition,
    Grade,
    Kind,
    Limits,
    Move,
    Option,
    Question,
    Remedy,
)
from compliance.catalogue.law import FineRange, Penalty, Provision
from compliance.language import Text

FORMAT = "ecl-self-assessment/catalogue"
FORMAT_VERSION = 1


def export_json(edition: Edition) -> dict[str, Any]:
    """The exported document: the edition, with the law it rests on."""
    content = edition_content(edition)
    head = {
        "id": edition.questionnaire_id,
        "version": edition.version,
        "title": edition.title.as_json(),
        "digest": edition.digest,
        "published_on": _day(edition.published_on),
    }
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "questionnaire": head,
        **{name: value for name, value in content.items() if name not in head},
        "provisions": [_provision(provision) for provision in edition.provisions.values()],
        "penalties": [_penalty(penalty) for penalty in edition.penalties.values()],
        "red_flags": [
            {
                "id": flag.id,
                "category": flag.category,
                "severity": flag.severity,
                "sign": flag.sign.as_json(),
                "why": flag.why.as_json(),
                "clear_by": flag.clear_by.as_json(),
                "provisions": list(flag.provisions),
            }
            for flag in edition.red_flags.values()
        ],
        "terms": [
            {
                "id": term.id,
                "word": term.word.as_json(),
                "definition": term.definition.as_json(),
                "provision": term.provision,
            }
            for term in edition.terms.values()
        ],
        "frameworks": [
            {
                "id": framework.id,
                "title": framework.title.as_json(),
                "about": framework.about.as_json(),
                "elements": [
                    {"id": name, "title": title.as_json()}
                    for name, title in framework.elements.items()
                ],
            }
            for framework in edition.frameworks.values()
        ],
    }


def export_bytes(edition: Edition) -> bytes:
    """The exported document as a file."""
    return (json.dumps(export_json(edition), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def edition_content(edition: Edition) -> dict[str, Any]:
    """All that stands in the edition's own folder."""
    return {
        "id": edition.questionnaire_id,
        "version": edition.version,
        "title": edition.title.as_json(),
        "published_on": _day(edition.published_on),
        "grades": [_grade(grade) for grade in edition.grades],
        "severities": [
            {
                "value": str(rule.severity),
                "weight": rule.weight,
                "target": number(rule.target),
                "title": rule.title.as_json(),
            }
            for rule in edition.severities.values()
        ],
        "limits": _limits(edition.limits),
        "unsupported_cap": number(edition.unsupported_cap),
        "not_applicable": {
            "reason_at_least": edition.not_applicable.reason_at_least,
            "warn_above": number(edition.not_applicable.warn_above),
        },
        "changes": _changes(edition),
        "modules": [
            {
                "id": module.id,
                "title": module.title.as_json(),
                "intro": module.intro.as_json(),
                "weight": module.weight,
                "sections": [
                    {
                        "id": section.id,
                        "title": section.title.as_json(),
                        "questions": [question_json(q) for q in section.questions],
                    }
                    for section in module.sections
                ],
            }
            for module in edition.modules
        ],
        "contradictions": [
            {
                "id": found.id,
                "when": found.when.raw,
                "severity": str(found.severity),
                "message": found.message.as_json(),
                "questions": list(found.questions),
            }
            for found in edition.contradictions
        ],
        "contradiction_notes": _texts(edition.contradiction_notes),
        "general_licence": {
            "note": edition.general_licence.note.as_json(),
            "reading": _texts(edition.general_licence.reading),
            "checks": [
                {
                    "id": check.id,
                    "kind": str(check.kind),
                    "provisions": list(check.provisions),
                    "text": check.text.as_json(),
                    "proven_by": list(check.proven_by),
                    "met_when": check.met_when.raw,
                }
                for check in edition.general_licence.checks
            ],
        },
    }


def question_json(question: Question) -> dict[str, Any]:
    """One question under the names of the YAML; fields of other kinds are left out."""
    written: dict[str, Any] = {
        "id": question.id,
        "kind": str(question.kind),
        "core": question.core,
        "prompt": question.prompt.as_json(),
        "why": question.why.as_json(),
        "help": question.help.as_json(),
        "scored": question.scored,
        "severity": question.severity and str(question.severity),
        "severity_when": {str(s): c.raw for s, c in question.severity_when.items()},
        "red_line": question.red_line,
        "not_applicable_allowed": question.not_applicable_allowed,
        "shown_when": question.shown_when and question.shown_when.raw,
        "provisions": list(question.provisions),
        "penalties": list(question.penalties),
        "red_flags": list(question.red_flags),
        "evidence": _evidence(question.evidence_expected),
        "remedy": question.remedy and _remedy(question.remedy),
        "crosswalk": {name: list(elements) for name, elements in question.crosswalk.items()},
        "sets": {answer: list(traits) for answer, traits in question.sets.items()},
        "credits": {answer: number(credit) for answer, credit in question.credits.items()},
        "bands": [_band(band) for band in question.bands],
        "unit": question.unit and question.unit.as_json(),
    }
    if question.kind is Kind.MATURITY:
        levels = [{"value": level.value, "text": level.text.as_json()} for level in question.levels]
        written["levels"] = levels
    if question.options:
        written["options"] = [_option(option) for option in question.options]
    return written


def _evidence(expected: Text | None) -> dict[str, Any] | None:
    return {"expected": expected.as_json()} if expected else None


def _remedy(remedy: Remedy) -> dict[str, Any]:
    return {"action": remedy.action.as_json(), "effort_days": number(remedy.effort_days)}


def _option(option: Option) -> dict[str, Any]:
    return {
        "value": option.value,
        "text": option.text.as_json(),
        "credit": number(option.credit),
        "exclusive": option.exclusive,
        "sets": list(option.sets),
    }


def _band(band: Band) -> dict[str, Any]:
    if band.at_least is not None:
        return {"at_least": number(band.at_least), "credit": number(band.credit)}
    return {"within_months": band.within_months, "credit": number(band.credit)}


def _grade(grade: Grade) -> dict[str, Any]:
    return {"grade": grade.name, "at_least": number(grade.at_least), "text": grade.text.as_json()}


def _limits(limits: Limits) -> dict[str, Any]:
    red = limits.red_line
    return {
        "red_line": {
            "below": number(red.below),
            "grade": red.grade,
            "many": red.many,
            "grade_for_many": red.grade_for_many,
        },
        "legal_floor": [
            {"below": number(floor.below), "grade": floor.grade} for floor in limits.legal_floor
        ],
        "module_floor": {
            "below": number(limits.module_floor.below),
            "grade": limits.module_floor.grade,
        },
    }


def _changes(edition: Edition) -> dict[str, Any] | None:
    if edition.changes_from is None or edition.note is None:
        return None
    return {
        "from": edition.changes_from,
        "note": edition.note.as_json(),
        "moves": [_move(move) for move in edition.moves],
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "question": move.question,
        "was": move.was,
        "values": dict(move.values),
        "confirm": move.confirm,
    }


def _provision(provision: Provision) -> dict[str, Any]:
    return {
        "id": provision.id,
        "instrument": provision.instrument,
        "instrument_name": provision.instrument_name.as_json(),
        "article": provision.article,
        "citation": provision.citation.as_json(),
        "heading": provision.heading.as_json(),
        "summary": provision.summary.as_json(),
        "in_force_from": _day(provision.in_force_from),
        "in_force_until": _day(provision.in_force_until),
        "status": str(provision.status),
        "confidence": str(provision.confidence),
        "needs_status_check": provision.needs_status_check,
        "change": provision.change and provision.change.as_json(),
        "caution": provision.caution and provision.caution.as_json(),
        "date_precision": provision.date_precision and provision.date_precision.as_json(),
        "pauses": [
            {
                "from": _day(pause.from_day),
                "until": _day(pause.until),
                "whole": pause.whole,
                "note": pause.note.as_json(),
            }
            for pause in provision.pauses
        ],
        "icp_elements": list(provision.icp_elements),
        "numbers": dict(provision.numbers),
    }


def _penalty(penalty: Penalty) -> dict[str, Any]:
    return {
        "id": penalty.id,
        "violation": penalty.violation.as_json(),
        "provisions": list(penalty.provisions),
        "fine_base": penalty.fine_base,
        "threshold_cny": penalty.threshold_cny,
        "multiples": _fine(penalty.multiples),
        "percentages": _fine(penalty.percentages),
        "fixed_cny": _fine(penalty.fixed),
        "serious_cny": _fine(penalty.serious),
        "consequences": penalty.consequences.as_json(),
        "gate": penalty.gate and penalty.gate.as_json(),
        "note": penalty.note and penalty.note.as_json(),
        "confidence": str(penalty.confidence),
    }


def _fine(fine: FineRange | None) -> dict[str, int | None] | None:
    return {"lowest": fine.lowest, "highest": fine.highest} if fine else None


def _texts(texts: Mapping[Any, Text]) -> dict[str, Any]:
    return {str(name): text.as_json() for name, text in texts.items()}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def number(value: Fraction) -> int | float:
    """A fraction as JSON writes it: whole where it is whole."""
    return value.numerator if value.denominator == 1 else float(value)
