"""Facts are asked one at a time, and what is left unasked could not have changed the outcome."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.determination import (
    ALLOWED,
    ORDER,
    PARTIES,
    RED_FLAGS,
    UNKNOWN,
    Facts,
    Party,
    determine,
    load_rules,
    new_facts,
    next_fact,
)

RULES = load_rules()
STOP = next(flag for flag, severity in RULES.severities.items() if severity == 3)
DAYS = [date(2020, 11, 30), date(2024, 11, 30), date(2026, 11, 24)]
RARE = {"no": 6, "yes": 1, "none": 3}
known_values = st.fixed_dictionaries(
    {
        path: st.sampled_from(
            [v for v in allowed if v != UNKNOWN for _ in range(RARE.get(v, 1))]
            if path in ORDER
            else allowed
        )
        for path, allowed in ALLOWED.items()
    }
)
parties = st.lists(
    st.builds(
        Party,
        st.sampled_from(["end_user", "end_user", "buyer"]),
        st.just(""),
        st.sampled_from(["none", "none", "none", "watch", "controlled"]),
    ),
    min_size=1,
    max_size=2,
).map(tuple)


def asked_through(truth: Facts) -> tuple[Facts, list[str]]:
    """The facts as a clerk who knows the truth would state them, and what was asked."""
    values = {path: truth.values[path] for path in ALLOWED if path not in ORDER}
    facts = new_facts(truth.as_of, values["activity"], truth.destination)
    asked: list[str] = []
    while (path := next_fact(RULES, facts, frozenset(asked))) is not None:
        asked.append(path)
        if path == PARTIES:
            facts = replace(facts, parties=truth.parties)
        elif path == RED_FLAGS:
            facts = replace(facts, red_flags=truth.red_flags)
        else:
            facts = facts.changed(path, truth.values[path])
    return facts, asked


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(DAYS), known_values, parties, st.sampled_from([frozenset(), {STOP}]))
def test_what_is_not_asked_does_not_matter(day, values, named, flags):
    truth = Facts(day, values, "XX", named, frozenset(flags))

    facts, asked = asked_through(truth)

    # What was not asked is filled in as it is: nothing changes.
    assert determine(RULES, facts).outcome is determine(RULES, truth).outcome, asked


def test_a_ban_ends_the_asking(facts):
    banned = facts(item__export_prohibited="yes")

    _, asked = asked_through(banned)

    assert asked == ["item.export_prohibited"]


def test_an_unlisted_item_is_not_asked_for_a_licence(facts):
    _, asked = asked_through(facts())

    assert "item.listed" in asked
    assert not {"licence.kind", "registration_case", "end_use_documents"} & set(asked)


def test_a_licensed_item_is_asked_for_its_papers(facts):
    licensed = facts(
        item__listed="yes", licence__kind="individual", licence__covers_this_export="yes"
    )

    _, asked = asked_through(licensed)

    assert asked[-1] == "end_use_documents"
    assert "registration_case" not in asked


def test_each_fact_is_asked_once_and_in_the_order_of_the_law(facts):
    _, asked = asked_through(facts(item__listed="yes"))

    assert asked == [path for path in ORDER if path in asked]
