"""Which questions are shown: traits, conditions on earlier answers, law in force."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.answers import NOT_IN_FORCE, UNKNOWN, Answer, NotApplicable, contradictions, survey
from compliance.catalogue import Contradiction, Gravity, Kind, Severity, load_edition
from compliance.catalogue.condition import All, AtLeast, Equals, HasTrait, Includes, Not
from tests.support.editions import DAY, REASON, WORDS, a_module, a_question, an_edition, an_option

KIND = a_question(
    "S-1",
    Kind.MULTIPLE_CHOICE,
    scored=False,
    severity=None,
    options=(
        an_option("maker", sets=["is_exporter", "has_goods"]),
        an_option("lab", sets=["is_exporter", "has_tech"]),
        an_option("none", exclusive=True),
    ),
)
LISTED = a_question(
    "S-2",
    Kind.YES_PARTIAL_NO,
    scored=False,
    severity=None,
    shown_when=HasTrait("is_exporter"),
    sets={"yes": ("has_listed",), "partial": ("has_listed",)},
)
METHOD = a_question("A-1", shown_when=HasTrait("has_listed"))
DETAIL = a_question("A-2", shown_when=AtLeast("A-1", 2))
EDITION = an_edition(a_module("scope", 0, KIND, LISTED), a_module("one", 1, METHOD, DETAIL))


def test_options_and_answers_set_traits() -> None:
    found = survey(EDITION, {"S-1": Answer(("maker", "lab")), "S-2": Answer("partial")}, DAY)

    assert found.traits == {"is_exporter", "has_goods", "has_tech", "has_listed"}
    assert found.shown == ("S-1", "S-2", "A-1")
    assert found.not_shown == (("A-2", {"question": "A-1", "at_least": 2}),)


def test_a_question_that_is_not_shown_sets_nothing_and_has_no_value() -> None:
    answers = {"S-1": Answer(("none",)), "S-2": Answer("yes"), "A-1": Answer(4), "A-2": Answer(4)}

    found = survey(EDITION, answers, DAY)

    assert found.traits == set()
    assert found.shown == ("S-1",)
    assert found.values == {"S-1": ("none",)}


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (None, False),
        (Answer(1), False),
        (Answer(2), True),
        (Answer(UNKNOWN), False),
        (Answer(comment="soon"), False),
        (Answer(not_applicable=NotApplicable(REASON, accepted=True)), False),
    ],
)
def test_a_condition_needs_a_value(answer: Answer | None, shown: bool) -> None:
    scope = {"S-1": Answer(("maker",)), "S-2": Answer("yes")}

    found = survey(EDITION, scope | ({"A-1": answer} if answer else {}), DAY)

    assert ("A-2" in found.shown) is shown


def test_a_condition_never_looks_ahead() -> None:
    first = a_question("A-1", shown_when=Not(Equals("A-2", "yes")))
    second = a_question("A-2", Kind.YES_PARTIAL_NO)
    edition = an_edition(a_module("one", 1, first, second))

    assert survey(edition, {"A-2": Answer("yes")}, DAY).shown == ("A-1", "A-2")


@pytest.mark.parametrize(
    ("day", "shown"),
    [("2020-11-30", False), ("2020-12-01", True), ("2024-11-30", True), ("2024-12-01", False)],
)
def test_law_is_in_force_from_its_first_day_to_the_day_before_its_last(
    day: str, shown: bool
) -> None:
    law = replace(
        load_edition().provisions["ecl-12"],
        in_force_from=date(2020, 12, 1),
        in_force_until=date(2024, 12, 1),
    )
    question = a_question("A-1", provisions=("ecl-12",))
    edition = an_edition(a_module("one", 1, question), provisions={"ecl-12": law})

    found = survey(edition, {}, date.fromisoformat(day))

    assert (found.shown == ("A-1",)) is shown
    assert shown or found.not_shown == (("A-1", NOT_IN_FORCE),)


def test_one_provision_in_force_is_enough() -> None:
    law = load_edition().provisions["ecl-12"]
    ended = replace(law, in_force_until=date(2021, 1, 1))
    question = a_question("A-1", provisions=("old", "new"))
    edition = an_edition(a_module("one", 1, question), provisions={"old": ended, "new": law})

    assert survey(edition, {}, DAY).shown == ("A-1",)


def test_severity_is_raised_by_a_condition() -> None:
    raised = a_question("A-1", severity_when={Severity.LEGAL_REQUIREMENT: Includes("S-1", "maker")})
    edition = an_edition(a_module("scope", 0, KIND), a_module("one", 1, raised))

    maker = survey(edition, {"S-1": Answer(("maker",))}, DAY)
    lab = survey(edition, {"S-1": Answer(("lab",))}, DAY)

    assert maker.severities == {"A-1": Severity.LEGAL_REQUIREMENT}
    assert lab.severities == {"A-1": Severity.EXPECTED_PRACTICE}


def test_contradictions_look_at_shown_answers_only() -> None:
    rule = Contradiction(
        "sure-yet-not",
        All((HasTrait("has_listed"), Equals("A-1", UNKNOWN))),
        Gravity.WARNS,
        WORDS,
        ("S-2", "A-1"),
    )
    edition = replace(EDITION, contradictions=(rule,))
    answers = {"S-1": Answer(("maker",)), "S-2": Answer("yes"), "A-1": Answer(UNKNOWN)}
    hidden = answers | {"S-1": Answer(("none",))}

    assert contradictions(edition, answers, survey(edition, answers, DAY)) == (rule,)
    assert contradictions(edition, hidden, survey(edition, hidden, DAY)) == ()


def test_nothing_is_in_force_before_the_law() -> None:
    edition = load_edition()

    found = survey(edition, {"SCP-01": Answer(("manufacturer",))}, date(1949, 10, 1))

    assert found.shown == ()
    assert found.traits == set()
