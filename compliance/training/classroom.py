"""A classroom session: opened and moved by trainers of one firm, joined by people without account.

Verbs of trainers take a session of their firm; verbs of participants a shared one. All that a
screen may show raises the version of the row, and that is what a waiting phone asks for.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import choice
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from compliance.audit import record
from compliance.database import FirmSession, new_id
from compliance.identity import Actor, digest, new_token
from compliance.language import Text
from compliance.training.bank import chosen_questions
from compliance.training.errors import (
    LockedError,
    NoSuchSeatError,
    NoSuchSessionError,
    ParticipantNameError,
    SessionClosedError,
    SessionFullError,
    SessionMovedError,
    StepOverError,
    WrongAnswerFormError,
)
from compliance.training.models import Attempt, ClassroomSession, Participant, TeamLock
from compliance.training.reading import read_scenario
from compliance.training.scenario import Scenario
from compliance.training.stages import Stage, stages_from, stages_json, stages_of_session
from compliance.training.tasks import AnswerForm, Task, task_of

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"  # no I, L, O: they are read as figures
CODE_LENGTH = 6
LIFETIME = timedelta(hours=12)
MOST_PARTICIPANTS = 500
MOST_SCENARIOS = 6
LONGEST_NAME = 40
MOST_TEAMS = 40
NAME = re.compile(r"[\w .,'’·\-()&]+")
LISTED_FOR = timedelta(days=90)  # closed sessions stand in the trainer's list


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a session is to be."""

    title: Text
    scenarios: tuple[Scenario, ...]
    teams: int  # 0: everyone alone
    tests: bool
    show_names: bool = False


@dataclass(frozen=True)
class Course:
    """What a session teaches, read once and the same to its end."""

    stages: tuple[Stage, ...]
    scenarios: tuple[Scenario, ...]
    bank: tuple[str, ...]

    def task(self, position: int) -> Task | None:
        """What is answered at a stage."""
        return task_of(self.stages[position], self.scenarios, self.bank)

    def scenario(self, position: int) -> Scenario | None:
        """The case of a stage; None in the lobby, in tests and at the end."""
        place = self.stages[position].scenario
        return None if place is None else self.scenarios[place]


# --- Trainers --------------------------------------------------------------------------------


def open_session(
    session: FirmSession, actor: Actor, lesson: Lesson, *, now: datetime
) -> ClassroomSession:
    """Open a session in the lobby, under a code that no other has."""
    stages = stages_of_session(len(lesson.scenarios), tests=lesson.tests)
    topics = [topic for scenario in lesson.scenarios for topic in scenario.topics]
    row = ClassroomSession(
        id=new_id(),
        person_id=actor.person_id,
        trainer_name=actor.name,
        title=lesson.title.as_json(),
        teams=lesson.teams,
        show_names=lesson.show_names,
        stages=stages_json(stages),
        moved_by_name=actor.name,
        moved_at=now,
        created_at=now,
        ends_at=now + LIFETIME,
        content=[dict(scenario.document) for scenario in lesson.scenarios],
        bank=list(chosen_questions(topics)) if lesson.tests else [],
    )
    _with_code(session, row)
    record(session, actor, "classroom.opened", f"classroom:{row.id}", now=now)
    return row


def _with_code(session: FirmSession, row: ClassroomSession) -> None:
    for _attempt in range(8):
        row.code = "".join(choice(LETTERS) for _ in range(CODE_LENGTH))
        try:
            with session.begin_nested():
                session.add(row)
                session.flush()
        except IntegrityError:
            continue
        return
    raise RuntimeError("no free code")


def session_of(
    session: FirmSession, session_id: UUID, *, for_change: bool = False
) -> ClassroomSession:
    """A session of the firm. Raises NoSuchSessionError."""
    query = select(ClassroomSession).where(ClassroomSession.id == session_id)
    if for_change:
        query = query.with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NoSuchSessionError(str(session_id))
    return row


def sessions_of_firm(session: FirmSession, *, now: datetime) -> Sequence[ClassroomSession]:
    """The firm's sessions of late, newest first."""
    return session.scalars(
        select(ClassroomSession)
        .where(ClassroomSession.created_at > now - LISTED_FOR)
        .order_by(ClassroomSession.created_at.desc())
        .limit(50)
    ).all()


