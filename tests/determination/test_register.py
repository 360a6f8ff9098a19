"""Transactions are stated fact by fact, saved once with their reasons, and never changed after."""

from dataclasses import replace

import pytest

from compliance.audit import trail
from compliance.database import firm_session, make_engine
from compliance.determination import (
    AlreadySavedError,
    ChangedMeanwhileError,
    NotFoundError,
    Party,
    copy_transaction,
    find_transaction,
    load_rules,
    log_flag,
    new_facts,
    open_transaction,
    save_transaction,
    state_facts,
    withdraw_answers,
)
from tests.support import cast

RULES = load_rules()
CLERK = cast.actor("exporter@amber.example")
FRAME = new_facts(cast.NOW.date(), "export", "DE", "Graphite powder")


@pytest.fixture
def session(each_database_url: str):
    engine = make_engine(each_database_url)
    with firm_session(engine, CLERK.firm_id) as session:
        yield session
    engine.dispose()


def test_numbers_count_up_within_the_firm(session):
    numbers = [
        open_transaction(session, CLERK, title, FRAME, now=cast.NOW).number for title in "ab"
    ]

    assert numbers == [1, 2]


def test_answers_are_kept_and_can_be_taken_back(session):
    transaction = open_transaction(session, CLERK, "a", FRAME, now=cast.NOW)
    facts = FRAME.changed("item.listed", "yes")

    state_facts(session, transaction.id, facts, ["item.listed"])
    withdraw_answers(session, transaction.id, ["item.listed"])

    assert transaction.facts["item"]["listed"] == "yes"
    assert transaction.asked == []


def test_a_saved_transaction_keeps_its_result_and_is_not_changed(session):
    transaction = open_transaction(session, CLERK, "a", FRAME, now=cast.NOW)
    facts = replace(FRAME.changed("item.listed", "yes"), parties=(Party("end_user", "K", "none"),))
    state_facts(session, transaction.id, facts, ["item.listed", "parties"], party_ids=[None])

    save_transaction(session, CLERK, transaction.id, RULES, now=cast.NOW)

    assert transaction.outcome == transaction.result["outcome"] == "licence_required"
    with pytest.raises(AlreadySavedError):
        state_facts(session, transaction.id, facts, [])
    assert "transaction.saved" in {entry.action for entry in trail(session)}


def test_what_nobody_was_asked_is_assumed_and_blames_nobody(session):
    transaction = open_transaction(session, CLERK, "a", FRAME, now=cast.NOW)

    save_transaction(session, CLERK, transaction.id, RULES, now=cast.NOW)

    assumed = {s["rule"] for s in transaction.result["steps"] if s["assumed"]}
    assert {"unknown-listed", "end-user-not-named"} <= assumed
    assert transaction.result["programme"] == []


def test_the_log_of_flags_says_who_and_why(session):
    transaction = open_transaction(session, CLERK, "a", FRAME, now=cast.NOW)
    entry = {"flag": "RF-C03", "state": "open"}

    log_flag(session, CLERK, transaction.id, entry, FRAME, now=cast.NOW)

    (logged,) = transaction.flags
    assert (logged["flag"], logged["by"], logged["at"]) == (
        "RF-C03",
        CLERK.name,
        cast.NOW.isoformat(),
    )


def test_a_copy_asks_parties_and_flags_anew(session):
    transaction = open_transaction(session, CLERK, "a", FRAME, now=cast.NOW)
    state_facts(session, transaction.id, FRAME, ["item.listed", "parties", "red_flags"])
    save_transaction(session, CLERK, transaction.id, RULES, now=cast.NOW)

    copy = copy_transaction(session, CLERK, transaction.id, now=cast.NOW)

    assert (copy.number, copy.asked, copy.saved_at) == (2, ["item.listed"], None)


def test_another_firm_sees_no_transaction(each_database_url):
    engine = make_engine(each_database_url)
    with firm_session(engine, CLERK.firm_id) as session:
        transaction = open_transaction(session, CLERK, "a", FRAME, now=cast.NOW)
    stranger = cast.actor("exporter@borealis.example")

    with firm_session(engine, stranger.firm_id) as session, pytest.raises(NotFoundError):
        find_transaction(session, transaction.id)
    engine.dispose()


@pytest.mark.postgres
def test_two_who_answer_at_the_same_moment_do_not_overwrite_each_other(postgres_url):
    engine = make_engine(postgres_url)
    with firm_session(engine, CLERK.firm_id) as session:
        opened = open_transaction(session, CLERK, "a", FRAME, now=cast.NOW)

    def answer_while_another_answers() -> None:
        with firm_session(engine, CLERK.firm_id) as slow:
            seen = find_transaction(slow, opened.id)  # kept: the session holds rows weakly
            with firm_session(engine, CLERK.firm_id) as fast:
                state_facts(fast, opened.id, FRAME.changed("item.listed", "yes"), ["item.listed"])
            state_facts(slow, seen.id, FRAME.changed("item.listed", "no"), ["item.listed"])

    with pytest.raises(ChangedMeanwhileError):
        answer_while_another_answers()
    engine.dispose()
