"""A report's order: what is asked for, and everything the renderer needs, frozen as arguments."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from compliance.answers import bundle_json
from compliance.assessments import (
    Assessment,
    Snapshot,
    answers_of,
    bundle_of,
    edition_of,
    find_assessment,
    snapshot_of,
)
from compliance.audit import record
from compliance.clock import now
from compliance.database import FirmSession, firm_session
from compliance.identity import Actor, FirmKind, firm_of
from compliance.jobs import Job, enqueue
from compliance.worker.embedded import wake
from compliance.worker.errors import NotOnOfferError
from compliance.worker.report_extras import extras_of

VARIANTS = ("full", "executive", "plan", "module")
LANGUAGES = ("en", "zh", "both")
FORMATS = ("pdf", "xlsx", "docx", "csv", "json", "oscal", "zip")
WHOLE_FORMATS = frozenset({"json", "oscal", "zip"})  # always hold the whole assessment


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, known to be on offer."""

    assessment_id: UUID
    variant: str = "full"
    language: str = "en"
    form: str = "pdf"
    module: str | None = None  # of a module report


def read_wish(fields: Mapping[str, Any], assessment_id: object) -> Wish | None:
    """The wish in plain fields, None where it names something that is not on offer."""
    variant = fields.get("variant", "full")
    language = fields.get("language", "en")
    form = fields.get("format", "pdf")
    module = fields.get("module") or None
    if not all(isinstance(one, str) for one in (variant, language, form, module or "")):
        return None
    if variant not in VARIANTS or language not in LANGUAGES or form not in FORMATS:
        return None
    if (variant == "module") != isinstance(module, str):
        return None
    if form in WHOLE_FORMATS:
        variant, module = "full", None
    try:
        return Wish(UUID(str(assessment_id)), variant, language, form, module)
    except ValueError:
        return None


def order_report(engine: Engine, actor: Actor, wish: Wish) -> Job:
    """Queue the report of what the assessment says now.

    Raises NoSuchAssessmentError, and NotOnOfferError where its edition has no such module.
    """
    with firm_session(engine, actor.firm_id) as session:
        assessment = find_assessment(session, wish.assessment_id)
        arguments = _arguments(engine, session, assessment, actor, wish)
        job = queue_report(session, actor, "report", assessment.title, arguments)
    wake()
    return job


def order_comparison(
    engine: Engine, actor: Actor, earlier_id: UUID, later_id: UUID, language: str
) -> Job:
    """Queue what changed between two sealed assessments, whichever is named first.

    Raises NoSuchAssessmentError where one of them is not sealed or not of this firm.
    """
    with firm_session(engine, actor.firm_id) as session:
        sides = [snapshot_of(session, earlier_id), snapshot_of(session, later_id)]
        earlier, later = sorted(sides, key=lambda one: (one.as_of, one.sealed_at))
        arguments = {
            "assessment": str(later.assessment_id),
            "as_of": later.as_of.isoformat(),
            "variant": "comparison",
            "language": language,
            "format": "pdf",
            "training": firm_of(engine, actor.firm_id).kind == FirmKind.TRAINING,
            **_sealed(later),
            "earlier": {"assessment": str(earlier.assessment_id), **_sealed(earlier)},
            "extras": extras_of(session, find_assessment(session, later.assessment_id)),
        }
        title = f"{earlier.title} → {later.title}"
        job = queue_report(session, actor, "report", title, arguments)
    wake()
    return job


def queue_report(
    session: FirmSession, actor: Actor, kind: str, title: str, arguments: Mapping[str, Any]
) -> Job:
    """Queue an order in the caller's transaction, and write into the audit trail who asked."""
    moment = now()
    told = {
        key: arguments[key]
        for key in ("variant", "module", "language", "format")
        if arguments.get(key)
    }
    record(session, actor, "report.ordered", title, now=moment, details=told)
    return enqueue(
        session,
        actor,
        kind,
        key=_key(arguments),
        title=title,
        arguments=arguments,
        now=moment,
    )


def _arguments(
    engine: Engine, session: FirmSession, assessment: Assessment, actor: Actor, wish: Wish
) -> dict[str, Any]:
    if wish.module and wish.module not in {one.id for one in edition_of(assessment).modules}:
        raise NotOnOfferError(wish.module)
    firm = firm_of(engine, actor.firm_id)
    bundle = bundle_of(assessment, answers_of(session, assessment), firm.name, firm.reference)
    return {
        "assessment": str(assessment.id),
        "as_of": assessment.as_of.isoformat(),
        "variant": wish.variant,
        **({"module": wish.module} if wish.module else {}),
        "language": wish.language,
        "format": wish.form,
        "training": firm.kind == FirmKind.TRAINING,
        "path": assessment.path,
        "bundle": bundle_json(bundle),
        "extras": extras_of(session, assessment),
    }


def _sealed(snapshot: Snapshot) -> dict[str, Any]:
    """The answers as they were sealed, and the path on which they are scored."""
    result = snapshot.content.get("result", {})
    return {"path": result.get("path", "full"), "bundle": snapshot.content["bundle"]}


def _key(arguments: Mapping[str, Any]) -> str:
    """Equal for equal reports."""
    canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
