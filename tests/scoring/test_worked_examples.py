"""The worked examples of docs/scoring, and the edges of its rules, by hand."""

from datetime import date
from fractions import Fraction

import pytest

from compliance.answers import UNKNOWN, Answer, NotApplicable
from compliance.catalogue import Kind, Question, Severity
from compliance.catalogue.condition import HasTrait
from compliance.scoring import LimitKind, State, Unsettled, half_up, score
from compliance.scoring.scales import months_before
from tests.support.editions import (
    DAY,
    EXPECTED,
    LEADING,
    LEGAL,
    PROOF,
    REASON,
    WORDS,
    a_band,
    a_module,
    a_question,
    an_edition,
    an_option,
)


def test_one_module_as_worked_by_hand() -> None:
    edition = an_edition(
        a_module(
            "one",
            10,
            a_question("A-1", severity=LEGAL),
            a_question("A-2", Kind.YES_PARTIAL_NO, severity=EXPECTED),
            a_question("A-3", severity=LEADING),
        )
    )

    card = score(edition, {"A-1": Answer(2), "A-2": Answer("yes"), "A-3": Answer(0)}, DAY)

    assert card.overall.score == Fraction(350, 6)
    assert (card.overall.grade_before_limits, card.overall.grade) == ("C", "C")
    (limit,) = card.overall.limits
    assert (limit.why, limit.grade, limit.lowers) == (LimitKind.LEGAL_FLOOR, "B", False)
    assert [(g.question.id, g.target, g.priority, g.gain) for g in card.gaps] == [
        ("A-1", Fraction(3, 4), 3, Fraction(75, 6)),
        ("A-3", Fraction(1, 2), 4, Fraction(50, 6)),
    ]


def test_two_modules_as_worked_by_hand() -> None:
    def credit(module_id: str, of: str) -> Question:
        options = (an_option("so", of), an_option("all", "1"))
        return a_question(module_id, Kind.SINGLE_CHOICE, options=options)

    open_red_line = a_question("B-2", severity=LEGAL, red_line=True)
    first = a_module("one", 20, credit("A-1", "0.8"))
    edition = an_edition(first, a_module("two", 5, credit("B-1", "0.4")))
    answers = {"A-1": Answer("so"), "B-1": Answer("so")}

    overall = score(edition, answers, DAY).overall

    assert (overall.score, overall.grade_before_limits, overall.grade) == (72, "B", "C")
    assert [(limit.why, limit.modules) for limit in overall.limits] == [
        (LimitKind.MODULE_FLOOR, ("two",))
    ]
    # The unanswered red line weighs 3 against the 2 of B-1: the module falls to 16.
    edition = an_edition(first, a_module("two", 5, credit("B-1", "0.4"), open_red_line))
    overall = score(edition, answers, DAY).overall
    assert overall.grade == "D"
    assert overall.limits[0].questions == ("B-2",)


@pytest.mark.parametrize(
    ("exact", "printed", "grade"),
    [("84.95", "85", "A"), ("84.949", "84.9", "B"), ("69.95", "70", "B"), ("39.949", "39.9", "E")],
)
def test_the_grade_follows_the_printed_score(exact: str, printed: str, grade: str) -> None:
    options = (an_option("so", str(Fraction(exact) / 100)), an_option("all", "1"))
    question = a_question("A-1", Kind.SINGLE_CHOICE, options=options)

    overall = score(an_edition(a_module("one", 1, question)), {"A-1": Answer("so")}, DAY).overall

    assert overall.score == Fraction(exact)
    assert half_up(overall.score, 1) == Fraction(printed)
    assert overall.grade_before_limits == grade


@pytest.mark.parametrize(("breached", "grade"), [(0, "A"), (1, "D"), (2, "D"), (3, "E")])
def test_red_lines_hold_the_grade_down(breached: int, grade: str) -> None:
    red = [a_question(f"A-{i}", severity=LEGAL, red_line=True) for i in range(30)]
    answers = {q.id: Answer(1 if i < breached else 4) for i, q in enumerate(red)}

    overall = score(an_edition(a_module("one", 1, *red)), answers, DAY).overall

    assert overall.grade_before_limits == "A"
    assert overall.grade == grade


def test_a_module_at_fifty_exactly_is_above_the_floor() -> None:
    edition = an_edition(a_module("one", 1, a_question("A-1")))

    assert score(edition, {"A-1": Answer(2)}, DAY).overall.limits == ()


@pytest.mark.parametrize(
    ("claim", "severity", "state", "unsettled"),
    [
        (NotApplicable(REASON), EXPECTED, State.NOT_APPLICABLE, None),
        (NotApplicable("x" * 20), EXPECTED, State.NOT_APPLICABLE, None),
        (NotApplicable("x" * 19), EXPECTED, State.UNANSWERED, Unsettled.REASON_TOO_SHORT),
        (NotApplicable("x" + " " * 30), EXPECTED, State.UNANSWERED, Unsettled.REASON_TOO_SHORT),
        (NotApplicable(REASON), LEGAL, State.UNANSWERED, Unsettled.AWAITS_ACCEPTANCE),
        (NotApplicable(REASON, accepted=True), LEGAL, State.NOT_APPLICABLE, None),
    ],
)
def test_when_a_claim_counts(
    claim: NotApplicable, severity: Severity, state: State, unsettled: Unsettled | None
) -> None:
    edition = an_edition(a_module("one", 1, a_question("A-1", severity=severity)))

    mark = score(edition, {"A-1": Answer(not_applicable=claim)}, DAY).marks["A-1"]

    assert (mark.state, mark.unsettled) == (state, unsettled)


