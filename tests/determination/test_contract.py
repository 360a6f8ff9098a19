"""What must hold of every determination, line by line of section 5 of the interfaces."""

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.determination import Facts, Outcome, Party, Rules, determine, load_rules
from compliance.determination.engine import mildness_of, situation_of
from compliance.determination.facts import ALLOWED, LIST_HITS, OPEN_HITS, UNKNOWN

RULES = load_rules()
HOLD = Outcome.HOLD_AND_ENQUIRE
FLAGS = sorted(RULES.severities)
STOPS, ASKS, NOTES = (
    [flag for flag in FLAGS if RULES.severities[flag] == severity] for severity in (3, 2, 1)
)
DAYS = [date(2006, 1, 1), date(2020, 11, 30), date(2020, 12, 1), date(2024, 11, 30)]
DAYS += [date(2024, 12, 1), date(2024, 12, 3), date(2026, 1, 6), date(2026, 11, 24)]

parties = st.builds(
    Party,
    role=st.sampled_from(["end_user", "buyer", "forwarder"]),
    name=st.just(""),
    list_hit=st.sampled_from(LIST_HITS),
)
any_facts = st.builds(
    Facts,
    as_of=st.sampled_from(DAYS) | st.dates(date(1990, 1, 1), date(2035, 1, 1)),
    values=st.fixed_dictionaries({path: st.sampled_from(ALLOWED[path]) for path in ALLOWED}),
    destination=st.sampled_from(["XX", "US", "JP", "KP"]),
    parties=st.lists(parties, max_size=3).map(tuple),
    red_flags=st.frozensets(st.sampled_from(FLAGS), max_size=4),
)
# Mostly known and mostly harmless, so that rare outcomes are reached as well.
calm_facts = st.builds(
    lambda facts, kept: Facts(
        facts.as_of,
        {
            path: value if path in kept else CALM.get(path, ALLOWED[path][0])
            for path, value in facts.values.items()
        },
        facts.destination,
        facts.parties or (Party("end_user", "", "none"),),
        facts.red_flags if "flags" in kept else frozenset(),
    ),
    any_facts,
    st.frozensets(st.sampled_from([*ALLOWED, "flags"]), max_size=5),
)
CALM = {path: "no" for path, allowed in ALLOWED.items() if UNKNOWN in allowed}
CALM |= {"licence.covers_this_export": "yes"}
facts_of_all_kinds = any_facts | calm_facts


def mildness(facts: Facts) -> int:
    return determine(RULES, facts).outcome.mildness


def resolutions(facts: Facts) -> Iterator[Facts]:
    """Every way in which the unknown facts could turn out, party by party."""
    paths = [path for path in ALLOWED if facts.values[path] == UNKNOWN]
    open_parties = [n for n, party in enumerate(facts.parties) if party.list_hit in OPEN_HITS]
    choices = [("yes", "no")] * len(paths) + [("none", "watch", "controlled")] * len(open_parties)
    names = [*paths, *(f"parties.{n}.list_hit" for n in open_parties)]
    for values in product(*choices):
        known = facts
        for name, value in zip(names, values, strict=True):
            known = known.changed(name, value)
        yield known


def by_definition(rules: Rules, facts: Facts) -> Outcome:
    outcomes = [
        list(Outcome)[mildness_of(rules, situation_of(rules, known))]
        for known in resolutions(facts)
    ]
    strictest = min(outcomes, key=lambda outcome: outcome.mildness)
    if strictest.mild:
        return strictest
    return min(HOLD, max(outcomes, key=lambda o: o.mildness), key=lambda o: o.mildness)


@settings(max_examples=150, deadline=None)
@given(facts_of_all_kinds.filter(lambda f: list(f.values.values()).count(UNKNOWN) <= 6))
def test_unknowns_are_judged_in_every_combination(facts):
    assert determine(RULES, facts).outcome is by_definition(RULES, facts)


@settings(max_examples=150, deadline=None)
@given(facts_of_all_kinds)
def test_missing_names_the_unknowns_whose_answer_changes_the_outcome(facts):
    found = determine(RULES, facts)
    open_facts = [path for path in ALLOWED if facts.values[path] == UNKNOWN]
    changing = {
        path
        for path in open_facts
        for value in ("yes", "no")
        if determine(RULES, facts.changed(path, value)).outcome is not found.outcome
    }
    for n, party in enumerate(facts.parties):
        path = f"parties.{n}.list_hit"
        if party.list_hit in OPEN_HITS:
            for hit in ("none", "watch", "controlled"):
                if determine(RULES, facts.changed(path, hit)).outcome is not found.outcome:
                    changing.add(path)

    assert changing <= set(found.missing)
    surplus = set(found.missing) - changing - {"parties", "end_use_documents"}
    assert not (changing and surplus)


