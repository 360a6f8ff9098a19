"""Items are classified step by step and signed by two people; a changed list opens them again."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from compliance.database import firm_session, make_engine
from compliance.determination import (
    NotFoundError,
    Parameter,
    Worksheet,
    WorksheetContent,
    WorksheetError,
    WorksheetState,
    change_worksheet,
    find_worksheet,
    load_classification,
    open_worksheet,
    read_parameters,
    reopen_worksheets,
    sign_worksheet,
)
from tests.support import cast

TODAY = cast.NOW.date()
LISTS = {"DUAL-USE": 3}
ALL_NO = {step.id: "no" for step in load_classification().steps}
EXPORTER, OFFICER = cast.actor("exporter@amber.example"), cast.actor("officer@amber.example")


@pytest.fixture
def engine(each_database_url: str):
    engine = make_engine(each_database_url)
    yield engine
    engine.dispose()


def finished(**changes: object) -> WorksheetContent:
    content = {
        "item": "Valve 12",
        "reason": "Report M-7",
        "review_on": TODAY + timedelta(days=90),
        "steps": ALL_NO,
    }
    return WorksheetContent(**{**content, **changes})


def opened(engine: Engine, content: WorksheetContent) -> Worksheet:
    with firm_session(engine, EXPORTER.firm_id) as session:
        return open_worksheet(session, EXPORTER, content, now=cast.NOW)


def sign(engine: Engine, actor, worksheet_id, lists=LISTS) -> Worksheet:
    with firm_session(engine, actor.firm_id) as session:
        return sign_worksheet(session, actor, worksheet_id, lists, now=cast.NOW, today=TODAY)


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({}, None),
        ({"military": "yes"}, "military"),
        ({"military": "no"}, None),
        ({"military": "unsure"}, "ask_authority"),
        ({"military": "no", "nuclear": "no", "monitored-chemical": "yes"}, "monitored_chemical"),
        ({**ALL_NO, "dual-use-list": "yes"}, "dual_use"),
        ({**ALL_NO, "temporary-control": "yes"}, "temporary"),
        (ALL_NO, "not_listed"),
    ],
)
def test_the_first_answer_that_is_not_no_decides(answers, result):
    assert load_classification().result_of(answers) == result


@pytest.mark.parametrize(
    ("value", "comparison", "threshold", "meets"),
    [
        ("5", "at_least", "5", True),
        ("5", "more_than", "5", False),
        ("4.20", "at_most", "6", True),
        ("1,000.5", "less_than", "1000.6", True),
        ("99.90", "equal", "99.9", True),
    ],
)
def test_parameters_are_compared_exactly(value, comparison, threshold, meets):
    assert Parameter("p", value, comparison, threshold).meets is meets


@pytest.mark.parametrize("value", ["", "five", "NaN", "inf", "1e"])
def test_a_parameter_needs_digits(value):
    raw = {"name": "p", "value": value, "comparison": "at_least", "threshold": "1"}

    with pytest.raises(WorksheetError):
        read_parameters([raw])


def test_two_different_people_sign(engine):
    worksheet = opened(engine, finished())
    sign(engine, EXPORTER, worksheet.id)

    with pytest.raises(WorksheetError, match="another person"):
        sign(engine, EXPORTER, worksheet.id)
    signed = sign(engine, OFFICER, worksheet.id)

    assert signed.state == WorksheetState.SIGNED
    assert (signed.first_signer_name, signed.second_signer_name) == (EXPORTER.name, OFFICER.name)
    assert signed.lists == LISTS


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": {"military": "no"}}, "step"),
        ({"reason": " "}, "reason"),
        ({"review_on": None}, "review"),
        ({"review_on": TODAY}, "review"),
    ],
)
def test_what_is_unfinished_is_not_signed(engine, changes, said):
    worksheet = opened(engine, finished(**changes))

    with pytest.raises(WorksheetError, match=said):
        sign(engine, EXPORTER, worksheet.id)


def test_a_signed_worksheet_is_not_changed(engine):
    worksheet = opened(engine, finished())
    sign(engine, EXPORTER, worksheet.id)

    with (
        firm_session(engine, EXPORTER.firm_id) as session,
        pytest.raises(WorksheetError, match="reopened"),
    ):
        change_worksheet(session, EXPORTER, worksheet.id, finished(), now=cast.NOW)


def test_a_new_version_of_a_list_reopens_what_rests_on_the_old(engine):
    stale, current = opened(engine, finished()), opened(engine, finished(item="Pump 3"))
    for worksheet, lists in ((stale, LISTS), (current, {"DUAL-USE": 4})):
        sign(engine, EXPORTER, worksheet.id, lists)
        sign(engine, OFFICER, worksheet.id, lists)

    with firm_session(engine, EXPORTER.firm_id) as session:
        number = reopen_worksheets(session, "DUAL-USE", 4, now=cast.NOW)
        states = [find_worksheet(session, w.id).state for w in (stale, current)]

    assert number == 1
    assert states == [WorksheetState.REOPENED, WorksheetState.SIGNED]


def test_a_list_that_changes_between_the_signatures_stops_the_second(engine):
    worksheet = opened(engine, finished())
    sign(engine, EXPORTER, worksheet.id)

    with pytest.raises(WorksheetError, match="list has changed"):
        sign(engine, OFFICER, worksheet.id, {"DUAL-USE": 4})


def test_another_firm_sees_no_worksheet(engine):
    worksheet = opened(engine, finished())
    stranger = cast.actor("officer@borealis.example")

    with (
        firm_session(engine, stranger.firm_id) as session,
        pytest.raises(NotFoundError),
    ):
        find_worksheet(session, worksheet.id)
