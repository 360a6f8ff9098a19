"""Conditions are a small closed form; without a value every test fails."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.catalogue import notation
from compliance.catalogue import tests_of as single_tests  # else pytest takes it for a test
from compliance.catalogue.condition import All, AnyOf, AtLeast, Equals, HasTrait, Includes, Not
from compliance.catalogue.fields import Faults, Fields
from compliance.catalogue.reading_conditions import condition

VALUES = {"A": "yes", "B": ("one", "two"), "C": 2, "D": Fraction(5, 2), "E": "unknown"}


@pytest.mark.parametrize(
    ("node", "holds"),
    [
        (HasTrait("t"), True),
        (HasTrait("u"), False),
        (Equals("A", "yes"), True),
        (Equals("A", "no"), False),
        (Equals("C", 2), True),
        (Equals("C", "2"), False),
        (Equals("C", True), False),
        (Equals("E", "unknown"), True),
        (Equals("Z", "yes"), False),
        (Includes("B", "two"), True),
        (Includes("B", "three"), False),
        (Includes("A", "yes"), False),
        (AtLeast("C", 2), True),
        (AtLeast("C", 3), False),
        (AtLeast("D", 2.5), True),
        (AtLeast("E", 0), False),
        (AtLeast("Z", 0), False),
        (Not(AtLeast("Z", 0)), True),
        (All(()), True),
        (AnyOf(()), False),
        (All((HasTrait("t"), Equals("A", "yes"))), True),
        (AnyOf((HasTrait("u"), Equals("A", "no"))), False),
    ],
)
def test_condition_holds(node: Any, holds: bool) -> None:
    assert node.holds(frozenset({"t"}), VALUES) is holds


def test_level_one_is_not_true() -> None:
    assert not Equals("A", 1).holds(frozenset(), {"A": True})


nodes = st.recursive(
    st.one_of(
        st.builds(HasTrait, st.sampled_from(["has_a", "has_b"])),
        st.builds(Equals, st.just("SCP-01"), st.sampled_from(["yes", 3])),
        st.builds(Includes, st.just("SCP-02"), st.just("one")),
        st.builds(AtLeast, st.just("SCP-03"), st.integers(0, 4)),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=12,
)


@given(nodes)
def test_raw_form_reads_back_to_the_same(node: Any) -> None:
    faults = Faults("x.yaml")

    assert condition(Fields({"when": node.raw}, faults).inner("when")) == node
    assert faults.found == []


@given(nodes)
def test_every_test_is_told(node: Any) -> None:
    told = list(single_tests(node))

    assert all(str(getattr(test, "trait", "") or test.question) in notation(node) for test in told)


def test_notation_is_for_people() -> None:
    node = All((HasTrait("has_listed"), Not(Equals("SCP-03", "yes"))))

    assert notation(node) == "has_listed and (not (SCP-03 = yes))"