def test_a_question_raised_to_a_legal_requirement_needs_acceptance() -> None:
    scope = a_question(
        "S-1", Kind.YES_PARTIAL_NO, scored=False, severity=None, sets={"yes": ("general_licence",)}
    )
    raised = a_question("A-1", severity_when={LEGAL: HasTrait("general_licence")})
    edition = an_edition(a_module("scope", 0, scope), a_module("one", 1, raised))
    claim = Answer(not_applicable=NotApplicable(REASON))

    holder = score(edition, {"S-1": Answer("yes"), "A-1": claim}, DAY)
    other = score(edition, {"S-1": Answer("no"), "A-1": claim}, DAY)

    assert holder.marks["A-1"].severity is LEGAL
    assert (holder.unanswered, other.unanswered) == (("A-1",), ())
    assert [module.id for module in holder.modules] == ["one"]


def test_supported_caps_what_no_evidence_proves() -> None:
    edition = an_edition(
        a_module("one", 1, a_question("A-1", evidence_expected=WORDS), a_question("A-2"))
    )

    bare = score(edition, {"A-1": Answer(4), "A-2": Answer(4)}, DAY).overall
    proven = score(edition, {"A-1": Answer(4, evidence=(PROOF,)), "A-2": Answer(4)}, DAY).overall

    assert (bare.score, bare.supported_score) == (100, 75)
    assert (proven.score, proven.supported_score) == (100, 100)


def test_unknown_counts_as_answered_and_as_nothing() -> None:
    edition = an_edition(a_module("one", 1, a_question("A-1"), a_question("A-2")))

    card = score(edition, {"A-1": Answer(UNKNOWN)}, DAY)

    assert (card.unknown, card.unanswered) == (("A-1",), ("A-2",))
    assert (card.overall.score, card.overall.best_score) == (0, 50)
    assert card.overall.completion == Fraction(1, 2)


def test_a_fifth_not_applicable_is_well_and_more_warns() -> None:
    questions = [a_question(f"A-{i}") for i in range(10)]
    edition = an_edition(a_module("one", 1, *questions))
    claim = Answer(not_applicable=NotApplicable(REASON))

    two = score(edition, {"A-0": claim, "A-1": claim}, DAY)
    three = score(edition, {"A-0": claim, "A-1": claim, "A-2": claim}, DAY)

    assert two.warnings == ()
    assert [(one.module, one.share) for one in three.warnings] == [("one", Fraction(3, 10))]


@pytest.mark.parametrize(
    ("value", "attainment"),
    [(20, 1), (19, "0.75"), (18.0, "0.75"), (17.5, 0), (0, 0)],
)
def test_the_first_band_that_holds_counts(value: float, attainment: str) -> None:
    bands = (a_band("1", at_least=20), a_band("0.75", at_least=18))
    edition = an_edition(a_module("one", 1, a_question("A-1", Kind.NUMBER, bands=bands)))

    mark = score(edition, {"A-1": Answer(value)}, DAY).marks["A-1"]

    assert mark.attainment == Fraction(attainment)


@pytest.mark.parametrize(
    ("value", "attainment"),
    [
        (DAY, 1),
        (date(2025, 11, 24), 1),
        (date(2025, 11, 23), "0.5"),
        (date(2024, 11, 24), "0.5"),
        (date(2024, 11, 23), 0),
        (date(2026, 11, 25), 0),  # an audit that has not happened yet
    ],
)
def test_months_are_calendar_months_and_the_edge_counts(value: date, attainment: str) -> None:
    bands = (a_band("1", within_months=12), a_band("0.5", within_months=24))
    edition = an_edition(a_module("one", 1, a_question("A-1", Kind.DATE, bands=bands)))

    mark = score(edition, {"A-1": Answer(value)}, DAY).marks["A-1"]

    assert mark.attainment == Fraction(attainment)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(1, 3, 1), 24, date.min),
    ],
)
def test_a_month_earlier(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_elements_score_the_sections_of_the_programme() -> None:
    edition = an_edition(
        a_module("icp", 20, a_question("A-1")), a_module("one", 1, a_question("B-1"))
    )

    card = score(edition, {"A-1": Answer(3)}, DAY)

    assert [(element.id, element.score) for element in card.elements] == [("icp.first", 75)]


def test_reversed_credits_make_no_the_good_answer() -> None:
    good_no = {"yes": Fraction(0), "partial": Fraction(0), "no": Fraction(1)}
    question = a_question("A-1", Kind.YES_PARTIAL_NO, credits=good_no)
    edition = an_edition(a_module("one", 1, question))

    found = [
        score(edition, {"A-1": Answer(v)}, DAY).overall.score for v in ("yes", "partial", "no")
    ]

    assert found == [0, 0, 100]