@settings(max_examples=400, deadline=None)
@given(facts_of_all_kinds, st.data())
def test_a_worse_fact_never_makes_the_outcome_milder(facts, data):
    path = data.draw(st.sampled_from(sorted(path for path in RULES.facts if path != "red_flags")))
    pairs = RULES.facts[path].worse
    if path == "parties.list_hit":
        if not facts.parties:
            return
        path = f"parties.{data.draw(st.integers(0, len(facts.parties) - 1))}.list_hit"
    if pairs:
        milder, worse = data.draw(st.sampled_from(pairs))

        assert mildness(facts.changed(path, worse)) <= mildness(facts.changed(path, milder))


@settings(max_examples=200, deadline=None)
@given(facts_of_all_kinds, st.sampled_from(FLAGS))
def test_one_more_red_flag_never_makes_the_outcome_milder(facts, flag):
    flagged = Facts(
        facts.as_of,
        facts.values,
        facts.destination,
        facts.parties,
        facts.red_flags | {flag},
    )

    assert mildness(flagged) <= mildness(facts)


@settings(max_examples=300, deadline=None)
@given(facts_of_all_kinds)
def test_provisions_named_are_in_force_on_the_day(facts):
    found = determine(RULES, facts)

    cited = {p for step in found.steps for p in step.provisions}
    cited |= {p for due in (*found.documents, *found.clocks) for p in due.provisions}
    assert all(RULES.provisions[p].in_force(facts.as_of) for p in cited)


@settings(max_examples=200, deadline=None)
@given(facts_of_all_kinds)
def test_the_strictest_finding_among_the_steps_is_the_outcome(facts):
    found = determine(RULES, facts)

    findings = [step.finding.mildness for step in found.steps if step.finding]
    assert min(findings) == found.outcome.mildness


@settings(max_examples=100, deadline=None)
@given(facts_of_all_kinds)
def test_a_controlled_party_prohibits_whatever_licence_is_held(facts):
    party = Party("buyer", "", "controlled")
    held = Facts(
        facts.as_of,
        {**facts.values, "licence.kind": "individual", "licence.covers_this_export": "yes"},
        facts.destination,
        (*facts.parties, party),
        facts.red_flags,
    )

    assert determine(RULES, held).outcome is Outcome.PROHIBITED


@pytest.mark.slow
def test_monotone_over_the_whole_product_of_the_deciding_facts():
    """Every pair of known cases that differ in one fact, over all facts that can interact."""
    axes = {
        "item.listed": ("no", "yes"),
        "knows.wmd_use": ("no", "yes"),
        "knows.notified_by_authority": ("no", "yes"),
        "end_use_documents": ("complete", "incomplete"),
        "end_use_changed": ("no", "yes"),
        "destination_prohibited": ("no", "yes"),
        "licence.kind": ("individual", "general", "registration", "none"),
        "licence.covers_this_export": ("yes", "no"),
        "registration_case": ("repair_return", "other_announced", "none"),
        "item.family": ("dual_use", "military"),
        "activity": ("export", "transit"),
    }
    hits = ("none", "watch", "controlled")
    base = {**{path: ALLOWED[path][0] for path in ALLOWED}, **CALM}
    outcomes: dict[tuple[str, ...], int] = {}
    for day in (date(2020, 11, 30), date(2024, 11, 30), date(2026, 11, 24)):
        for values in product(*axes.values(), hits):
            *closed, hit = values
            facts = Facts(
                day,
                {**base, **dict(zip(axes, closed, strict=True))},
                "XX",
                (Party("end_user", "", hit),),
                frozenset(),
            )
            situation = situation_of(RULES, facts)
            outcomes[(day.isoformat(), *values)] = mildness_of(RULES, situation)
    names = [*axes, "parties.list_hit"]
    for values, found in outcomes.items():
        for place, name in enumerate(names, start=1):
            for milder, worse in RULES.facts[name].worse:
                other = (*values[:place], worse, *values[place + 1 :])
                if values[place] == milder and other in outcomes:
                    assert outcomes[other] <= found, (values, name, worse)


def test_a_watch_list_party_closes_general_licence_and_registration(rules, facts):
    watch = [{"role": "end_user", "name": "", "list_hit": "watch"}]
    listed = {"item__listed": "yes", "parties": watch}

    def outcome(**changes: object) -> str:
        return determine(rules, facts(**listed, **changes)).outcome

    covered = {"licence__covers_this_export": "yes"}
    assert outcome(licence__kind="general", **covered) == "licence_required"
    assert outcome(registration_case="repair_return") == "licence_required"
    assert outcome(licence__kind="individual", **covered) == "licensed"
    unlisted = facts(parties=watch)
    assert determine(rules, unlisted).outcome is HOLD


def test_a_party_not_settled_or_an_end_user_not_named_holds(rules, facts):
    for hit in ("possible", "unscreened"):
        parties = [{"role": "end_user", "name": "", "list_hit": hit}]
        assert determine(rules, facts(parties=parties)).outcome is HOLD
    covered = {"licence__kind": "individual", "licence__covers_this_export": "yes"}
    nobody = facts(item__listed="yes", parties=[], **covered)
    assert determine(rules, nobody).outcome is HOLD


