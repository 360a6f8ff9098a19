"""A sector's figure gives no firm away: not alone, not by difference, not by time."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from compliance.assessments import (
    SMALLEST_GROUP,
    SectorBenchmark,
    benchmarks_of,
    figure_of,
    may_replace,
    may_see,
    refresh_benchmarks,
)
from compliance.database import all_firms_session, shared_reading, shared_session
from compliance.identity import Firm
from tests.review.conftest import OFFICER
from tests.support.portfolios import FirmToMake, make_firms

DAY = date(2026, 11, 24)
SECTOR = "machine-tools"
SCORES = st.lists(st.floats(0, 100), max_size=12)


def refresh(engine: Engine) -> int:
    with all_firms_session(engine, reason="test") as session:
        return refresh_benchmarks(session, today=DAY)


def figures(engine: Engine) -> dict[str, float]:
    with shared_reading(engine) as session:
        return {
            b.module_id: b.median
            for b in session.scalars(
                select(SectorBenchmark).where(SectorBenchmark.withdrawn.is_(False))
            )
        }


def some_firms(number: int, **more: object) -> list[FirmToMake]:
    return [FirmToMake(f"F{n}", (50.0 + 10 * n,), **more) for n in range(number)]  # type: ignore[arg-type]


@given(values=SCORES)
def test_a_group_below_five_has_no_figure(values: list[float]) -> None:
    found = figure_of(values)

    assert (found is None) == (len(values) < SMALLEST_GROUP)
    if found is not None:
        assert min(values) - 1 <= found.lower <= found.median <= found.upper <= max(values) + 1


def test_five_firms_are_published_and_four_are_not(each_engine: Engine) -> None:
    make_firms(each_engine, some_firms(4))

    assert refresh(each_engine) == 0
    assert figures(each_engine) == {}

    make_firms(each_engine, [FirmToMake("Fifth", (50.0,))])
    refresh(each_engine)
    assert figures(each_engine)[""] == 60.0


def test_training_firms_and_firms_without_a_sector_never_count(each_engine: Engine) -> None:
    make_firms(each_engine, some_firms(4))
    make_firms(each_engine, some_firms(3, kind="training"))
    make_firms(each_engine, some_firms(3, sector=None))

    refresh(each_engine)

    assert figures(each_engine) == {}


def test_one_more_firm_does_not_change_what_is_published(each_engine: Engine) -> None:
    """Two publications that differ by one firm would tell its score."""
    make_firms(each_engine, some_firms(5))
    refresh(each_engine)
    before = figures(each_engine)

    make_firms(each_engine, [FirmToMake("Sixth", (0.0,))])

    assert refresh(each_engine) == 0
    assert figures(each_engine) == before


def test_one_new_result_does_not_change_what_is_published(each_engine: Engine) -> None:
    firms = some_firms(5)
    make_firms(each_engine, firms)
    refresh(each_engine)
    before = figures(each_engine)
    with all_firms_session(each_engine, reason="test") as session:
        kept = session.scalars(select(SectorBenchmark).where(SectorBenchmark.module_id == "")).one()
        assert set(kept.counted) == {str(f.id) for f in firms}
        session.execute(
            update(SectorBenchmark)
            .where(SectorBenchmark.id == kept.id)
            .values(counted={**kept.counted, str(firms[0].id): "an older snapshot"})
        )

    refresh(each_engine)

    assert figures(each_engine) == before


def test_five_changes_at_once_are_published(each_engine: Engine) -> None:
    make_firms(each_engine, some_firms(5))
    refresh(each_engine)

    make_firms(each_engine, [FirmToMake(f"New {n}", (0.0,)) for n in range(5)])
    refresh(each_engine)

    assert figures(each_engine)[""] < 50.0


def test_a_shrunken_group_is_withdrawn_and_remembered(each_engine: Engine) -> None:
    """It must not come back with one firm exchanged: the difference would tell both."""
    firms = some_firms(5)
    make_firms(each_engine, firms)
    refresh(each_engine)
    with shared_session(each_engine) as session:
        session.get_one(Firm, firms[0].id).sector = "optics"

    refresh(each_engine)
    assert figures(each_engine) == {}

    make_firms(each_engine, [FirmToMake("Replacement", (0.0,))])
    refresh(each_engine)
    assert figures(each_engine) == {}


def test_who_knows_all_but_four_sees_nothing(each_engine: Engine) -> None:
    firms = some_firms(6)
    make_firms(each_engine, firms)
    refresh(each_engine)

    with shared_reading(each_engine) as session:
        stranger = benchmarks_of(session, [SECTOR], [])
        with_one = benchmarks_of(session, [SECTOR], [firms[0].id])
        with_two = benchmarks_of(session, [SECTOR], [firms[0].id, firms[1].id])

    assert len(stranger) == len(with_one) == 8
    assert with_two == []


@given(
    before=st.dictionaries(st.sampled_from("abcdefghij"), st.sampled_from("123")),
    after=st.dictionaries(st.sampled_from("abcdefghij"), st.sampled_from("123")),
)
def test_publications_differ_by_nobody_or_by_five(
    before: dict[str, str], after: dict[str, str]
) -> None:
    changed = {firm for firm in before.keys() | after.keys() if before.get(firm) != after.get(firm)}

    assert may_replace(before, after) == (len(changed) == 0 or len(changed) >= SMALLEST_GROUP)


def test_strangers_are_counted_not_firms() -> None:
    ids = [uuid4() for _ in range(7)]
    counted = {str(i): "s" for i in ids}

    assert may_see(counted, ids[:2])
    assert not may_see(counted, ids[:3])


def test_the_page_shows_a_figure_only_where_five_others_stand_behind_it(
    client_of: Callable[[str], FlaskClient], engine: Engine
) -> None:
    officer = client_of("officer@amber.example")
    own = [FirmToMake("Own One", (40.0,))]
    make_firms(engine, own, person_id=OFFICER.person_id)
    make_firms(engine, some_firms(4))
    refresh(engine)

    hidden = officer.get("/portfolio").text
    make_firms(engine, [FirmToMake(f"More {n}", (70.0,)) for n in range(5)])
    refresh(engine)
    shown = officer.get("/portfolio").text

    assert "Sector machine-tools, median" not in hidden
    assert "Sector machine-tools, median" in shown
    assert "10 firms" in shown
