"""From the plain data of each file to typed values."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from compliance.catalogue.condition import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    Equals,
    HasTrait,
    Includes,
    Not,
)
from compliance.catalogue.crosswalk import Framework
from compliance.catalogue.edition import (
    Band,
    CheckKind,
    Contradiction,
    FloorLimit,
    GeneralLicence,
    Grade,
    Gravity,
    Kind,
    Level,
    LicenceCheck,
    Limits,
    Module,
    Move,
    NotApplicableRule,
    Option,
    Question,
    RedFlag,
    RedLineLimit,
    Remedy,
    Section,
    Severity,
    SeverityRule,
    Term,
)
from compliance.catalogue.fields import Faults, Fields, shown
from compliance.catalogue.law import Confidence, FineRange, Pause, Penalty, Provision, Status
from compliance.language import Text

IDENTIFIER = r"[A-Za-z][A-Za-z0-9_-]*"
NEVER = HasTrait("?")


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
            read[Severity(name)] = _condition_at(inner, name)
        else:
            inner.fault(name, "must be one of " + ", ".join(Severity))
    return read


def optional_condition(fields: Fields, name: str) -> Condition | None:
    if not fields.has(name):
        fields.take(name)
        return None
    return _condition_at(fields, name)


def _condition_at(fields: Fields, name: str) -> Condition:
    return condition(fields.inner(name))


def condition(fields: Fields) -> Condition:
    """A condition of the closed form. A fault is noted where it is none."""
    names = set(fields.raw)
    if names in ({"all"}, {"any"}):
        return _junction(fields, *names)
    if names == {"not"}:
        return Not(_condition_at(fields, "not"))
    if names == {"trait"}:
        return HasTrait(fields.string("trait", r"[a-z][a-z0-9_]*", "a trait"))
    if "question" in names and len(names) == 2:
        return _test(fields)
    if fields.raw:
        fields.fault("", f"not a condition: {shown(dict(fields.raw))}")
    else:
        fields.fault("", "an empty condition")
    return NEVER


def _junction(fields: Fields, name: str) -> Condition:
    parts = tuple(condition(child) for child in fields.children(name, True))
    if not parts:
        fields.fault(name, "needs at least one condition")
    return All(parts) if name == "all" else AnyOf(parts)


def _test(fields: Fields) -> Condition:
    asked = fields.string("question", IDENTIFIER, "a question id")
    (operator,) = set(fields.raw) - {"question"}
    value = fields.take(operator)
    if operator == "equals" and isinstance(value, str | int | bool):
        return Equals(asked, value)
    if operator == "includes" and isinstance(value, str):
        return Includes(asked, value)
    if operator == "at_least" and isinstance(value, int | float) and not isinstance(value, bool):
        return AtLeast(asked, value)
    fields.fault(operator, f"not a test with its value: {operator} {shown(value)}")
    return NEVER


# --- the edition as a whole


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
        when=_condition_at(fields, "when"),
        severity=fields.required_member("severity", Gravity),
        message=fields.text("message"),
        questions=fields.strings("questions"),
    )
    fields.finish()
    return read


def general_licence(raw: object, faults: Faults) -> GeneralLicence:
    fields = Fields(raw, faults)
    fields.integer("version", 1)
    reading = fields.inner("reading")
    read = GeneralLicence(
        note=fields.text("note"),
        reading={kind: reading.text(kind) for kind in CheckKind},
        checks=tuple(_licence_check(child) for child in fields.children("checks", True)),
    )
    reading.finish()
    fields.finish()
    return read


def _licence_check(fields: Fields) -> LicenceCheck:
    entry = fields.string("id", IDENTIFIER, "an id")
    fields.entry, fields.path = entry, ""
    read = LicenceCheck(
        id=entry,
        kind=fields.required_member("kind", CheckKind),
        provisions=(fields.string("provision"), *fields.strings("also")),
        text=fields.text("text"),
        proven_by=fields.strings("proven_by"),
        met_when=_condition_at(fields, "met_when"),
    )
    fields.finish()
    return read


# --- shared by all editions


def terms(raw: object, faults: Faults) -> tuple[Term, ...]:
    fields = Fields(raw, faults)
    fields.integer("version", 1)
    read = tuple(_term(child) for child in fields.children("terms", True))
    fields.finish()
    return read


def _term(fields: Fields) -> Term:
    entry = fields.string("id", r"[a-z][a-z0-9-]*", "an id in small letters")
    fields.entry, fields.path = entry, ""
    read = Term(
        id=entry,
        word=Text(fields.string("en"), fields.string("zh")),
        definition=fields.text("definition"),
        provision=fields.optional_string("provision"),
    )
    fields.finish()
    return read


def frameworks(raw: object, faults: Faults) -> tuple[Framework, ...]:
    fields = Fields(raw, faults)
    fields.integer("version", 1)
    read = tuple(_framework(child) for child in fields.children("frameworks", True))
    fields.finish()
    return read


def _framework(fields: Fields) -> Framework:
    entry = fields.string("id", r"[a-z][a-z0-9_]*", "an id in small letters")
    fields.entry, fields.path = entry, ""
    elements: dict[str, Text] = {}
    for child in fields.children("elements", True):
        element = child.string("id")
        if element in elements:
            child.fault("id", f"{element} stands twice")
        elements[element] = child.text("title")
        child.finish()
    read = Framework(entry, fields.text("title"), fields.text("about"), MappingProxyType(elements))
    fields.finish()
    return read


def provisions(raw: object, faults: Faults) -> tuple[Provision, ...]:
    fields = Fields({"provisions": raw}, faults)
    return tuple(_provision(child) for child in fields.children("provisions", True))


def _provision(fields: Fields) -> Provision:
    entry = fields.string("id", r"[a-z][a-z0-9-]*", "an id in small letters")
    fields.entry, fields.path = entry, ""
    read = Provision(
        id=entry,
        instrument=fields.string("instrument"),
        instrument_name=fields.text("instrument_name"),
        article=fields.string("article", words="a text, in quotes"),
        citation=fields.text("citation"),
        heading=fields.text("heading"),
        summary=fields.text("summary"),
        in_force_from=fields.day("in_force_from"),
        in_force_until=fields.day("in_force_until"),
        status=fields.required_member("status", Status),
        confidence=fields.required_member("confidence", Confidence),
        change=fields.optional_text("change"),
        caution=fields.optional_text("caution"),
        date_precision=fields.optional_text("date_precision"),
        pauses=tuple(_pause(child) for child in fields.children("pauses")),
        icp_elements=tuple(fields.take("icp_elements") or ()),
        numbers=fields.take("numbers") or {},
    )
    start, end = read.in_force_from, read.in_force_until
    if start and end and end <= start:
        fields.fault("in_force_until", f"{end} is not after in_force_from {start}")
    fields.finish()
    return read


def _pause(fields: Fields) -> Pause:
    read = Pause(
        fields.day("from"), fields.day("until"), fields.boolean("whole"), fields.text("note")
    )
    fields.finish()
    return read


def law_dates(raw: object, faults: Faults) -> dict[str, tuple[date | None, date | None]]:
    """Provision id -> from, until."""
    fields = Fields(raw, faults)
    read = {}
    for name in fields.raw:
        inner = fields.inner(name)
        read[name] = (inner.day("from"), inner.day("until"))
        inner.finish()
    return read


def penalties(raw: object, faults: Faults) -> tuple[Penalty, ...]:
    fields = Fields(raw, faults)
    fields.steps("notes")
    read = tuple(_penalty(child) for child in fields.children("penalties", True))
    fields.finish()
    return read


def _penalty(fields: Fields) -> Penalty:
    entry = fields.string("id", r"pen-[a-z-]*", "an id as pen-unlicensed")
    fields.entry, fields.path = entry, ""
    read = Penalty(
        id=entry,
        violation=fields.text("violation"),
        provisions=fields.strings("provisions"),
        fine_base=fields.string("fine_base", "illegal_turnover|illegal_gains|goods_value|none"),
        threshold_cny=fields.optional_integer("threshold_cny"),
        multiples=_fine(fields, "multiples"),
        percentages=_fine(fields, "percentages"),
        fixed=_fine(fields, "fixed_cny"),
        serious=_fine(fields, "serious_cny"),
        consequences=fields.steps("consequences"),
        gate=fields.optional_text("gate"),
        note=fields.optional_text("note"),
        confidence=fields.required_member("confidence", Confidence),
    )
    fields.finish()
    return read


def _fine(fields: Fields, name: str) -> FineRange | None:
    if not fields.has(name):
        fields.take(name)
        return None
    inner = fields.inner(name)
    read = FineRange(inner.optional_integer("lowest"), inner.integer("highest"))
    if read.lowest is not None and read.lowest > read.highest:
        inner.fault("lowest", f"{read.lowest} is above highest {read.highest}")
    inner.finish()
    return read


def red_flags(raw: object, faults: Faults) -> tuple[RedFlag, ...]:
    fields = Fields(raw, faults)
    fields.integer("version", 1)
    fields.text("preface")
    for name in ("categories", "severities", "rules", "basis"):
        fields.take(name)
    categories = {child.string("id") for child in fields.children("categories", True)}
    read = tuple(_red_flag(child, categories) for child in fields.children("flags", True))
    fields.finish()
    return read


def _red_flag(fields: Fields, categories: set[str]) -> RedFlag:
    entry = fields.string("id", r"RF-[A-Z][0-9]{2}", "an id as RF-C01")
    fields.entry, fields.path = entry, ""
    category = fields.string("category")
    if category not in categories:
        fields.fault("category", f"unknown category {category}")
    read = RedFlag(
        id=entry,
        category=category,
        severity=fields.integer("severity", 1, 3),
        sign=fields.text("sign"),
        why=fields.text("why"),
        clear_by=fields.text("clear_by"),
        provisions=fields.strings("provisions"),
    )
    fields.finish()
    return read
