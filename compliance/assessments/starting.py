"""Starting from last time, and taking in a bundle of answers after a look at the differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from compliance.answers import Answer, parse_answer
from compliance.assessments.models import Assessment, Path, Response, ResponseHistory
from compliance.assessments.operations import content_of, open_assessment
from compliance.assessments.queries import evidence_of, responses_of
from compliance.assessments.saving import save_answer
from compliance.assessments.standing import Standing
from compliance.audit import record
from compliance.catalogue import Edition, load_edition
from compliance.catalogue.migration import Migration, carry, migration
from compliance.database import FirmSession
from compliance.evidence import EvidenceLink
from compliance.identity import Actor


@dataclass(frozen=True, slots=True)
class Outline:
    """What a new assessment is to be."""

    title: str
    as_of: date
    path: Path = Path.FULL


def start_from(
    session: FirmSession,
    actor: Actor,
    previous: Assessment,
    edition: Edition,
    outline: Outline,
    *,
    now: datetime,
) -> Assessment:
    """A new assessment with the earlier answers and evidence, each to be confirmed.

    Where the edition is a newer one, answers move as it says; an answer that can't stand in it is
    left out and stays in the earlier assessment.
    """
    fresh = open_assessment(
        session,
        actor,
        edition,
        title=outline.title,
        as_of=outline.as_of,
        path=outline.path,
        now=now,
    )
    fresh.previous_id = previous.id
    plan = migration(load_edition(previous.questionnaire_id, previous.version), edition)
    moved = {step.before: step.after for step in plan.steps if step.before and step.after}
    earlier = responses_of(session, previous.id)
    values = _carried_values(plan, edition, earlier)
    for question_id, response in earlier.items():
        target = moved.get(question_id)
        if target is None:
            continue
        content = {**content_of(response), "value": values.get(question_id)}
        if content["value"] is None and response.na_reason is None and not response.comment:
            continue
        _carry_response(session, actor, fresh, target, content, now)
    for question_id, items in evidence_of(session, previous.id).items():
        if (target := moved.get(question_id)) is not None:
            for item in items:
                link = EvidenceLink(
                    evidence_id=item.id,
                    assessment_id=fresh.id,
                    question_id=target,
                    created_at=now,
                )
                session.add(link)
    session.flush()
    details = {"from": str(previous.id)}
    record(
        session,
        actor,
        "assessment.carried_over",
        f"assessment:{fresh.id}",
        now=now,
        details=details,
    )
    return fresh


def _carried_values(
    plan: Migration, edition: Edition, earlier: Mapping[str, Response]
) -> dict[str, object]:
    """Earlier question id -> the value that may stand in the edition."""
    stored = {i: r.value for i, r in earlier.items() if r.value is not None}
    return {one.before: one.value for one in carry(plan, edition, stored)}


def _carry_response(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    question_id: str,
    content: Mapping[str, object],
    now: datetime,
) -> None:
    response = Response(
        assessment_id=assessment.id,
        question_id=question_id,
        to_confirm=True,
        updated_at=now,
        updated_by_id=actor.person_id,
        updated_by_name=actor.name,
        **content,
    )
    session.add(response)
    session.add(
        ResponseHistory(
            assessment_id=assessment.id,
            question_id=question_id,
            version=1,
            at=now,
            person_id=actor.person_id,
            person_name=actor.name,
            cause="carry_over",
            before=None,
            after=dict(content),
        )
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that a file would change."""

    question_id: str
    now: Answer | None
    then: Answer


def differences(standing: Standing, answers: Mapping[str, Answer]) -> tuple[Difference, ...]:
    """What taking in these answers would change, in catalogue order. Evidence is not compared."""
    found = []
    for question in standing.edition.questions:
        then = answers.get(question.id)
        if then is None:
            continue
        current = standing.answers.get(question.id)
        if current is None or _told(current) != _told(then):
            found.append(Difference(question.id, current, then))
    return tuple(found)


def take_in(
    session: FirmSession,
    actor: Actor,
    standing: Standing,
    answers: Mapping[str, Answer],
    *,
    now: datetime,
) -> int:
    """Save the answers that differ; returns how many. The history keeps what they replace."""
    changes = differences(standing, answers)
    for change in changes:
        response = standing.responses.get(change.question_id)
        save_answer(
            session,
            actor,
            standing.assessment,
            change.question_id,
            change.then,
            base_version=response.version if response else 0,
            now=now,
            cause="import",
        )
    return len(changes)


def restore(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    entry: ResponseHistory,
    *,
    base_version: int,
    now: datetime,
) -> Response:
    """Let an answer say again what it said after an earlier change."""
    edition = load_edition(assessment.questionnaire_id, assessment.version)
    content = entry.after
    raw: dict[str, object] = {"comment": content.get("comment") or ""}
    if content.get("na_reason") is not None:
        raw["not_applicable"] = {"reason": content["na_reason"]}
    elif content.get("value") is not None:
        raw["value"] = content["value"]
    answer = parse_answer(edition.question(entry.question_id), raw)
    return save_answer(
        session,
        actor,
        assessment,
        entry.question_id,
        answer,
        base_version=base_version,
        now=now,
        cause="restore",
    )


def _told(answer: Answer) -> tuple[object, ...]:
    claim = answer.not_applicable
    return answer.value, claim.reason if claim else None, answer.comment
