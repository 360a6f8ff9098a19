"""What is left of a session: what the teams chose, where the class went wrong, what it learned.

A plain document without a name in it: it outlives the participants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from compliance.audit import record
from compliance.database import FirmSession
from compliance.identity import Actor
from compliance.training.board import spread_of, standings
from compliance.training.classroom import (
    Course,
    attempts_of,
    course_of,
    locks_of,
    participants_of,
    session_of,
)
from compliance.training.models import Attempt, ClassroomSession, Participant, TeamLock
from compliance.training.scenario import Scenario
from compliance.training.stages import StageKind
from compliance.training.tasks import Part, Task

FORMAT = "ecl-self-assessment/debrief"
HARDEST = 6  # parts that the class got most wrong


@dataclass(frozen=True)
class _Room:
    course: Course
    people: Sequence[Participant]
    attempts: Sequence[Attempt]
    locks: Sequence[TeamLock]


def debrief_of(session: Session, row: ClassroomSession, *, now: datetime) -> dict[str, Any]:
    """The debrief as it stands now; of a closed session, as it was kept."""
    kept = session.scalars(
        select(ClassroomSession)
        .where(ClassroomSession.id == row.id)
        .options(undefer(ClassroomSession.debrief))
    ).one()
    if kept.debrief is not None:
        return kept.debrief
    course = course_of(session, row.id)
    room = _Room(
        course,
        participants_of(session, row.id),
        attempts_of(session, row.id),
        locks_of(session, row.id),
    )
    table = standings(course, room.people, room.attempts, room.locks, up_to=len(course.stages))
    scenarios = [_scenario(room, n, one) for n, one in enumerate(course.scenarios)]
    return {
        "format": FORMAT,
        "format_version": 1,
        "title": row.title,
        "trainer": row.trainer_name,
        "opened_at": row.created_at.isoformat(),
        "closed_at": now.isoformat(),
        "people": len(room.people),
        "teams": row.teams,
        "scenarios": scenarios,
        "standings": [
            {"team": one.team, "percent": one.percent, "earned": float(one.earned)} for one in table
        ],
        "hardest": _hardest(scenarios),
        "learning": _learning(room),
    }


def close_session(
    session: FirmSession, actor: Actor, row: ClassroomSession, *, now: datetime
) -> None:
    """End the session: keep the debrief, forget everyone who was in the room."""
    row = session_of(session, row.id, for_change=True)
    if row.closed_at is not None:
        return
    _close(session, row, now)
    record(session, actor, "classroom.closed", f"classroom:{row.id}", now=now)


def sweep_sessions(session: Session, *, now: datetime) -> int:
    """Close the sessions whose time is over; returns how many."""
    over = session.scalars(
        select(ClassroomSession)
        .where(ClassroomSession.ends_at <= now, ClassroomSession.closed_at.is_(None))
        .limit(50)
    ).all()
    for row in over:
        _close(session, row, now)
    return len(over)


def _close(session: Session, row: ClassroomSession, now: datetime) -> None:
    row.debrief = debrief_of(session, row, now=now)
    row.closed_at = now
    row.version = ClassroomSession.version + 1
    for lock in locks_of(session, row.id):
        session.delete(lock)
    for attempt in attempts_of(session, row.id):
        session.delete(attempt)
    session.flush()
    for person in participants_of(session, row.id):
        session.delete(person)
    session.flush()


def _scenario(room: _Room, place: int, scenario: Scenario) -> dict[str, Any]:
    stages = []
    for position, stage in enumerate(room.course.stages):
        task = room.course.task(position)
        if stage.scenario == place and task is not None:
            stages.append(_stage(room, position, stage.kind, task))
    return {
        "id": scenario.id,
        "title": scenario.title.as_json(),
        "firm": scenario.firm_name.as_json(),
        "outcome": scenario.outcome,
        "reasons": scenario.reasons.as_json(),
        "provisions": list(scenario.provisions),
        "teaching_points": scenario.teaching_points.as_json(),
        "twist": scenario.twist.text.as_json(),
        "twist_outcome": scenario.twist.outcome,
        "stages": stages,
    }


def _stage(room: _Room, position: int, kind: StageKind, task: Task) -> dict[str, Any]:
    contents = [a.content for a in room.attempts if a.stage == position]
    spread = spread_of(task, contents)
    return {
        "kind": kind.value,
        "answered": len(contents),
        "parts": [_part(part, contents, spread[part.id]) for part in task.parts],
        "teams": [
            {
                "team": lock.team,
                "chosen": lock.content,
                "earned": float(task.earned(lock.content)),
                "possible": float(task.points),
            }
            for lock in room.locks
            if lock.stage == position
        ],
    }


def _part(
    part: Part, contents: Sequence[Mapping[str, Sequence[str]]], votes: Mapping[str, int]
) -> dict[str, Any]:
    shares = [part.share(content.get(part.id, ())) for content in contents]
    mean = sum(shares, Fraction(0)) / len(shares) if shares else None
    return {
        "id": part.id,
        "says": part.says.value,
        "prompt": part.prompt.as_json() if part.prompt else None,
        "topic": part.topic,
        "provisions": list(part.provisions),
        "share": None if mean is None else round(float(mean), 4),
        "choices": [
            {
                "id": one.id,
                "text": one.text.as_json() if one.text else None,
                "right": one.right,
                "votes": votes[one.id],
            }
            for one in part.choices
        ],
    }


def _hardest(scenarios: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts that the class got most wrong, worst first."""
    found = [
        {"scenario": n, "stage": stage["kind"], "part": part["id"], "share": part["share"]}
        for n, scenario in enumerate(scenarios)
        for stage in scenario["stages"]
        for part in stage["parts"]
        if part["share"] is not None and part["share"] < 1
    ]
    return sorted(found, key=lambda one: one["share"])[:HARDEST]


def _learning(room: _Room) -> list[dict[str, Any]]:
    """Topic by topic, the share of right answers before and after, of those who did both tests."""
    places = {
        stage.kind: position
        for position, stage in enumerate(room.course.stages)
        if stage.kind in (StageKind.PRETEST, StageKind.POSTTEST)
    }
    if len(places) < 2:
        return []
    before, after = (
        {a.participant_id: a.content for a in room.attempts if a.stage == places[kind]}
        for kind in (StageKind.PRETEST, StageKind.POSTTEST)
    )
    both = before.keys() & after.keys()
    task = room.course.task(places[StageKind.PRETEST])
    if task is None or not both:
        return []
    topics: dict[str, list[Part]] = {}
    for part in task.parts:
        topics.setdefault(part.topic, []).append(part)
    return [
        {
            "topic": topic,
            "people": len(both),
            "before": _share(parts, [before[one] for one in both]),
            "after": _share(parts, [after[one] for one in both]),
        }
        for topic, parts in topics.items()
    ]


def _share(parts: Sequence[Part], contents: Sequence[Mapping[str, Sequence[str]]]) -> float:
    shares = [part.share(content.get(part.id, ())) for part in parts for content in contents]
    return round(float(sum(shares, Fraction(0)) / len(shares)), 4)
