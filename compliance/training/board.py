"""What the screens show of a session: counts, the spread of answers, the teams' points.

Kept for a moment in each process, so that two hundred phones that ask each second cost one look at
the database; the version of the session's row says whether anything is new.
"""

import json
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID
from zlib import crc32

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from compliance.database import shared_reading
from compliance.training.classroom import Course, attempts_of, course_of, locks_of, participants_of
from compliance.training.errors import NoSuchSessionError
from compliance.training.models import Attempt, ClassroomSession, Participant, TeamLock
from compliance.training.tasks import Task

FRESH = timedelta(milliseconds=400)
MOST_KEPT = 200  # sessions in one process


@dataclass(frozen=True, slots=True)
class Live:
    """The tiny state that phones and the board poll."""

    position: int
    version: int
    closed: bool
    phone: bytes  # JSON
    board: bytes  # JSON

    @property
    def board_etag(self) -> str:
        """New with everything that happens."""
        return f'"{self.version}"'

    @property
    def phone_etag(self) -> str:
        """New with what a phone has to act on: an answer of others is nothing to it."""
        return f'"{crc32(self.phone):x}"'


class LiveBoard:
    """The states of the sessions that this process serves."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[datetime, Live]] = OrderedDict()
        self._courses: dict[UUID, Course] = {}
        self._points: OrderedDict[tuple[UUID, int, int], list[Standing]] = OrderedDict()

    def state(self, engine: Engine, code: str, *, now: datetime) -> Live:
        """The state of a session, at most FRESH old. Raises NoSuchSessionError."""
        kept = self._kept.get(code)
        if kept is not None and abs(now - kept[0]) < FRESH:
            return kept[1]
        live = self._look(engine, code, kept[1] if kept else None, now)
        self._kept[code] = (now, live)
        self._kept.move_to_end(code)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return live

    def course(self, session: Session, session_id: UUID) -> Course:
        """What a session teaches; it never changes, so it is read once."""
        course = self._courses.get(session_id)
        if course is None:
            if len(self._courses) >= MOST_KEPT:
                self._courses.clear()
            course = self._courses[session_id] = course_of(session, session_id)
        return course

    def points(self, session: Session, row: ClassroomSession) -> list["Standing"]:
        """The points so far, summed once for each state of the session."""
        key = (row.id, row.version, row.position)
        if key not in self._points:
            self._points[key] = standings(
                self.course(session, row.id),
                participants_of(session, row.id),
                attempts_of(session, row.id),
                locks_of(session, row.id),
                up_to=row.position,
            )
            while len(self._points) > MOST_KEPT:
                self._points.popitem(last=False)
        return self._points[key]

    def _look(self, engine: Engine, code: str, before: Live | None, now: datetime) -> Live:
        with shared_reading(engine) as session:
            row = session.execute(
                select(
                    ClassroomSession.id,
                    ClassroomSession.version,
                    ClassroomSession.position,
                    ClassroomSession.closed_at,
                    ClassroomSession.ends_at,
                    ClassroomSession.teams,
                    ClassroomSession.show_names,
                ).where(ClassroomSession.code == code)
            ).one_or_none()
            if row is None:
                self._kept.pop(code, None)
                raise NoSuchSessionError(code)
            closed = row.closed_at is not None or row.ends_at <= now
            if before and before.version == row.version and before.closed == closed:
                return before
            course = self.course(session, row.id)
            tally = tally_of(session, row.id, course, row.position)
            people = _count(session, row.id)
            names = _names(session, row.id) if row.show_names else []
        phone = {
            "pos": row.position,
            "closed": closed,
            "people": people,
            "locked": sorted(tally.locked),
        }
        more = {"teams": row.teams, "spread": tally.spread, "names": names}
        board = {**phone, "v": row.version, "answered": tally.answered, **more}
        return Live(row.position, row.version, closed, _json(phone), _json(board))


@dataclass(frozen=True)
class Tally:
    """Who has answered a stage, and how the answers spread."""

    answered: int = 0
    locked: frozenset[int] = frozenset()
    spread: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # part -> option -> votes


def tally_of(session: Session, session_id: UUID, course: Course, position: int) -> Tally:
    """The answers to one stage, counted."""
    task = course.task(position)
    if task is None:
        return Tally()
    attempts = attempts_of(session, session_id, position)
    locks = locks_of(session, session_id, position)
    return Tally(
        answered=len(attempts),
        locked=frozenset(lock.team for lock in locks),
        spread=spread_of(task, [attempt.content for attempt in attempts]),
    )


def spread_of(
    task: Task, contents: Sequence[Mapping[str, Sequence[str]]]
) -> dict[str, dict[str, int]]:
    """Part -> option -> how many chose it; every option stands there."""
    spread: dict[str, dict[str, int]] = {}
    for part in task.parts:
        votes = Counter(one for content in contents for one in content.get(part.id, ()))
        spread[part.id] = {choice.id: votes[choice.id] for choice in part.choices}
    return spread


@dataclass(frozen=True, slots=True)
class Standing:
    """The points of a team, or of someone who plays alone."""

    team: int
    name: str  # of a single player; empty for a team
    earned: Fraction
    possible: Fraction

    @property
    def percent(self) -> int:
        """Rounded half up."""
        return int(self.earned / self.possible * 100 + Fraction(1, 2)) if self.possible else 0


def standings(
    course: Course,
    people: Sequence[Participant],
    attempts: Sequence[Attempt],
    locks: Sequence[TeamLock],
    *,
    up_to: int,
) -> list[Standing]:
    """Points of every team over the stages before `up_to`, best first; tests don't count.

    A team that locked in nothing gets the average of its members.
    """
    tasks = {
        n: task
        for n, stage in enumerate(course.stages[:up_to])
        if stage.by_teams and (task := course.task(n)) is not None
    }
    possible = sum((task.points for task in tasks.values()), Fraction(0))
    locked = {(lock.team, lock.stage): lock.content for lock in locks}
    by_person = {(a.participant_id, a.stage): a.content for a in attempts}
    members: dict[tuple[int, UUID | None], list[Participant]] = {}
    for person in people:
        key = (person.team, None if person.team else person.id)
        members.setdefault(key, []).append(person)
    found = []
    for (team, _alone), seats in members.items():
        earned = Fraction(0)
        for stage, task in tasks.items():
            content = locked.get((team, stage)) if team else None
            if content is not None:
                earned += task.earned(content)
                continue
            given = [by_person.get((seat.id, stage)) for seat in seats]
            shares = [task.earned(one) for one in given if one is not None]
            earned += sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)
        found.append(Standing(team, "" if team else seats[0].name, earned, possible))
    return sorted(found, key=lambda one: (-one.earned, one.team, one.name))


def _count(session: Session, session_id: UUID) -> int:
    return (
        session.scalar(
            select(func.count(Participant.id)).where(Participant.session_id == session_id)
        )
        or 0
    )


def _names(session: Session, session_id: UUID) -> list[str]:
    return [person.name for person in participants_of(session, session_id)]


def _json(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