def move(
    session: FirmSession,
    actor: Actor,
    session_id: UUID,
    *,
    base: int,
    to: int,
    now: datetime,
) -> ClassroomSession:
    """Go to another stage. `base` is the stage that the trainer saw.

    Raises SessionMovedError where another trainer moved it meanwhile, SessionClosedError, and
    NoSuchSessionError.
    """
    row = session_of(session, session_id, for_change=True)
    if row.closed_at is not None:
        raise SessionClosedError
    if row.position != base:
        raise SessionMovedError(row.moved_by_name, row.position)
    if not 0 <= to < len(row.stages):
        raise StepOverError
    row.position, row.moved_by_name, row.moved_at = to, actor.name, now
    row.version = ClassroomSession.version + 1
    session.flush()
    session.refresh(row, ["version"])
    return row


def reopen_stage(session: FirmSession, session_id: UUID) -> None:
    """Take back the teams' locks of the present stage."""
    row = session_of(session, session_id, for_change=True)
    for lock in locks_of(session, row.id, row.position):
        session.delete(lock)
    for attempt in attempts_of(session, row.id, row.position):
        attempt.locked = False
    row.version = ClassroomSession.version + 1
    session.flush()


def set_names(session: FirmSession, session_id: UUID, *, shown: bool) -> None:
    """Show the participants' names on the board, or hide them."""
    row = session_of(session, session_id, for_change=True)
    row.show_names = shown
    row.version = ClassroomSession.version + 1
    session.flush()


# --- Participants ----------------------------------------------------------------------------


def find_by_code(session: Session, code: str, *, now: datetime) -> ClassroomSession:
    """The session of a code. Raises NoSuchSessionError or SessionClosedError."""
    row = session.scalars(
        select(ClassroomSession).where(ClassroomSession.code == tidy_code(code))
    ).one_or_none()
    if row is None:
        raise NoSuchSessionError(code[:20])
    if row.closed_at is not None or row.ends_at <= now:
        raise SessionClosedError
    return row


def tidy_code(code: str) -> str:
    """A code as typed, without blanks and in capitals."""
    return re.sub(r"[\s\-]", "", code[:40]).upper()


def tidy_name(name: str) -> str:
    """A name as kept. Raises ParticipantNameError: empty, long or odd."""
    plain = " ".join(unicodedata.normalize("NFC", name[:2000]).split())
    if not plain:
        raise ParticipantNameError("empty")
    if len(plain) > LONGEST_NAME:
        raise ParticipantNameError("long")
    if not NAME.fullmatch(plain):
        raise ParticipantNameError("odd")
    return plain


def join(
    session: Session, row: ClassroomSession, name: str, team: int, *, now: datetime
) -> tuple[Participant, str]:
    """Take a seat; returns it with the token that the phone keeps.

    Raises ParticipantNameError, SessionFullError, WrongAnswerFormError for a team that is none.
    """
    tidy = tidy_name(name)
    if not (1 <= team <= row.teams if row.teams else team == 0):
        raise WrongAnswerFormError("team")
    taken = list(
        session.scalars(select(Participant.rejoin_code).where(Participant.session_id == row.id))
    )
    if len(taken) >= MOST_PARTICIPANTS:
        raise SessionFullError
    token = new_token()
    seat = Participant(
        id=new_id(),
        session_id=row.id,
        token_sha256=digest(token),
        rejoin_code=_free_rejoin_code(frozenset(taken)),
        name=tidy,
        team=team,
        joined_at=now,
    )
    session.add(seat)
    _bump(session, row.id)
    return seat, token


def _free_rejoin_code(taken: frozenset[str]) -> str:
    while (code := "".join(choice(LETTERS) for _ in range(CODE_LENGTH))) in taken:
        pass
    return code


def rejoin(session: Session, row: ClassroomSession, rejoin_code: str) -> tuple[Participant, str]:
    """The seat of a lost phone under a new token; the old phone is out. Raises NoSuchSeatError."""
    seat = session.scalars(
        select(Participant).where(
            Participant.session_id == row.id, Participant.rejoin_code == tidy_code(rejoin_code)
        )
    ).one_or_none()
    if seat is None:
        raise NoSuchSeatError
    token = new_token()
    seat.token_sha256 = digest(token)
    session.flush()
    return seat, token


