"""The same on both databases: a sandbox from start to end, a class from code to debrief."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from compliance.assessments import Assessment, import_bundle
from compliance.database import (
    all_firms_reading,
    firm_reading,
    firm_session,
    shared_reading,
    shared_session,
)
from compliance.identity import Firm
from compliance.training import (
    ClassroomSession,
    Lesson,
    LiveBoard,
    LockedError,
    NoSuchSessionError,
    Participant,
    SessionMovedError,
    answer,
    as_of,
    bundle_of,
    close_session,
    course_of,
    edition_of,
    end_sandbox,
    find_by_code,
    join,
    move,
    open_sandboxes,
    open_session,
    rejoin,
    sandbox_of,
    scenario_of_library,
    seat_of,
    session_of,
    start_sandbox,
)
from tests.support import cast

CASE = scenario_of_library("SC-01")
TRAINER = cast.actor("trainer@amber.example")
STRANGER = cast.actor("trainer@borealis.example")
FLAGS = 2
RIGHT = {"flags": ["RF-E07", "RF-E09", "RF-L01", "RF-L03"]}


def test_a_sandbox_from_start_to_end(each_engine: Engine) -> None:
    with shared_session(each_engine) as session:
        made, actor = start_sandbox(session, TRAINER.person_id, TRAINER.firm_id, CASE, now=cast.NOW)
    with firm_session(each_engine, actor.firm_id) as session:
        bundle = bundle_of(edition_of(CASE), CASE, as_of(CASE))
        import_bundle(session, actor, bundle, title="Case", now=cast.NOW)
    with firm_reading(each_engine, TRAINER.firm_id) as session:
        assert session.scalars(select(Assessment)).all() == []
    with shared_session(each_engine) as session:
        firm = session.get_one(Firm, made.firm_id)
        firm.kind = "real"
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()

    with shared_session(each_engine) as session:
        end_sandbox(session, sandbox_of(session, TRAINER.person_id, made.firm_id))

    with shared_reading(each_engine) as session:
        assert open_sandboxes(session, TRAINER.person_id, now=cast.NOW) == []
        assert session.get(Firm, made.firm_id) is None
    with all_firms_reading(each_engine, reason="test") as session:
        assert session.scalars(select(Assessment)).all() == []


def test_a_class_from_code_to_debrief(each_engine: Engine) -> None:
    now, board = cast.NOW, LiveBoard()
    lesson = Lesson(CASE.title, (CASE,), teams=2, tests=False)
    with firm_session(each_engine, TRAINER.firm_id) as session:
        row = open_session(session, TRAINER, lesson, now=now)
    code = str(row.code)

    with shared_session(each_engine) as session:
        found = find_by_code(session, code, now=now)
        ann, token = join(session, found, "Ann", 1, now=now)
        ben, _ = join(session, found, "Ben", 1, now=now)
        assert seat_of(session, token, row.id).id == ann.id
        same, fresh = rejoin(session, found, ann.rejoin_code)
        assert same.id == ann.id
        assert fresh != token
    before = board.state(each_engine, code, now=now)
    with firm_session(each_engine, TRAINER.firm_id) as session:
        move(session, TRAINER, row.id, base=0, to=FLAGS, now=now)
        with pytest.raises(SessionMovedError):
            move(session, TRAINER, row.id, base=0, to=1, now=now)
    with shared_session(each_engine) as session:
        found, course = find_by_code(session, code, now=now), course_of(session, row.id)
        answer(session, found, course, ann, RIGHT, position=FLAGS, lock=True, now=now)
        with pytest.raises(LockedError):
            answer(session, found, course, ben, RIGHT, position=FLAGS, lock=False, now=now)
    after = board.state(each_engine, code, now=now + timedelta(seconds=1))
    with firm_session(each_engine, TRAINER.firm_id) as session:
        close_session(session, TRAINER, session_of(session, row.id), now=now)

    assert after.version > before.version
    assert b'"locked":[1]' in after.phone
    with shared_reading(each_engine) as session:
        assert session.scalars(select(Participant)).all() == []
        kept = session.get_one(ClassroomSession, row.id)
        assert kept.debrief is not None
        assert kept.debrief["standings"][0]["earned"] == 30


def test_another_firm_finds_no_session(each_engine: Engine) -> None:
    with firm_session(each_engine, TRAINER.firm_id) as session:
        lesson = Lesson(CASE.title, (CASE,), teams=0, tests=False)
        row = open_session(session, TRAINER, lesson, now=cast.NOW)

    with (
        firm_session(each_engine, STRANGER.firm_id) as session,
        pytest.raises(NoSuchSessionError),
    ):
        session_of(session, row.id)
