"""From the plain data of a module's file to typed questions."""

from fractions import Fraction

from compliance.catalogue.condition import (
    Condition,
)
from compliance.catalogue.edition import (
    Band,
    Kind,
    Level,
    Module,
    Option,
    Question,
    Remedy,
    Section,
    Severity,
)
from compliance.catalogue.fields import Faults, Fields
from compliance.catalogue.reading_conditions import condition_at, optional_condition
from compliance.language import Text


def module(raw: object, faults: Faults) -> Module:
    fields = Fields(raw, faults)
    module_id = fields.string("module", r"[a-z][a-z_]*", "a module id")
    read = Module(
        id=module_id,
        title=fields.text("title"),
        intro=fields.text("intro"),
        weight=fields.integer("weight", highest=100),
        sections=tuple(_section(child, module_id) for child in fields.children("sections", True)),
    )
    fields.finish()
    return read


def _section(fields: Fields, module_id: str) -> Section:
    section_id = fields.string("id", r"[a-z][a-z0-9_-]*", "an id in small letters")
    fields.entry, fields.path = section_id, ""
    questions = tuple(
        question(child, module_id, section_id) for child in fields.children("questions", True)
    )
    read = Section(section_id, fields.text("title"), questions)
    fields.finish()
    return read


def question(fields: Fields, module_id: str, section_id: str) -> Question:
    question_id = fields.string("id", r"[A-Z]+-[A-Z]*[0-9]+[a-z]?", "an id as LIC-01")
    fields.entry, fields.path = question_id, ""
    kind = fields.required_member("kind", Kind)
    read = Question(
        id=question_id,
        kind=kind,
        module_id=module_id,
        section_id=section_id,
        prompt=fields.text("prompt"),
        why=fields.text("why"),
        help=fields.text("help"),
        levels=tuple(_level(child) for child in fields.children("levels")),
        options=tuple(_option(child) for child in fields.children("options")),
        sets=fields.mapping("sets", Fields.strings),
        credits=fields.mapping("credits", Fields.fraction),
        bands=tuple(_band(child) for child in fields.children("bands")),
        unit=fields.optional_text("unit"),
        scored=fields.boolean("scored"),
        severity=fields.member("severity", Severity),
        severity_when=_severity_when(fields),
        red_line=fields.boolean("red_line", default=False),
        core=fields.boolean("core", default=False),
        not_applicable_allowed=fields.boolean("not_applicable_allowed", default=False),
        shown_when=optional_condition(fields, "shown_when"),
        provisions=fields.strings("provisions"),
        penalties=fields.strings("penalties"),
        red_flags=fields.strings("red_flags"),
        evidence_expected=_evidence(fields),
        remedy=_remedy(fields),
        crosswalk=fields.mapping("crosswalk", Fields.strings),
    )
    if read.scored and kind in {Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE}:
        _require_credits(fields)
    fields.finish()
    return read


def _require_credits(fields: Fields) -> None:
    """A choice that counts says so; one that was forgotten would silently count nothing."""
    for child in fields.children("options"):
        if not child.has("credit") and child.raw.get("exclusive") is not True:
            child.fault("credit", "missing; an option of a scored question needs one")


def _level(fields: Fields) -> Level:
    read = Level(fields.integer("value", highest=4), fields.text("text"))
    fields.finish()
    return read


def _option(fields: Fields) -> Option:
    read = Option(
        value=fields.string("value", r"[a-z0-9][a-z0-9_-]*", "a value in small letters"),
        text=fields.text("text"),
        credit=fields.fraction("credit") if fields.has("credit") else Fraction(0),
        exclusive=fields.boolean("exclusive", default=False),
        sets=fields.strings("sets"),
    )
    fields.finish()
    return read


def _band(fields: Fields) -> Band:
    bounds = [name for name in ("at_least", "within_months") if fields.has(name)]
    if len(bounds) != 1:
        fields.fault("", "needs exactly one of at_least and within_months")
    read = Band(
        at_least=fields.fraction("at_least", 10**9) if fields.has("at_least") else None,
        within_months=fields.integer("within_months", 1, 1200)
        if "within_months" in bounds
        else None,
        credit=fields.fraction("credit"),
    )
    fields.finish()
    return read


def _evidence(fields: Fields) -> Text | None:
    if not fields.has("evidence"):
        fields.take("evidence")
        return None
    inner = fields.inner("evidence")
    read = inner.text("expected")
    inner.finish()
    return read


def _remedy(fields: Fields) -> Remedy | None:
    if not fields.has("remedy"):
        fields.take("remedy")
        return None
    inner = fields.inner("remedy")
    effort = inner.fraction("effort_days", 1000)
    if effort <= 0 or (effort * 2).denominator != 1:
        inner.fault("effort_days", f"must be whole or half days above 0, is {float(effort):g}")
    read = Remedy(inner.steps("action"), effort)
    inner.finish()
    return read


def _severity_when(fields: Fields) -> dict[Severity, Condition]:
    if not fields.has("severity_when"):
        fields.take("severity_when")
        return {}
    inner = fields.inner("severity_when")
    read = {}
    for name in inner.raw:
        if name in set(Severity):
            read[Severity(name)] = condition_at(inner, name)
        else:
            inner.fault(name, "must be one of " + ", ".join(Severity))
    return read