def seat_of(session: Session, token: str, session_id: UUID) -> Participant:
    """Who holds a token in a session. Raises NoSuchSeatError."""
    seat = session.scalars(
        select(Participant).where(
            Participant.token_sha256 == digest(token), Participant.session_id == session_id
        )
    ).one_or_none()
    if seat is None:
        raise NoSuchSeatError
    return seat


def answer(
    session: Session,
    row: ClassroomSession,
    course: Course,
    seat: Participant,
    given: AnswerForm,
    *,
    position: int,
    lock: bool,
    now: datetime,
) -> Attempt:
    """Keep a participant's answer to the present stage; with `lock` it is the team's last word.

    Raises StepOverError where the class is elsewhere, LockedError where the team has locked in, and
    WrongAnswerFormError.
    """
    stage = course.stages[row.position]
    task = course.task(row.position)
    if position != row.position or task is None:
        raise StepOverError
    team = seat.team if stage.by_teams else 0
    if team and _lock(session, row.id, position, team):
        raise LockedError
    kept = task.read(given)
    if lock and not task.is_complete(kept):
        raise WrongAnswerFormError("incomplete")
    attempt = attempt_of(session, seat.id, position)
    if attempt is not None and attempt.locked:
        raise LockedError
    if attempt is None:
        attempt = Attempt(
            session_id=row.id, participant_id=seat.id, stage=position, team=team, content={}, at=now
        )
        session.add(attempt)
    attempt.content, attempt.at, attempt.locked = kept, now, lock
    if lock and team:
        session.add(TeamLock(session_id=row.id, stage=position, team=team, content=kept, at=now))
    try:
        session.flush()
    except IntegrityError:  # two of the team at the same moment: the first one counts
        raise LockedError from None
    _bump(session, row.id)
    return attempt


def attempt_of(session: Session, seat_id: UUID, position: int) -> Attempt | None:
    """What a participant answered at a stage."""
    return session.scalars(
        select(Attempt).where(Attempt.participant_id == seat_id, Attempt.stage == position)
    ).one_or_none()


def lock_of(session: Session, row: ClassroomSession, team: int) -> TeamLock | None:
    """The team's last word at the present stage."""
    return _lock(session, row.id, row.position, team) if team else None


def _lock(session: Session, session_id: UUID, position: int, team: int) -> TeamLock | None:
    return session.scalars(
        select(TeamLock).where(
            TeamLock.session_id == session_id,
            TeamLock.stage == position,
            TeamLock.team == team,
        )
    ).one_or_none()


def _bump(session: Session, session_id: UUID) -> None:
    """Say that screens have something new to show."""
    session.execute(
        update(ClassroomSession)
        .where(ClassroomSession.id == session_id)
        .values(version=ClassroomSession.version + 1)
        .execution_options(synchronize_session=False)
    )


# --- Both ------------------------------------------------------------------------------------


def course_of(session: Session, session_id: UUID) -> Course:
    """What a session teaches. Raises NoSuchSessionError."""
    row = session.scalars(
        select(ClassroomSession)
        .where(ClassroomSession.id == session_id)
        .options(undefer(ClassroomSession.content), undefer(ClassroomSession.bank))
    ).one_or_none()
    if row is None:
        raise NoSuchSessionError(str(session_id))
    return Course(
        stages=stages_from(row.stages),
        scenarios=tuple(read_scenario(one, "classroom") for one in row.content),
        bank=tuple(row.bank),
    )


def participants_of(session: Session, session_id: UUID) -> Sequence[Participant]:
    """Everyone who joined, in the order of joining."""
    return session.scalars(
        select(Participant)
        .where(Participant.session_id == session_id)
        .order_by(Participant.joined_at, Participant.id)
    ).all()


def attempts_of(
    session: Session, session_id: UUID, position: int | None = None
) -> Sequence[Attempt]:
    """All answers of a session, or those to one stage."""
    query = select(Attempt).where(Attempt.session_id == session_id)
    if position is not None:
        query = query.where(Attempt.stage == position)
    return session.scalars(query.order_by(Attempt.stage, Attempt.at)).all()


def locks_of(session: Session, session_id: UUID, position: int | None = None) -> Sequence[TeamLock]:
    """All teams' last words, or those to one stage."""
    query = select(TeamLock).where(TeamLock.session_id == session_id)
    if position is not None:
        query = query.where(TeamLock.stage == position)
    return session.scalars(query.order_by(TeamLock.stage, TeamLock.team)).all()
