"""Sealing: an approved assessment becomes an immutable snapshot with the digest of it all."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from compliance.answers import Answer, bundle_json, parse_answer
from compliance.assessments.errors import NoSuchAssessmentError, WrongStateError
from compliance.assessments.models import Assessment, State
from compliance.assessments.queries import answers_of, bundle_of, edition_of, evidence_of
from compliance.assessments.review import decisions_of, explanations_of, move
from compliance.assessments.review_models import ReviewDecision, Snapshot, Verdict
from compliance.assessments.saving import take_turn
from compliance.audit import head_hash
from compliance.catalogue import Edition
from compliance.database import FirmSession, new_id
from compliance.identity import Actor, Firm
from compliance.scoring import canonical_json, result_json, score

FORMAT = "ecl-self-assessment/snapshot"


def seal(
    session: FirmSession, actor: Actor, assessment: Assessment, firm: Firm, *, now: datetime
) -> Snapshot:
    """Approve the assessment and freeze it. Raises WrongStateError unless it is in review."""
    take_turn(session, assessment)
    if assessment.state != State.IN_REVIEW:
        raise WrongStateError(assessment.state)
    content = snapshot_content(session, assessment, firm, sealed_at=now, sealed_by=actor.name)
    overall = content["result"]["overall"]
    snapshot = Snapshot(
        id=new_id(),
        assessment_id=assessment.id,
        title=assessment.title,
        questionnaire_id=assessment.questionnaire_id,
        version=assessment.version,
        as_of=assessment.as_of,
        sealed_at=now,
        sealed_by_name=actor.name,
        digest=digest_of(content),
        content=content,
        grade=overall["grade"],
        score=overall["score"],
        supported_score=overall["supported_score"],
        module_scores={m["id"]: m["score"] for m in content["result"]["modules"]},
    )
    session.add(snapshot)
    assessment.sealed_at = now
    move(session, actor, assessment, State.SEALED, now=now, reason=snapshot.digest)
    return snapshot


def snapshot_content(
    session: FirmSession,
    assessment: Assessment,
    firm: Firm,
    *,
    sealed_at: datetime,
    sealed_by: str,
) -> dict[str, Any]:
    """All that a snapshot holds, as plain JSON values."""
    edition = edition_of(assessment)
    answers = answers_of(session, assessment)
    decisions = decisions_of(session, assessment.id)
    bundle = bundle_of(assessment, answers, firm.name, firm.reference)
    seq, head = head_hash(session)
    reviewed = _with_proposals(edition, answers, decisions)
    return {
        "format": FORMAT,
        "format_version": 1,
        "edition": {"id": edition.questionnaire_id, "version": edition.version}
        | {"digest": edition.digest},
        "sealed_at": sealed_at.isoformat(),
        "sealed_by": sealed_by,
        "bundle": bundle_json(bundle),
        "result": result_json(edition, bundle, score(edition, answers, assessment.as_of)),
        "reviewed_overall": _reviewed_overall(edition, reviewed, assessment, firm),
        "reviews": {key: _decision(d) for key, d in sorted(decisions.items())},
        "explanations": {
            key: found.explanation
            for key, found in sorted(explanations_of(session, assessment.id).items())
        },
        "evidence": sorted(
            {
                (item.title, item.sha256 or "", item.reference or "")
                for items in evidence_of(session, assessment.id).values()
                for item in items
            }
        ),
        "audit_head": {"seq": seq, "hash": head},
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """The digest that names a snapshot, over its canonical JSON."""
    return f"sha256:{hashlib.sha256(canonical_json(content)).hexdigest()}"


def snapshots_of_firm(session: FirmSession) -> Sequence[Snapshot]:
    """The firm's snapshots, oldest as-of date first."""
    return session.scalars(select(Snapshot).order_by(Snapshot.as_of, Snapshot.sealed_at)).all()


def snapshot_of(session: FirmSession, assessment_id: UUID) -> Snapshot:
    """The snapshot of a sealed assessment; raises NoSuchAssessmentError where there is none."""
    found = session.scalars(
        select(Snapshot).where(Snapshot.assessment_id == assessment_id)
    ).one_or_none()
    if found is None:
        raise NoSuchAssessmentError(str(assessment_id))
    return found


def earlier_than(session: FirmSession, day: date) -> Sequence[Snapshot]:
    """Snapshots before a day, oldest first: the trend."""
    return session.scalars(
        select(Snapshot).where(Snapshot.as_of < day).order_by(Snapshot.as_of)
    ).all()


def _with_proposals(
    edition: Edition, answers: Mapping[str, Answer], decisions: Mapping[str, ReviewDecision]
) -> dict[str, Answer]:
    """The answers as the reviewer holds them."""
    held = dict(answers)
    for question_id, decision in decisions.items():
        if decision.verdict == Verdict.PROPOSE and decision.proposed is not None:
            proposal = parse_answer(edition.question(question_id), {"value": decision.proposed})
            old = answers.get(question_id, Answer())
            held[question_id] = Answer(
                value=proposal.value, comment=old.comment, evidence=old.evidence
            )
    return held


def _reviewed_overall(
    edition: Edition, reviewed: Mapping[str, Answer], assessment: Assessment, firm: Firm
) -> Any:
    bundle = bundle_of(assessment, reviewed, firm.name, firm.reference)
    return result_json(edition, bundle, score(edition, reviewed, assessment.as_of))["overall"]


def _decision(decision: ReviewDecision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict,
        "proposed": decision.proposed,
        "comment": decision.comment,
        "by": decision.decided_by_name,
        "at": decision.decided_at.isoformat(),
    }
