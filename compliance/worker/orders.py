"""A report's order: what is asked for, and everything the renderer needs, frozen as arguments."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from compliance.answers import bundle_json
from compliance.assessments import Assessment, answers_of, bundle_of, find_assessment
from compliance.clock import now
from compliance.database import FirmSession, firm_session
from compliance.identity import Actor, FirmKind, firm_of
from compliance.jobs import Job, enqueue
from compliance.worker.embedded import wake
from compliance.worker.report_extras import extras_of

VARIANTS = ("full", "executive", "plan")
LANGUAGES = ("en", "zh", "both")
FORMATS = ("pdf", "xlsx", "docx", "csv", "json", "oscal", "zip")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, known to be on offer."""

    assessment_id: UUID
    variant: str = "full"
    language: str = "en"
    form: str = "pdf"


def read_wish(fields: Mapping[str, Any], assessment_id: object) -> Wish | None:
    """The wish in plain fields, None where it names something that is not on offer."""
    variant = fields.get("variant", "full")
    language = fields.get("language", "en")
    form = fields.get("format", "pdf")
    if variant not in VARIANTS or language not in LANGUAGES or form not in FORMATS:
        return None
    try:
        return Wish(UUID(str(assessment_id)), variant, language, form)
    except ValueError:
        return None


def order_report(engine: Engine, actor: Actor, wish: Wish) -> Job:
    """Queue the report of what the assessment says now; raises NoSuchAssessmentError."""
    with firm_session(engine, actor.firm_id) as session:
        assessment = find_assessment(session, wish.assessment_id)
        arguments = _arguments(engine, session, assessment, actor, wish)
        job = enqueue(
            session,
            actor,
            "report",
            key=_key(arguments),
            title=assessment.title,
            arguments=arguments,
            now=now(),
        )
    wake()
    return job


def _arguments(
    engine: Engine, session: FirmSession, assessment: Assessment, actor: Actor, wish: Wish
) -> dict[str, Any]:
    firm = firm_of(engine, actor.firm_id)
    bundle = bundle_of(assessment, answers_of(session, assessment), firm.name, firm.reference)
    return {
        "assessment": str(assessment.id),
        "as_of": assessment.as_of.isoformat(),
        "variant": wish.variant,
        "language": wish.language,
        "format": wish.form,
        "training": firm.kind == FirmKind.TRAINING,
        "path": assessment.path,
        "bundle": bundle_json(bundle),
        "extras": extras_of(session, assessment),
    }


def _key(arguments: Mapping[str, Any]) -> str:
    """Equal for equal reports."""
    canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
