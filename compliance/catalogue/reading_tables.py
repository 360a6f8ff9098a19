"""From the plain data of the tables beside the modules: licence checks, terms, flags, crosswalk."""

from types import MappingProxyType

from compliance.catalogue.crosswalk import Framework
from compliance.catalogue.edition import (
    CheckKind,
    GeneralLicence,
    LicenceCheck,
    RedFlag,
    Term,
)
from compliance.catalogue.fields import Faults, Fields
from compliance.catalogue.reading_conditions import IDENTIFIER, condition_at
from compliance.language import Text


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
        met_when=condition_at(fields, "met_when"),
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
