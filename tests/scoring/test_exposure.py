"""Penalty exposure: boundary rules and worked examples of the statute; one act is fined once."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.answers import Answer
from compliance.catalogue import load_edition
from compliance.scoring import Base, Measure, exposure_of, exposures, heaviest, score

EDITION = load_edition("ecl-icp", "2026.1")
DAY = date(2026, 11, 24)
CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "catalogue" / "fines.yaml").read_text(encoding="utf-8")
)
ALL_BAD = {
    "SCP-01": Answer(value=("manufacturer",)),
    "SCP-04": Answer(value=("sale",)),
    "LIC-01": Answer(value=0),
    "LIC-19": Answer(value=0),
}


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['penalty']}-{c['base_cny']}")
def test_worked_examples(case: dict[str, Any]) -> None:
    base = Fraction(str(case["base_cny"]))

    found = exposure_of(EDITION.penalties[case["penalty"]], (), dict.fromkeys(Base, base))

    assert found.lowest == Fraction(str(case["lowest"]))
    assert found.highest == Fraction(str(case["highest"]))


@pytest.mark.parametrize(
    ("turnover", "measure"),
    [("499999.99", Measure.FIXED), ("500000", Measure.MULTIPLE), ("500000.01", Measure.MULTIPLE)],
)
def test_the_threshold_itself_takes_the_multiples(turnover: str, measure: Measure) -> None:
    """Export Control Law, article 34: "at or above 500 000 yuan", inclusive."""
    penalty = EDITION.penalties["pen-unlicensed"]

    assert exposure_of(penalty, (), {Base.TURNOVER: Fraction(turnover)}).measure is measure


def test_without_a_figure_the_fixed_amounts_apply() -> None:
    found = exposure_of(EDITION.penalties["pen-unlicensed"], (), {})

    assert (found.measure, found.lowest, found.highest) == (Measure.FIXED, 500_000, 5_000_000)


def test_a_share_of_goods_without_their_value_gives_no_range() -> None:
    found = exposure_of(EDITION.penalties["pen-customs-misdeclare"], (), {})

    assert (found.measure, found.highest) == (Measure.NONE, None)


def test_a_gap_in_the_law_points_to_its_penalties() -> None:
    found = exposures(EDITION, score(EDITION, ALL_BAD, DAY), {})

    unlicensed = next(one for one in found if one.penalty.id == "pen-unlicensed")
    assert "LIC-01" in unlicensed.questions


def test_every_range_names_the_answers_that_point_to_it() -> None:
    assert all(one.questions for one in exposures(EDITION, score(EDITION, ALL_BAD, DAY), {}))


@given(turnover=st.integers(min_value=0, max_value=10**10))
def test_one_act_is_fined_by_the_heaviest_rule_and_never_by_the_sum(turnover: int) -> None:
    """Administrative Penalty Law, article 29."""
    card = score(EDITION, ALL_BAD, DAY)

    found = exposures(EDITION, card, {Base.TURNOVER: Fraction(turnover)})

    top = heaviest(found)
    fines = [one.highest for one in found if one.highest is not None]
    assert top is not None
    assert top.highest == max(fines)
    assert all(one.highest is None for one in found[len(fines) :])


@given(low=st.integers(0, 10**9), more=st.integers(0, 10**9))
def test_the_upper_end_never_falls_above_the_threshold(low: int, more: int) -> None:
    penalty = EDITION.penalties["pen-unlicensed"]
    base = (penalty.threshold_cny or 0) + low

    smaller = exposure_of(penalty, (), {Base.TURNOVER: Fraction(base)})
    larger = exposure_of(penalty, (), {Base.TURNOVER: Fraction(base + more)})

    assert larger.highest is not None
    assert smaller.highest is not None
    assert larger.highest >= smaller.highest
