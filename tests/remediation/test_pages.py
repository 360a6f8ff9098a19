"""Remedies as pages: planned from gaps, changed, accepted, exported; what is refused, in words."""

import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import Engine, select

from compliance.clock import now as utc_now
from compliance.clock import today
from compliance.database import firm_reading, firm_session
from compliance.identity import Person, firm_of
from compliance.language import Language
from compliance.mail import Mail
from compliance.remediation import (
    RemediationAction,
    Wanted,
    actions_of_firm,
    plan_gaps,
    remind,
    stage,
    wants_reminder,
)
from compliance.settings import Settings
from compliance.worker import run_one
from compliance.worker.reminding import order_reminders_daily
from tests.review.conftest import EXPORTER, OFFICER, an_assessment, in_review

__all__ = ["an_assessment", "in_review"]
SOON = (today() + timedelta(days=20)).isoformat()


@pytest.fixture
def officer(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("officer@amber.example")


@pytest.fixture
def exporter(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("exporter@amber.example")


@pytest.fixture
def planned(exporter: FlaskClient, engine: Engine, in_review: UUID) -> UUID:
    """An action of the exporter, due soon."""
    form = {"question": "LIC-01", "owner": str(EXPORTER.person_id), "due_on": SOON}
    exporter.post(f"/assessments/{in_review}/remedies", data=form)
    return actions(engine)[0].id


def actions(engine: Engine) -> list[RemediationAction]:
    with firm_reading(engine, EXPORTER.firm_id) as session:
        return list(actions_of_firm(session))


def form_of(action: RemediationAction, **changes: str) -> dict[str, str]:
    return {
        "version": str(action.version),
        "owner": str(action.owner_id or ""),
        "due_on": action.due_on.isoformat() if action.due_on else "",
        "state": action.state,
        "note": action.note,
        "proof": action.proof,
        "depends_on": "",
        **changes,
    }


def test_gaps_become_actions_once(exporter: FlaskClient, engine: Engine, in_review: UUID) -> None:
    address = f"/assessments/{in_review}/remedies"

    for _ in range(2):
        exporter.post(address, data={"question": ["LIC-01", "LIC-19"], "due_on": SOON})

    assert sorted(a.question_id for a in actions(engine)) == ["LIC-01", "LIC-19"]
    assert "planned" in exporter.get(f"{address}/new").text


def test_a_due_date_in_the_past_is_refused_in_words(
    exporter: FlaskClient, engine: Engine, in_review: UUID
) -> None:
    answer = exporter.post(
        f"/assessments/{in_review}/remedies", data={"question": "LIC-01", "due_on": "2020-01-01"}
    )

    assert answer.status_code == 422
    assert "The due date lies in the past." in answer.text
    assert actions(engine) == []


def test_planning_nothing_is_said(exporter: FlaskClient, in_review: UUID) -> None:
    answer = exporter.post(f"/assessments/{in_review}/remedies", data={})

    assert answer.status_code == 422
    assert "Choose at least one gap." in answer.text


def test_done_needs_proof_and_the_officers_acceptance(
    exporter: FlaskClient, officer: FlaskClient, engine: Engine, planned: UUID
) -> None:
    address = f"/remediation/{planned}"

    unproven = exporter.post(address, data=form_of(actions(engine)[0], state="done"))
    exporter.post(address, data=form_of(actions(engine)[0], state="done", proof="DMS 4711"))
    by_owner = exporter.post(f"{address}/accept")
    officer.post(f"{address}/accept")

    assert unproven.status_code == 422
    assert "Say first what shows that it is done." in unproven.text
    assert by_owner.status_code == 403
    assert actions(engine)[0].state == "accepted"
    assert "1 of 1 actions accepted." in officer.get("/remediation").text


def test_the_officer_sends_back_with_a_reason(
    exporter: FlaskClient, officer: FlaskClient, engine: Engine, planned: UUID
) -> None:
    address = f"/remediation/{planned}"
    exporter.post(address, data=form_of(actions(engine)[0], state="done", proof="DMS 4711"))

    silent = officer.post(f"{address}/send-back", data={"reason": " "})
    officer.post(f"{address}/send-back", data={"reason": "The form is unsigned."})

    assert silent.status_code == 422
    assert "The form is unsigned." in exporter.get(address).text
    assert actions(engine)[0].state == "in_progress"


def test_a_stale_page_does_not_overwrite(
    exporter: FlaskClient, engine: Engine, planned: UUID
) -> None:
    old = form_of(actions(engine)[0], note="mine")
    exporter.post(f"/remediation/{planned}", data=form_of(actions(engine)[0], note="theirs"))

    answer = exporter.post(f"/remediation/{planned}", data=old)

    assert answer.status_code == 409
    assert "Somebody else changed this action meanwhile." in answer.text
    sides = re.findall(r'<p class="quoted">([^<]*)</p>', answer.text)
    assert sides == ["mine", "theirs"]
    assert actions(engine)[0].note == "theirs"


def test_the_same_change_sent_twice_is_no_clash(
    exporter: FlaskClient, engine: Engine, planned: UUID
) -> None:
    data = form_of(actions(engine)[0], note="said once")

    answers = [exporter.post(f"/remediation/{planned}", data=data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert actions(engine)[0].note == "said once"


def test_overdue_is_said_and_shown_on_both_views(
    exporter: FlaskClient, engine: Engine, in_review: UUID, now: datetime
) -> None:
    plan_due(engine, in_review, date(2026, 1, 5), date(2026, 1, 1))

    for view in ("table", "board"):
        assert "overdue by" in exporter.get(f"/remediation?view={view}").text
    assert "LIC-01" in exporter.get("/remediation?state=overdue").text


def test_the_plan_leaves_in_the_readers_language(exporter: FlaskClient, planned: UUID) -> None:
    sheet = load_workbook(io.BytesIO(exporter.get("/remediation/plan.xlsx?lang=zh").data)).active
    todos = exporter.get("/remediation/plan.ics?lang=en").text

    assert sheet is not None
    assert sheet["B1"].value == "措施"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(sheet["B2"].value))
    assert "BEGIN:VTODO" in todos
    assert "LIC-01" in todos


def test_another_firm_finds_no_action(
    client_of: Callable[[str], FlaskClient], planned: UUID
) -> None:
    stranger = client_of("officer@borealis.example")

    assert stranger.get(f"/remediation/{planned}").status_code == 404
    assert stranger.post(f"/remediation/{planned}/accept").status_code == 404
    assert "LIC-01" not in stranger.get("/remediation").text


# --- Reminders ---------------------------------------------------------------------------------


def plan_due(engine: Engine, assessment_id: UUID, due_on: date, day: date) -> None:
    from compliance.assessments import find_assessment
    from compliance.catalogue import load_edition

    moment = datetime.fromisoformat(f"{day.isoformat()}T08:00:00+00:00")
    with firm_session(engine, EXPORTER.firm_id) as session:
        plan_gaps(
            session,
            EXPORTER,
            find_assessment(session, assessment_id),
            load_edition("ecl-icp", "2026.1"),
            ["LIC-01"],
            Wanted(owner_id=EXPORTER.person_id, owner_name=EXPORTER.name, due_on=due_on),
            language=Language.EN,
            now=moment,
        )


def remind_on(engine: Engine, day: date) -> int:
    firm = firm_of(engine, EXPORTER.firm_id)
    moment = datetime.fromisoformat(f"{day.isoformat()}T01:00:00+00:00")
    with firm_session(engine, EXPORTER.firm_id) as session:
        return remind(session, firm, base_url="https://example.org", now=moment, today=day)


def mails(engine: Engine) -> list[Mail]:
    with firm_reading(engine, EXPORTER.firm_id) as session:
        return list(session.scalars(select(Mail).order_by(Mail.created_at)))


@pytest.mark.parametrize(
    ("days_before", "reached"),
    [(30, 0), (8, 0), (7, 1), (2, 1), (1, 2), (0, 2), (-1, 3), (-7, 3), (-8, 4)],
)
def test_stages_of_a_due_date(days_before: int, reached: int) -> None:
    due_on = date(2026, 6, 30)

    assert stage(due_on, due_on - timedelta(days=days_before)) == reached


def test_each_stage_is_told_once_even_after_missed_days(engine: Engine, in_review: UUID) -> None:
    plan_due(engine, in_review, date(2026, 6, 30), date(2026, 5, 1))

    sent = [remind_on(engine, date(2026, 6, day)) for day in (1, 24, 24, 26, 29, 30)]

    assert sent == [0, 1, 0, 0, 1, 0]
    assert remind_on(engine, date(2026, 7, 20)) == 1


def test_the_mail_speaks_the_receivers_language(engine: Engine, in_review: UUID) -> None:
    from compliance.database import shared_session

    plan_due(engine, in_review, date(2026, 6, 30), date(2026, 5, 1))
    with shared_session(engine) as session:
        session.get_one(Person, EXPORTER.person_id).language = "zh"

    remind_on(engine, date(2026, 7, 2))

    (mail,) = mails(engine)
    assert mail.recipient == "exporter@amber.example"
    assert "已逾期2天" in mail.body
    assert "overdue" not in mail.body
    assert "https://example.org/remediation" in mail.body


def test_who_chose_no_language_reads_both(engine: Engine, in_review: UUID) -> None:
    plan_due(engine, in_review, date(2026, 6, 30), date(2026, 5, 1))

    remind_on(engine, date(2026, 7, 2))

    (mail,) = mails(engine)
    assert "已逾期2天" in mail.body
    assert "overdue by 2 days" in mail.body


def test_nothing_is_due_once_it_is_reported_done() -> None:
    action = RemediationAction(
        owner_id=OFFICER.person_id, due_on=date(2026, 1, 1), state="done", reminded_on=None
    )

    assert not wants_reminder(action, date(2026, 6, 1))


def test_the_command_mails_owners_and_says_how_many(
    app: Flask, engine: Engine, in_review: UUID
) -> None:
    plan_due(engine, in_review, date(2026, 1, 5), date(2026, 1, 1))

    with app.app_context():
        first = app.test_cli_runner().invoke(args=["remediation", "remind"])
        second = app.test_cli_runner().invoke(args=["remediation", "remind"])

    assert first.output == "remediation: 1 mails to owners in 1 firms\n"
    assert second.output == "remediation: 0 mails to owners in 0 firms\n"
    assert list((app.extensions["settings"].data_dir / "outbox").glob("*.eml"))


def test_the_daily_job_is_ordered_once_and_writes_the_mails(
    engine: Engine, settings: Settings, in_review: UUID
) -> None:
    plan_due(engine, in_review, date(2026, 1, 5), date(2026, 1, 1))

    ordered = [order_reminders_daily(engine, now=utc_now(), today=today()) for _ in range(2)]
    while run_one(engine, settings):
        pass

    assert ordered == [1, 0]
    assert len(mails(engine)) == 1
