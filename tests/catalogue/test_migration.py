"""Moving answers to a newer edition: told beforehand, and nothing is ever lost."""

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.catalogue import (
    Edition,
    Effect,
    Fate,
    Kind,
    Question,
    Reason,
    carry,
    difference,
    editions,
    load_edition,
    migration,
)
from compliance.catalogue.migration import fits
from tests.catalogue.conftest import Catalogue

CHANGES = """
changes:
  from: '2026.1'
  note: {en: Better questions., zh: 改进问题。}
  moves:
"""
RENAME = "    - {question: LIC-11, was: LIC-01}\n"
CONVERT = "    - {question: LIC-02, was: LIC-02, values: {first: each}}\n"
FIRST = "          - {value: first, text: {en: At the first export, zh: 首次出口}, credit: 0.5}\n"
CONFIRM = "    - {question: LIC-03, was: LIC-03, confirm: true}\n"


def fates(before: Edition, after: Edition) -> dict[str | None, str]:
    plan = migration(before, after)
    return {step.after or step.before: str(step.fate) for step in plan.steps}


def rename(catalogue: Catalogue, moves: str, *edits: tuple[str, str, str]) -> Edition:
    return catalogue.next_edition(CHANGES + moves, *edits)


def test_same_edition_keeps_everything(edition: Edition) -> None:
    plan = migration(edition, edition)

    assert len(plan.of(Fate.KEPT)) == len(edition.questions) == len(plan.steps)
    assert difference(edition, edition).effect is None


def test_wording_is_cosmetic_and_kept(catalogue: Catalogue) -> None:
    before = catalogue.load()
    after = catalogue.next_edition("", ("licensing.yaml", "en: The seller.", "en: A seller."))

    found = difference(before, after)

    assert found.effect is Effect.COSMETIC
    assert [(c.entry, c.field, c.before, c.after) for c in found.changes] == [
        ("LIC-01", "levels.1.text.en", "The seller.", "A seller.")
    ]
    assert set(fates(before, after).values()) == {"kept"}


def test_new_weight_and_effort_are_compatible(catalogue: Catalogue) -> None:
    before = catalogue.load()
    after = catalogue.next_edition(
        "",
        ("licensing.yaml", "effort_days: 2.5", "effort_days: 3"),
        ("licensing.yaml", "severity: leading_practice", "severity: expected_practice"),
    )

    found = difference(before, after)

    assert found.effect is Effect.COMPATIBLE
    assert {(c.entry, c.field, c.reason) for c in found.changes} == {
        ("LIC-01", "remedy.effort_days", Reason.ADVICE),
        ("LIC-03", "severity", Reason.WEIGHT),
    }


def test_removed_option_is_breaking_and_to_confirm(catalogue: Catalogue) -> None:
    before = catalogue.load()
    option = (
        "          - {value: first, text: {en: At the first export, zh: 首次出口}, credit: 0.5}\n"
    )
    after = catalogue.next_edition("", ("licensing.yaml", option, ""))

    assert difference(before, after).effect is Effect.BREAKING
    assert fates(before, after)["LIC-02"] == "to_confirm"
    carried = carry(migration(before, after), after, {"LIC-02": "first"})
    assert [(c.fate, c.value, c.was) for c in carried] == [(Fate.TO_CONFIRM, None, "first")]


def test_answer_that_still_fits_is_kept_although_an_option_went(catalogue: Catalogue) -> None:
    before = catalogue.load()
    option = (
        "          - {value: first, text: {en: At the first export, zh: 首次出口}, credit: 0.5}\n"
    )
    after = catalogue.next_edition("", ("licensing.yaml", option, ""))

    (carried,) = carry(migration(before, after), after, {"LIC-02": "each"})

    assert (carried.fate, carried.value) == (Fate.KEPT, "each")


def test_renamed_question_takes_its_answer_along(catalogue: Catalogue) -> None:
    before = catalogue.load()
    after = rename(
        catalogue,
        RENAME,
        ("licensing.yaml", "      - id: LIC-01\n", "      - id: LIC-11\n"),
        ("licensing.yaml", "{question: LIC-01, equals: 0}", "{question: LIC-11, equals: 0}"),
        ("licensing.yaml", "{question: LIC-01, at_least: 2}", "{question: LIC-11, at_least: 2}"),
        ("contradictions.yaml", "equals: never", "equals: first"),
        ("general_licence.yaml", "proven_by: [LIC-01]", "proven_by: [LIC-11]"),
        ("general_licence.yaml", "{question: LIC-01,", "{question: LIC-11,"),
    )

    (carried,) = carry(migration(before, after), after, {"LIC-01": 3})

    assert (carried.fate, carried.before, carried.after, carried.value) == (
        Fate.MOVED,
        "LIC-01",
        "LIC-11",
        3,
    )
    assert "LIC-01" not in fates(before, after)
    assert Reason.RENAMED in {change.reason for change in difference(before, after).changes}


