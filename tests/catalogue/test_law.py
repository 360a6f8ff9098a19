"""The register: dates, status, fines, and the watch over what moves."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from compliance.catalogue import (
    Confidence,
    Edition,
    Status,
    Turn,
    crosswalk,
    law_watch,
    load_edition,
    publish,
)
from tests.catalogue.conftest import Catalogue

FINES = yaml.safe_load(Path(__file__).with_name("fines.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("provision", "day", "applies"),
    [
        ("ecl-12", date(2020, 11, 30), False),
        ("ecl-12", date(2020, 12, 1), True),
        ("six-bio", date(2024, 11, 30), True),
        ("six-bio", date(2024, 12, 1), False),
        ("dur-16", date(2024, 11, 30), False),
        ("dur-16", date(2024, 12, 1), True),
    ],
)
def test_provision_applies_from_its_first_day_to_the_day_before_its_end(
    edition: Edition, provision: str, day: date, applies: bool
) -> None:
    assert edition.provisions[provision].in_force(day) is applies


def test_unverified_status_is_to_be_checked(edition: Edition) -> None:
    law = edition.law

    assert law["ann-2025-61"].status is Status.SUSPENDED_UNVERIFIED
    assert law["ann-2025-61"].needs_status_check
    assert law["uel-12"].confidence is Confidence.MEMORY
    assert law["uel-12"].needs_status_check
    assert not law["ecl-12"].needs_status_check


def test_guidance_is_announcement_10_of_2021_and_advises_only(edition: Edition) -> None:
    guidance = [p for p in edition.law.values() if p.instrument == "mofcom-ann-2021-10"]

    assert len(guidance) == 10
    assert all(p.status is Status.ADVISORY for p in guidance)
    assert all("2021年第10号" in p.instrument_name.zh for p in guidance)


def test_register_is_bilingual_to_the_last_note(edition: Edition) -> None:
    for provision in edition.law.values():
        assert provision.citation.en
        assert provision.citation.zh
        assert "UNVERIFIED" not in (provision.change.en if provision.change else "")


@pytest.mark.parametrize("case", FINES, ids=[f"{c['penalty']} {c['base_cny']}" for c in FINES])
def test_fine_range_follows_the_worked_example(case: dict[str, object]) -> None:
    penalty = load_edition("ecl-icp", "2026.1").penalties[str(case["penalty"])]

    exposure = penalty.exposure(Fraction(str(case["base_cny"])))

    assert exposure == (Fraction(str(case["lowest"])), Fraction(str(case["highest"])))


def test_fine_without_turnover_is_fixed(edition: Edition) -> None:
    assert edition.penalties["pen-unlicensed"].exposure(None) == (500_000, 5_000_000)
    assert edition.penalties["pen-customs-no-licence"].exposure(None) is None
    assert edition.penalties["pen-customs-misdeclare"].exposure(Fraction(1000)) == (50, 300)
    assert edition.penalties["pen-foreign-visit"].exposure(None) == (None, 500_000)


def test_penalties_follow_the_law_of_the_day(edition: Edition) -> None:
    reporting = next(q for q in edition.questions if "pen-no-report" in q.penalties)

    def on(day: date) -> set[str]:
        return {penalty.id for penalty in edition.penalties_on(reporting, day)}

    assert "pen-no-report" not in on(date(2024, 11, 30))
    assert "pen-no-report" in on(date(2024, 12, 1))


# --- law watch


def turns(edition: Edition, day: date, horizon: int = 60) -> list[tuple[str, str, date | None]]:
    watch = law_watch(edition, day, horizon)
    return [(str(entry.turn), entry.provision.id, entry.on) for entry in watch]


def test_watch_tells_what_turns_within_the_horizon(catalogue: Catalogue) -> None:
    found = turns(catalogue.load(), date(2026, 11, 25))

    assert found == [
        ("pauses", "guide-1", date(2026, 11, 1)),
        ("resumes", "guide-1", date(2026, 12, 1)),
        ("starts", "law-2", date(2026, 12, 15)),
        ("ends", "guide-1", date(2026, 12, 31)),
        ("status_check", "law-2", None),
    ]


def test_watch_looks_no_further_than_the_horizon(catalogue: Catalogue) -> None:
    found = turns(catalogue.load(), date(2026, 11, 25), 10)

    assert ("resumes", "guide-1", date(2026, 12, 1)) in found
    assert not [turn for turn, _, _ in found if turn in {"starts", "ends"}]


def test_watch_names_the_questions_that_rest_on_it(catalogue: Catalogue) -> None:
    watch = law_watch(catalogue.load(), date(2026, 11, 25))

    assert {e.provision.id: e.questions for e in watch} == {
        "guide-1": ("LIC-02", "LIC-03"),
        "law-2": (),
    }


def test_watch_says_where_law_moved_since_publication(catalogue: Catalogue) -> None:
    publish("tiny", "2026.1", catalogue.root)
    catalogue.edit(
        "law/provisions.yaml", "in_force_until: '2026-12-31'", "in_force_until: '2026-12-05'"
    )

    watch = law_watch(catalogue.load(), date(2026, 11, 25))

    assert ("guide-1", date(2026, 12, 5)) in [
        (entry.provision.id, entry.on) for entry in watch if entry.turn is Turn.MOVED
    ]


def test_suspensions_of_the_register_end_in_november_2026(edition: Edition) -> None:
    resumed = {
        entry.provision.id: entry.on
        for entry in law_watch(edition, date(2026, 11, 25))
        if entry.turn is Turn.RESUMES
    }

    assert resumed["ann-2024-46"] == date(2026, 11, 28)
    assert resumed["ann-2025-61"] == date(2026, 11, 11)


# --- crosswalk


def test_crosswalk_shows_questions_under_each_element(catalogue: Catalogue) -> None:
    (view,) = crosswalk(catalogue.load())

    assert [(e.id, e.questions) for e in view.elements] == [("8.1", ("LIC-01",)), ("9.2", ())]


def test_crosswalk_has_the_five_frameworks_and_leaves_no_core_element_empty(
    edition: Edition,
) -> None:
    views = {view.id: view for view in crosswalk(edition)}

    assert list(views) == ["eu_2019_1318", "wassenaar", "us_bis", "us_ddtc", "iso_37301"]
    for name in ("eu_2019_1318", "wassenaar", "us_bis", "us_ddtc"):
        assert all(element.questions for element in views[name].elements)


def test_every_icp_question_is_mapped(edition: Edition) -> None:
    unmapped = [q.id for q in edition.module("icp").questions if q.scored and not q.crosswalk]

    assert unmapped == []
