"""From the plain data of a questionnaire's frame to grades, limits and contradictions."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from compliance.catalogue.edition import (
    Contradiction,
    FloorLimit,
    Grade,
    Gravity,
    Limits,
    Move,
    NotApplicableRule,
    RedLineLimit,
    Severity,
    SeverityRule,
)
from compliance.catalogue.fields import Faults, Fields, shown
from compliance.catalogue.reading_conditions import IDENTIFIER, condition_at
from compliance.language import Text


@dataclass(frozen=True)
class Frame:
    """What questionnaire.yaml says."""

    questionnaire_id: str
    version: str
    title: Text
    published_on: date | None
    module_ids: tuple[str, ...]
    grades: tuple[Grade, ...]
    severities: dict[Severity, SeverityRule]
    limits: Limits
    unsupported_cap: Fraction
    not_applicable: NotApplicableRule
    changes_from: str | None
    moves: tuple[Move, ...]
    note: Text | None


def frame(raw: object, faults: Faults) -> Frame:
    fields = Fields(raw, faults)
    changes = fields.inner("changes") if fields.has("changes") else None
    fields.take("changes")
    read = Frame(
        questionnaire_id=fields.string("id", r"[a-z][a-z0-9-]*", "an id in small letters"),
        version=fields.string("version", r"\d{4}\.\d+", "a version as 2026.1, in quotes"),
        title=fields.text("title"),
        published_on=fields.day("published_on"),
        module_ids=fields.strings("modules"),
        grades=tuple(_grade(child) for child in fields.children("grades", True)),
        severities=_severity_rules(fields),
        limits=_limits(fields.inner("limits")),
        unsupported_cap=fields.fraction("unsupported_cap"),
        not_applicable=_not_applicable(fields.inner("not_applicable")),
        changes_from=changes.string("from", r"\d{4}\.\d+", "an earlier version")
        if changes
        else None,
        note=changes.text("note") if changes else None,
        moves=tuple(_move(child) for child in changes.children("moves")) if changes else (),
    )
    if changes:
        changes.finish()
    fields.finish()
    return read


def _grade(fields: Fields) -> Grade:
    name = fields.string("grade", r"[A-Z]", "a capital letter")
    read = Grade(name, fields.fraction("at_least", 100), fields.text("text"))
    fields.finish()
    return read


def _severity_rules(fields: Fields) -> dict[Severity, SeverityRule]:
    rules = {}
    for child in fields.children("severities", True):
        severity = child.required_member("value", Severity)
        rules[severity] = SeverityRule(
            severity, child.integer("weight", 1, 100), child.fraction("target"), child.text("title")
        )
        child.finish()
    for severity in Severity:
        if severity not in rules:
            fields.fault("severities", f"{severity} is missing")
            rules[severity] = SeverityRule(severity, 1, Fraction(1), Text("?", "?"))
    return rules


def _limits(fields: Fields) -> Limits:
    red = fields.inner("red_line")
    read = Limits(
        red_line=RedLineLimit(
            red.fraction("below"),
            red.string("grade"),
            red.integer("many", 1),
            red.string("grade_for_many"),
        ),
        legal_floor=tuple(_floor(child, 1) for child in fields.children("legal_floor", True)),
        module_floor=_floor(fields.inner("module_floor"), 100),
    )
    red.finish()
    fields.finish()
    return read


def _floor(fields: Fields, highest: int) -> FloorLimit:
    read = FloorLimit(fields.fraction("below", highest), fields.string("grade"))
    fields.finish()
    return read


def _not_applicable(fields: Fields) -> NotApplicableRule:
    read = NotApplicableRule(fields.integer("reason_at_least", 1), fields.fraction("warn_above"))
    fields.finish()
    return read


def _move(fields: Fields) -> Move:
    values = fields.mapping("values", Fields.take)
    for was, now in values.items():
        if isinstance(now, bool) or not isinstance(now, str | int):
            fields.fault(f"values.{was}", f"must be a value of the question, is {shown(now)}")
    question_id = fields.string("question", IDENTIFIER, "a question id of this edition")
    was = fields.string("was", IDENTIFIER, "a question id of the earlier edition")
    read = Move(question_id, was, values, fields.boolean("confirm", default=False))
    fields.finish()
    return read


def contradictions(
    raw: object, faults: Faults
) -> tuple[tuple[Contradiction, ...], dict[Gravity, Text]]:
    fields = Fields(raw, faults)
    fields.integer("version", 1)
    notes = fields.inner("severities")
    meanings = {gravity: notes.text(gravity) for gravity in Gravity}
    notes.finish()
    read = tuple(_contradiction(child) for child in fields.children("contradictions", True))
    fields.finish()
    return read, meanings


def _contradiction(fields: Fields) -> Contradiction:
    entry = fields.string("id", r"[a-z][a-z0-9-]*", "an id in small letters")
    fields.entry, fields.path = entry, ""
    read = Contradiction(
        id=entry,
        when=condition_at(fields, "when"),
        severity=fields.required_member("severity", Gravity),
        message=fields.text("message"),
        questions=fields.strings("questions"),
    )
    fields.finish()
    return read
