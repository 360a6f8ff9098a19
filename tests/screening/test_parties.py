"""Parties are screened, people decide, and a changed list screens again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from compliance.database import firm_session, make_engine, shared_session
from compliance.screening import (
    DecisionError,
    Judgement,
    ListKind,
    NotFoundError,
    Ruling,
    Source,
    close_party,
    decide_match,
    find_party,
    import_parties,
    read_parties,
    register_party,
    rescreen_open_parties,
    results_of,
    screen_party,
    standing_of,
)
from tests.support import cast

HEADER = "name,name_zh,aliases,country,reference,listed_on,delisted_on\n"
TODAY = cast.NOW.date()
OFFICER = cast.actor("officer@amber.example")


@pytest.fixture
def engine(each_database_url: str):
    engine = make_engine(each_database_url)
    bring_in(engine, ["Kestrel Photonics GmbH,,,XX,R1,,"])
    yield engine
    engine.dispose()


def bring_in(engine: Engine, lines: list[str], kind=ListKind.CONTROLLED, code="C") -> None:
    content = (HEADER + "\n".join(lines) + "\n").encode()
    source = Source(code, kind, TODAY, content, "tester")
    with shared_session(engine) as session:
        import_parties(session, source, read_parties(content), now=cast.NOW, confirmed=True)


def screened(engine: Engine, name: str):
    with firm_session(engine, OFFICER.firm_id) as session:
        party = register_party(session, OFFICER, name, now=cast.NOW)
        screen_party(session, OFFICER, party.id, now=cast.NOW, today=TODAY)
    return party


def standing(engine: Engine, party_id, day: date = TODAY):
    with firm_session(engine, OFFICER.firm_id) as session:
        return standing_of(session, party_id, day)


def decide(engine: Engine, party_id, judgement: Judgement, key: str = "R1") -> None:
    with firm_session(engine, OFFICER.firm_id) as session:
        decide_match(session, OFFICER, party_id, "C", key, judgement, now=cast.NOW, today=TODAY)


def test_a_result_says_all_that_it_rests_on(engine):
    party = screened(engine, "Kestral Photonics")

    result = standing(engine, party.id).result

    (match,) = result.matches
    assert (result.verdict, result.lists, result.matcher) == ("hit", {"C": 1}, "1")
    assert (result.alert_from, result.review_from) == (0.82, 0.6)
    assert match["score"] >= 0.82
    assert match["reasons"]


@pytest.mark.parametrize(
    ("ruling", "hit"),
    [
        (None, "possible"),
        (Ruling.NEED_MORE, "possible"),
        (Ruling.FALSE_HIT, "none"),
        (Ruling.TRUE_HIT, "controlled"),
    ],
)
def test_a_decision_says_what_a_match_means(engine, ruling, hit):
    party = screened(engine, "Kestrel Photonics GmbH")

    if ruling:
        decide(engine, party.id, Judgement(ruling, "Register extract"))

    assert standing(engine, party.id).list_hit == hit


def test_a_decision_ends_and_the_match_is_open_again(engine):
    party = screened(engine, "Kestrel Photonics GmbH")
    ends = TODAY + timedelta(days=30)

    decide(engine, party.id, Judgement(Ruling.FALSE_HIT, "Another founding date", ends))

    assert standing(engine, party.id, ends - timedelta(days=1)).list_hit == "none"
    assert standing(engine, party.id, ends).list_hit == "possible"


@pytest.mark.parametrize(
    ("judgement", "key"),
    [
        (Judgement(Ruling.FALSE_HIT, "  "), "R1"),
        (Judgement(Ruling.FALSE_HIT, "why", TODAY), "R1"),
        (Judgement(Ruling.FALSE_HIT, "why", TODAY + timedelta(days=400)), "R1"),
        (Judgement(Ruling.FALSE_HIT, "why"), "R2"),
    ],
)
def test_a_decision_needs_reason_end_and_match(engine, judgement, key):
    party = screened(engine, "Kestrel Photonics GmbH")

    with pytest.raises(DecisionError):
        decide(engine, party.id, judgement, key)


def test_a_decision_holds_for_the_entry_in_a_new_version(engine):
    party = screened(engine, "Kestrel Photonics GmbH")
    decide(engine, party.id, Judgement(Ruling.FALSE_HIT, "Another founding date"))
    bring_in(engine, ["Kestrel Photonics GmbH,,Kestrel,XX,R1,,", "Arden Metals Ltd,,,XX,R2,,"])

    with firm_session(engine, OFFICER.firm_id) as session:
        changed = rescreen_open_parties(session, now=cast.NOW, today=TODAY)

    assert changed == 0
    assert standing(engine, party.id).list_hit == "none"


def test_open_parties_are_screened_again_when_a_list_changes(engine):
    party, gone = screened(engine, "Arden Metals Ltd"), screened(engine, "Arden Metals Limited")
    with firm_session(engine, OFFICER.firm_id) as session:
        close_party(session, OFFICER, gone.id, now=cast.NOW)
    bring_in(engine, ["Arden Metals Ltd,,,XX,R2,,"], ListKind.WATCH, "W")

    with firm_session(engine, OFFICER.firm_id) as session:
        changed = rescreen_open_parties(session, now=cast.NOW, today=TODAY)
        results = [len(results_of(session, p.id)) for p in (party, gone)]

    assert (changed, results) == (1, [2, 1])
    assert standing(engine, party.id).list_hit == "possible"


def test_unscreened_and_too_short_parties_are_not_clear(engine):
    with firm_session(engine, OFFICER.firm_id) as session:
        party = register_party(session, OFFICER, "Wang", now=cast.NOW)
    before = standing(engine, party.id).list_hit
    with firm_session(engine, OFFICER.firm_id) as session:
        screen_party(session, OFFICER, party.id, now=cast.NOW, today=TODAY)

    assert (before, standing(engine, party.id).list_hit) == ("unscreened", "possible")


@pytest.mark.parametrize("name", ["", "   ", "x" * 301])
def test_a_party_needs_a_name(engine, name):
    with firm_session(engine, OFFICER.firm_id) as session, pytest.raises(DecisionError):
        register_party(session, OFFICER, name, now=cast.NOW)


def test_another_firm_sees_no_party(engine):
    party = screened(engine, "Kestrel Photonics GmbH")
    stranger = cast.actor("officer@borealis.example")

    with firm_session(engine, stranger.firm_id) as session, pytest.raises(NotFoundError):
        find_party(session, party.id)
