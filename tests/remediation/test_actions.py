"""Actions: planned, followed, proved, accepted; and what is refused."""

import io
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy import Engine

from compliance.answers import Answer
from compliance.assessments import open_assessment
from compliance.catalogue import load_edition
from compliance.database import firm_reading, firm_session
from compliance.identity import Actor
from compliance.remediation import (
    ActionState,
    CircularDependencyError,
    NoSuchActionError,
    NotDoneError,
    OwnWorkError,
    PastDueError,
    ProofNeededError,
    RemediationAction,
    StaleActionError,
    WaitsForAnotherError,
    Wanted,
    accept,
    actions_of_firm,
    calendar,
    change,
    find_action,
    is_overdue,
    plan_action,
    scorecard_today,
    send_back,
    workbook,
)
from compliance.scoring import Lift, score, what_if
from tests.support import cast

EXPORTER = cast.actor("exporter@amber.example")
OFFICER = cast.actor("officer@amber.example")
STRANGER = cast.actor("officer@borealis.example")
SOON = date(2026, 12, 24)
DONE = Wanted(state=ActionState.DONE, proof="DMS 4711")
HEADINGS = ("Question", "Remedy", "Owner", "Due", "State", "Days", "Note", "Proof")


@pytest.fixture
def assessment_id(each_engine: Engine, now: datetime) -> UUID:
    edition = load_edition("ecl-icp", "2026.1")
    with firm_session(each_engine, EXPORTER.firm_id) as session:
        return open_assessment(
            session, EXPORTER, edition, title="2026", as_of=date(2026, 11, 24), now=now
        ).id


def plan(engine: Engine, assessment_id: UUID, now: datetime, wanted: Wanted | None = None) -> UUID:
    from compliance.assessments import find_assessment

    with firm_session(engine, EXPORTER.firm_id) as session:
        return plan_action(
            session,
            EXPORTER,
            find_assessment(session, assessment_id),
            "LIC-01",
            "Add a licence field to the order form",
            wanted or Wanted(),
            effort_days=4,
            now=now,
        ).id


def set_to(
    engine: Engine, action_id: UUID, wanted: Wanted, now: datetime, actor: Actor = EXPORTER
) -> None:
    with firm_session(engine, actor.firm_id) as session:
        version = find_action(session, action_id).version
        change(session, actor, action_id, wanted, base_version=version, now=now)


def look(engine: Engine, action_id: UUID) -> RemediationAction:
    with firm_reading(engine, EXPORTER.firm_id) as session:
        return find_action(session, action_id)


