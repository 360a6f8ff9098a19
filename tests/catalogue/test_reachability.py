"""The search finds answers exactly where there are some."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.answers import Answer, survey
from compliance.catalogue import Edition, load_edition
from compliance.catalogue.condition import All, AnyOf, AtLeast, Equals, HasTrait, Includes, Not
from compliance.catalogue.reachability import Search
from tests.catalogue.conftest import TINY

DAY = date(2026, 12, 20)


def tiny() -> Edition:
    return load_edition("tiny", "2026.1", TINY)


SCOPE = [None, (), ("goods",), ("tech",), ("goods", "tech"), ("none",)]
LISTED = [None, "yes", "partial", "no"]
DECIDES = [None, 0, 1, 2, 3, 4, "unknown"]
CHECKED = [None, "each", "first", "never"]
FILES = [None, 0, 5, 9]


def every_way() -> list[tuple[frozenset[str], dict[str, object]]]:
    """Traits and values of every combination of answers to the tiny questionnaire."""
    edition = tiny()
    ways = []
    for values in product(SCOPE, LISTED, DECIDES, CHECKED, FILES):
        ids = ("SCP-01", "SCP-02", "LIC-01", "LIC-02", "LIC-03")
        given_values = dict(zip(ids, values, strict=True))
        answers = {q: Answer(value=v) for q, v in given_values.items() if v is not None}  # type: ignore[arg-type]
        found = survey(edition, answers, DAY)
        ways.append((found.traits, dict(found.values)))
    return ways


WAYS = every_way()

tests = st.one_of(
    st.builds(HasTrait, st.sampled_from(["has_goods", "has_tech", "has_listed"])),
    st.builds(Includes, st.just("SCP-01"), st.sampled_from(["goods", "tech", "none"])),
    st.builds(Equals, st.just("SCP-02"), st.sampled_from(["yes", "partial", "no"])),
    st.builds(Equals, st.just("LIC-01"), st.sampled_from([0, 1, 4, "unknown"])),
    st.builds(AtLeast, st.just("LIC-01"), st.integers(0, 4)),
    st.builds(Equals, st.just("LIC-02"), st.sampled_from(["each", "never"])),
    st.builds(AtLeast, st.just("LIC-03"), st.sampled_from([5, 9])),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=1, max_size=4).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@given(conditions)
@settings(max_examples=300)
def test_search_agrees_with_trying_all_answers(condition: All) -> None:
    possible = any(condition.holds(traits, values) for traits, values in WAYS)

    assert (Search(tiny()).example(condition) is not None) == possible


def test_example_shows_the_question(edition: Edition) -> None:
    search = Search(edition)
    for question in edition.questions:
        example = search.example(question.shown_when)

        assert example is not None, question.id
        answers = {q: Answer(value=v) for q, v in example.items()}  # type: ignore[arg-type]
        assert question.id in survey(edition, answers, date(2026, 11, 25)).shown, question.id


@pytest.mark.parametrize("trait", ["has_goods", "has_listed"])
def test_contradiction_in_itself_is_unreachable(trait: str) -> None:
    condition = All((HasTrait(trait), Not(HasTrait(trait))))

    assert Search(tiny()).example(condition) is None
