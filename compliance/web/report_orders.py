"""What can be ordered, and the order as a job's frozen arguments."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, known to be on offer."""

    assessment_id: UUID
    variant: str
    language: str
    form: str


def read_wish(fields: Mapping[str, str]) -> Wish | None:
    """The wish in a form, None where it names something that is not on offer."""
    wanted = {name: fields.get(name, "") for name in ("variant", "language", "format")}
    offered = {"variant": VARIANTS, "language": LANGUAGES, "format": FORMATS}
    if any(wanted[name] not in offered[name] for name in wanted):
        return None
    try:
        assessment_id = UUID(fields.get("assessment", ""))
    except ValueError:
        return None
    return Wish(assessment_id, wanted["variant"], wanted["language"], wanted["format"])


def order_of_assessment(
    session: "FirmSession", assessment: Assessment, actor: Actor, wish: Wish
) -> Order:
    """The order for what the assessment says at this moment, or said when it was sealed."""
    firm = firm_of(engine(), actor.firm_id)
    bundle = bundle_of(assessment, answers_of(session, assessment), firm.name, firm.reference)
    arguments: dict[str, Any] = {
        "assessment": str(assessment.id),
        "as_of": assessment.as_of.isoformat(),
        "variant": wish.variant,
        "language": wish.language,
        "format": wish.form,
        "training": firm.kind == "training",
        "bundle": bundle_json(bundle),
    }
    return Order(_key(arguments), arguments)


def _key(arguments: Mapping[str, Any]) -> str:
    canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