def test_a_due_date_in_the_past_is_refused(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    with pytest.raises(PastDueError):
        plan(each_engine, assessment_id, now, Wanted(due_on=date(2026, 11, 23)))


def test_an_old_due_date_may_stay_when_it_has_passed(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    action_id = plan(each_engine, assessment_id, now, Wanted(due_on=SOON))
    late = now + timedelta(days=60)

    set_to(each_engine, action_id, Wanted(due_on=SOON, note="Late, sorry"), late)

    action = look(each_engine, action_id)
    assert action.note == "Late, sorry"
    assert is_overdue(action, late.date())
    assert not is_overdue(action, SOON)


def test_done_needs_proof_and_the_officers_acceptance(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    action_id = plan(each_engine, assessment_id, now)

    with pytest.raises(ProofNeededError):
        set_to(each_engine, action_id, Wanted(state=ActionState.DONE), now)
    with pytest.raises(NotDoneError):
        set_to(each_engine, action_id, Wanted(state=ActionState.ACCEPTED, proof="x"), now)
    set_to(each_engine, action_id, DONE, now)
    with firm_session(each_engine, OFFICER.firm_id) as session:
        accept(session, OFFICER, action_id, now=now)

    action = look(each_engine, action_id)
    assert (action.state, action.accepted_by_name) == ("accepted", "Amber officer")


def test_nobody_accepts_their_own_work(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    own = Wanted(owner_id=OFFICER.person_id, owner_name=OFFICER.name, proof="p")
    action_id = plan(each_engine, assessment_id, now, own)
    done = Wanted(OFFICER.person_id, OFFICER.name, state=ActionState.DONE, proof="p")
    set_to(each_engine, action_id, done, now, OFFICER)

    with firm_session(each_engine, OFFICER.firm_id) as session, pytest.raises(OwnWorkError):
        accept(session, OFFICER, action_id, now=now)


def test_what_is_sent_back_goes_on_with_the_reason(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    action_id = plan(each_engine, assessment_id, now)
    set_to(each_engine, action_id, DONE, now)

    with firm_session(each_engine, OFFICER.firm_id) as session:
        send_back(session, OFFICER, action_id, "The register has no dates.", now=now)

    action = look(each_engine, action_id)
    assert (action.state, action.done_at) == ("in_progress", None)
    assert action.note == "Amber officer: The register has no dates."


def test_an_action_waits_for_the_one_it_depends_on(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    first, second = (plan(each_engine, assessment_id, now) for _ in range(2))

    set_to(each_engine, second, Wanted(depends_on_id=first), now)
    with pytest.raises(WaitsForAnotherError):
        set_to(
            each_engine,
            second,
            Wanted(state=ActionState.DONE, proof="p", depends_on_id=first),
            now,
        )
    with pytest.raises(CircularDependencyError):
        set_to(each_engine, first, Wanted(depends_on_id=second), now)


def test_a_stale_change_is_refused(each_engine: Engine, assessment_id: UUID, now: datetime) -> None:
    action_id = plan(each_engine, assessment_id, now)
    set_to(each_engine, action_id, Wanted(note="first"), now)

    with firm_session(each_engine, EXPORTER.firm_id) as session, pytest.raises(StaleActionError):
        change(session, EXPORTER, action_id, Wanted(note="second"), base_version=1, now=now)


def test_another_firm_sees_no_action(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    action_id = plan(each_engine, assessment_id, now)

    with firm_session(each_engine, STRANGER.firm_id) as session:
        assert actions_of_firm(session) == []
        with pytest.raises(NoSuchActionError):
            accept(session, STRANGER, action_id, now=now)


def test_today_is_what_a_fresh_scoring_of_the_remedied_answers_gives(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    edition, day = load_edition("ecl-icp", "2026.1"), date(2026, 11, 24)
    answers = {
        "SCP-01": Answer(value=("manufacturer",)),
        "SCP-04": Answer(value=("sale",)),
        "LIC-01": Answer(value=1),
    }
    action_id = plan(each_engine, assessment_id, now)
    before = scorecard_today(edition, answers, day, [look(each_engine, action_id)])
    set_to(each_engine, action_id, DONE, now)
    with firm_session(each_engine, OFFICER.firm_id) as session:
        accept(session, OFFICER, action_id, now=now)

    after = scorecard_today(edition, answers, day, [look(each_engine, action_id)])

    assert before == score(edition, answers, day)
    assert after == what_if(edition, answers, day, {"LIC-01": Lift.TARGET})


def test_the_plan_leaves_as_spreadsheet_and_calendar(
    each_engine: Engine, assessment_id: UUID, now: datetime
) -> None:
    plan(each_engine, assessment_id, now, Wanted(due_on=SOON, note="=1+1", owner_name="林悦"))
    with firm_reading(each_engine, EXPORTER.firm_id) as session:
        actions = actions_of_firm(session)

    sheet = load_workbook(
        io.BytesIO(workbook(actions, HEADINGS, {s: s.value for s in ActionState}))
    ).active
    todo = Calendar.from_ical(calendar(actions, now)).walk("VTODO")[0]

    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]][:3] == [
        "LIC-01",
        "Add a licence field to the order form",
        "林悦",
    ]
    assert rows[1][6].value == "=1+1"
    assert rows[1][6].data_type == "s"
    assert todo.decoded("due") == SOON
