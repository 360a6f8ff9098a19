"""What can be ordered, and the order as a job's frozen arguments."""

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from compliance.answers import bundle_json
from compliance.assessments import Assessment, answers_of, bundle_of
from compliance.identity import Actor, firm_of
from compliance.web.context import engine

if TYPE_CHECKING:
    from compliance.database import FirmSession

VARIANTS = {
    "full": _l("Full gap report"),
    "executive": _l("Executive summary (four pages)"),
    "plan": _l("Remediation plan"),
}
LANGUAGES = {"en": _l("English"), "zh": _l("Chinese"), "both": _l("Both, side by side")}
FORMATS = {"pdf": "PDF", "xlsx": "XLSX", "docx": "DOCX", "json": "JSON", "oscal": "OSCAL"}


@dataclass(frozen=True, slots=True)
class Order:
    """A report to be made; `key` is equal for equal reports."""

    key: str
    arguments: dict[str, Any]


def order_of_assessment(
    session: "FirmSession",
    assessment: Assessment,
    actor: Actor,
    variant: str,
    language: str,
    form: str,
) -> Order:
    """The order for what the assessment says at this moment."""
    firm = firm_of(engine(), actor.firm_id)
    bundle = bundle_of(assessment, answers_of(session, assessment), firm.name, firm.reference)
    arguments: dict[str, Any] = {
        "assessment": str(assessment.id),
        "as_of": assessment.as_of.isoformat(),
        "variant": variant,
        "language": language,
        "format": form,
        "training": firm.kind == "training",
        "bundle": bundle_json(bundle),
    }
    canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Order(hashlib.sha256(canonical.encode()).hexdigest(), arguments)
