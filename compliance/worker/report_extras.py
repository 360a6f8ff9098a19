"""What a report tells beside answers and result: reviews, remedies, earlier results, the seal."""

from datetime import UTC, datetime
from typing import Any

from compliance.assessments import (
    Assessment,
    ReviewDecision,
    Snapshot,
    State,
    Verdict,
    decisions_of,
    earlier_than,
    explanations_of,
    snapshot_of,
)
from compliance.database import FirmSession
from compliance.remediation import ActionState, RemediationAction, actions_of

# Words of the report for a verdict; a proposal speaks by its value.
DECISIONS = {Verdict.AGREE: "accepted", Verdict.RETURN: "returned"}
STATES = {ActionState.ACCEPTED: "done"}


def extras_of(session: FirmSession, assessment: Assessment) -> dict[str, Any]:
    """The extras of an order, as plain JSON values; what is empty is left out."""
    found: dict[str, Any] = {
        "prepared_by": assessment.created_by_name,
        "reviews": {i: _review(d) for i, d in decisions_of(session, assessment.id).items()},
        "explanations": {
            i: one.explanation for i, one in explanations_of(session, assessment.id).items()
        },
        "actions": [
            _action(action)
            for action in actions_of(session, assessment.id)
            if action.state != ActionState.DROPPED
        ],
        "history": [_earlier(one) for one in earlier_than(session, assessment.as_of)],
    }
    if assessment.state == State.SEALED:
        sealed = snapshot_of(session, assessment.id)
        found["sealed_at"] = _moment(sealed.sealed_at)
        found["reviewed_by"] = sealed.sealed_by_name
        found["audit_head"] = sealed.content["audit_head"]["hash"]
    return {key: value for key, value in found.items() if value}


def _review(decision: ReviewDecision) -> dict[str, Any]:
    told = {
        "decision": DECISIONS.get(Verdict(decision.verdict), ""),
        "value": decision.proposed,
        "comment": decision.comment,
        "by": decision.decided_by_name,
    }
    return {key: value for key, value in told.items() if value not in (None, "")}


def _action(action: RemediationAction) -> dict[str, Any]:
    told = {
        "question": action.question_id,
        "owner": action.owner_name,
        "due_on": action.due_on.isoformat() if action.due_on else None,
        "state": STATES.get(ActionState(action.state), action.state),
        "note": action.note,
    }
    return {key: value for key, value in told.items() if value not in (None, "")}


def _earlier(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "as_of": snapshot.as_of.isoformat(),
        "score": snapshot.score,
        "supported_score": snapshot.supported_score,
        "grade": snapshot.grade,
        "modules": dict(snapshot.module_scores),
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