def test_successor_is_found_by_the_old_id() -> None:
    newest = load_edition("ecl-icp", "2026.2")

    assert newest.successor("CA-04") == "ICP-O9"
    assert newest.successor("LIC-01") == "LIC-01"
    assert newest.successor("CA-11") is None
    assert (newest.predecessor("ICP-O9"), newest.predecessor("LIC-01")) == ("CA-04", "LIC-01")


def test_converted_values_change_and_others_stay(catalogue: Catalogue) -> None:
    before = catalogue.load()
    after = rename(catalogue, CONVERT)
    plan = migration(before, after)

    (changed,) = carry(plan, after, {"LIC-02": "first"})
    (same,) = carry(plan, after, {"LIC-02": "never"})

    assert (changed.fate, changed.value) == (Fate.CONVERTED, "each")
    assert (same.fate, same.value) == (Fate.KEPT, "never")


def test_question_to_confirm_keeps_its_value_for_the_person_who_looks(
    catalogue: Catalogue,
) -> None:
    before = catalogue.load()
    after = rename(catalogue, CONFIRM)

    (carried,) = carry(migration(before, after), after, {"LIC-03": 9})

    assert (carried.fate, carried.value) == (Fate.TO_CONFIRM, 9)


def test_dropped_question_is_no_longer_asked_but_not_lost(catalogue: Catalogue) -> None:
    before = catalogue.load()
    folder = catalogue.root / "tiny" / "2026.1" / "licensing.yaml"
    source = folder.read_text("utf-8")
    last = source[source.index("      - id: LIC-03") :]
    after = catalogue.next_edition("", ("licensing.yaml", last, ""))

    (carried,) = carry(migration(before, after), after, {"LIC-03": 9})

    assert (carried.fate, carried.after, carried.was) == (Fate.NO_LONGER_ASKED, None, 9)
    assert Reason.REMOVED in {change.reason for change in difference(before, after).changes}


def test_move_to_an_unknown_question_is_a_fault(catalogue: Catalogue) -> None:
    catalogue.edit(
        "questionnaire.yaml",
        "unsupported_cap: 0.5\n",
        "unsupported_cap: 0.5\n" + CHANGES.lstrip("\n") + "    - {question: LIC-99, was: LIC-01}\n",
    )

    assert "unknown question LIC-99" in catalogue.refusal()[0].message


def test_moves_speak_only_of_the_edition_they_name(catalogue: Catalogue) -> None:
    before = catalogue.load()
    after = catalogue.next_edition(CHANGES.replace("2026.1", "2025.9") + CONFIRM)

    assert fates(before, after)["LIC-03"] == "kept"


# --- properties over the real editions


def neighbours() -> list[tuple[Edition, Edition]]:
    names = editions("ecl-icp")
    loaded = [load_edition(name.questionnaire_id, name.version) for name in names]
    return [*pairwise(loaded), (loaded[0], loaded[0])]


def value_of(question: Question) -> st.SearchStrategy[Any]:
    values = [option.value for option in question.options if not option.exclusive]
    by_kind: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.MATURITY: st.integers(0, 4),
        Kind.YES_PARTIAL_NO: st.sampled_from(["yes", "partial", "no"]),
        Kind.NUMBER: st.integers(0, 1000),
        Kind.DATE: st.dates().map(str),
        Kind.TEXT: st.text(max_size=5),
    }
    if question.kind is Kind.SINGLE_CHOICE:
        return st.sampled_from(values)
    if question.kind is Kind.MULTIPLE_CHOICE:
        return st.lists(st.sampled_from(values), unique=True, max_size=4).map(tuple)
    return by_kind[question.kind]


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.data_too_large])
def test_nothing_is_ever_lost(data: st.DataObject) -> None:
    before, after = data.draw(st.sampled_from(neighbours()))
    chosen = data.draw(st.lists(st.sampled_from(before.questions), unique=True, max_size=25))
    values = {q.id: data.draw(value_of(q) | st.just("unknown"), q.id) for q in chosen}

    carried = carry(migration(before, after), after, values)

    assert [c.before for c in carried] == list(values)
    assert {c.before: c.was for c in carried} == values
    targets = [c.after for c in carried if c.after is not None]
    assert len(targets) == len(set(targets))
    for one in carried:
        if one.fate in {Fate.KEPT, Fate.MOVED}:
            assert one.value in (one.was, tuple(one.was) if isinstance(one.was, list) else one.was)
        if one.after is not None:
            assert fits(after.question(one.after), one.value)


def test_every_question_of_both_editions_has_one_fate() -> None:
    for before, after in neighbours():
        plan = migration(before, after)

        assert sorted(s.before for s in plan.steps if s.before) == sorted(
            q.id for q in before.questions
        )
        assert [s.after for s in plan.steps if s.after] == [q.id for q in after.questions]


def test_plan_and_difference_agree() -> None:
    for before, after in neighbours():
        plan = migration(before, after)
        reasons = {(c.reason, c.entry) for c in difference(before, after).changes}

        assert {(Reason.ADDED, s.after) for s in plan.of(Fate.NEW)} <= reasons
        assert {(Reason.REMOVED, s.before) for s in plan.of(Fate.NO_LONGER_ASKED)} <= reasons