@pytest.mark.parametrize("danger", ["endangers_national_security", "wmd_use", "terrorist_use"])
def test_a_licence_never_cures_a_known_danger_but_a_notice(rules, facts, danger):
    covered = {"licence__kind": "individual", "licence__covers_this_export": "yes"}

    known = determine(rules, facts(**{f"knows__{danger}": "yes"}, **covered))
    notified = determine(rules, facts(knows__notified_by_authority="yes", **covered))

    assert known.outcome is Outcome.LICENCE_REQUIRED_CATCH_ALL
    assert notified.outcome is Outcome.LICENSED


@pytest.mark.parametrize("listed", ["yes", "no"])
@pytest.mark.parametrize("fact", ["documents_forged_or_lapsed", "end_use_changed"])
def test_bad_papers_and_changed_use_stop_every_item(rules, facts, fact, listed):
    found = determine(rules, facts(item__listed=listed, **{fact: "yes"}))

    assert found.outcome is Outcome.STOP_AND_REPORT


@pytest.mark.parametrize("documents", ["incomplete", "none"])
def test_missing_end_use_documents_hold_controlled_items_and_registration(rules, facts, documents):
    registered = {"item__listed": "yes", "registration_case": "repair_return"}

    controlled = determine(rules, facts(end_use_documents=documents, **registered))
    free = determine(rules, facts(end_use_documents=documents))

    assert (controlled.outcome, free.outcome) == (HOLD, Outcome.NO_LICENCE_REQUIRED)
    assert controlled.missing == ("end_use_documents",)


def test_red_flags_hold_from_one_stop_or_three_asks(rules, facts):
    def found(flags: list[str]):
        return determine(rules, facts(red_flags=flags))

    assert found(STOPS[:1]).outcome is HOLD
    assert found(ASKS[:3]).outcome is HOLD
    assert found([*ASKS[:2], *NOTES[:2]]).outcome is HOLD
    one = found(ASKS[:1])
    assert one.outcome is Outcome.NO_LICENCE_REQUIRED
    assert "red-flags-open" in {step.rule for step in one.steps}


@pytest.mark.parametrize(
    ("day", "activity", "case", "outcome"),
    [
        ("2024-11-30", "export", "repair_return", "licence_required"),
        ("2024-12-01", "export", "repair_return", "registration_required"),
        ("2026-11-24", "re_export", "exhibition_return", "registration_required"),
        ("2026-11-24", "transit", "repair_return", "licence_required"),
        ("2026-11-24", "transit", "other_announced", "registration_required"),
    ],
)
def test_registration_is_open_from_its_day_for_its_activities(
    rules, facts, day, activity, case, outcome
):
    known = facts(as_of=day, activity=activity, registration_case=case, item__listed="yes")

    assert determine(rules, known).outcome == outcome


@pytest.mark.parametrize("family", ["military", "nuclear", "monitored_chemical"])
@pytest.mark.parametrize("kind", ["general", "registration"])
def test_general_licence_and_registration_carry_no_special_items(rules, facts, family, kind):
    known = facts(
        item__listed="yes",
        item__family=family,
        licence__kind=kind,
        licence__covers_this_export="yes",
        registration_case="repair_return",
    )

    assert determine(rules, known).outcome is Outcome.LICENCE_REQUIRED


@pytest.mark.parametrize(
    ("day", "cited", "not_cited"),
    [
        ("2020-11-30", "six-nucdual", "ecl-12"),
        ("2020-12-01", "ecl-12", "dur-14"),
        ("2024-11-30", "ecl-12", "dur-14"),
        ("2024-12-01", "dur-14", "six-nucdual"),
        ("2028-12-01", "dur-14", "six-nucdual"),
    ],
)
def test_steps_cite_the_law_of_the_day(rules, facts, day, cited, not_cited):
    known = facts(as_of=day, item__listed="yes", item__temporarily_controlled="yes")

    provisions = {p for step in determine(rules, known).steps for p in step.provisions}

    assert cited in provisions
    assert not_cited not in provisions


def test_a_bad_outcome_names_the_questions_that_should_have_caught_it(rules, facts):
    changed_use = determine(rules, facts(end_use_changed="yes"))
    harmless = determine(rules, facts())

    assert "EU-04" in changed_use.programme
    assert harmless.programme == ()


def test_a_licence_needed_brings_its_papers_and_its_clock(rules, facts):
    found = determine(rules, facts(item__listed="yes"))

    lengths = {clock.id: clock.length.en for clock in found.clocks if clock.length}
    assert lengths["licence-review"] == "45 working days"
    assert "end-use-document" in {paper.id for paper in found.documents}
    assert all(action.en and action.zh for action in found.actions)
