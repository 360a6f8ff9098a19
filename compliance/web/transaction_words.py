"""Facts, roles and outcomes of a transaction in words of the interface."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from compliance.determination import ALLOWED, Outcome

THREE = {"yes": _l("Yes"), "no": _l("No"), "unknown": _l("We do not know yet")}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "activity": {
        "export": _l("Export of goods or technology"),
        "re_export": _l("Re-export"),
        "transit": _l("Transit or transhipment"),
        "technology_transfer": _l("Transfer of technology"),
        "service": _l("Service"),
        "deemed_export": _l("Supply to a foreign person in China"),
    },
    "item.family": {
        "dual_use": _l("Dual-use or civil item"),
        "military": _l("Military item"),
        "nuclear": _l("Nuclear item"),
        "monitored_chemical": _l("Monitored chemical"),
        "other": _l("Other item of the law"),
    },
    "end_use_documents": {
        "complete": _l("Complete, signed by the end user"),
        "incomplete": _l("There, but incomplete"),
        "none": _l("None"),
    },
    "licence.kind": {
        "none": _l("None"),
        "individual": _l("Individual licence"),
        "general": _l("General licence"),
        "registration": _l("Registration voucher"),
    },
    "registration_case": {
        "none": _l("None of these"),
        "repair_return": _l("Repair, testing or overhaul, and return"),
        "exhibition_return": _l("Exhibition, and return"),
        "civil_aircraft_parts": _l("Parts for civil aircraft, for repair or as spares"),
        "other_announced": _l("Another case that MOFCOM has announced"),
    },
}
HITS = {
    "none": ("ok", _l("not listed")),
    "watch": ("warn", _l("on a watch list")),
    "controlled": ("bad", _l("on a prohibiting list")),
    "possible": ("warn", _l("possible match, undecided")),
    "unscreened": ("warn", _l("not screened")),
}
PARTY_ROLES = {
    "end_user": _l("End user"),
    "buyer": _l("Buyer"),
    "consignee": _l("Consignee"),
    "intermediary": _l("Agent or distributor"),
    "forwarder": _l("Forwarder or carrier"),
    "payer": _l("Payer"),
    "recipient": _l("Recipient of technology or service"),
}
OUTCOME_KINDS = {
    Outcome.PROHIBITED: "bad",
    Outcome.STOP_AND_REPORT: "bad",
    Outcome.LICENCE_REQUIRED_CATCH_ALL: "bad",
    Outcome.LICENCE_REQUIRED: "warn",
    Outcome.HOLD_AND_ENQUIRE: "warn",
    Outcome.REGISTRATION_REQUIRED: "accent",
    Outcome.LICENSED: "ok",
    Outcome.NO_LICENCE_REQUIRED: "ok",
}
FLAG_CATEGORIES = {
    "customer": _l("Customer"),
    "end_use": _l("End use"),
    "routing": _l("Routing and logistics"),
    "payment": _l("Payment"),
    "product": _l("Product"),
    "intangible": _l("Intangible and emerging"),
}
FLAG_OUTCOMES = {
    "cleared": _l("Cleared by proof"),
    "licence": _l("Licence applied for"),
    "refused": _l("Order refused"),
    "referred": _l("Referred to the authority"),
}
SEVERITIES = {3: ("bad", _l("stop")), 2: ("warn", _l("ask")), 1: ("", _l("note"))}


def value_words(path: str, value: str) -> str:
    """The value of a closed fact as a person reads it."""
    words = VALUES.get(path, THREE)
    return str(words.get(value, value))


def choices(path: str) -> list[tuple[str, Any]]:
    """The values of a fact with their words, for radio buttons."""
    return [(value, VALUES.get(path, THREE).get(value, value)) for value in ALLOWED[path]]
