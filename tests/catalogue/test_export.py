"""The export has every field of the contract, and the same bytes for the same edition."""

import json
from typing import Any

import pytest

from compliance.catalogue import Edition, Kind, export_bytes, export_json, forget, load_edition
from tests.catalogue.conftest import Catalogue

MODULES = [
    "scope",
    "control_lists",
    "licensing",
    "catch_all",
    "end_use_end_user",
    "icp",
    "intangible_emerging",
    "supervision",
]


@pytest.fixture(scope="module")
def exported() -> dict[str, Any]:
    return json.loads(export_bytes(load_edition("ecl-icp", "2026.1")))


def every_question(exported: dict[str, Any]) -> list[dict[str, Any]]:
    return [q for m in exported["modules"] for s in m["sections"] for q in s["questions"]]


def test_head_names_the_edition(exported: dict[str, Any]) -> None:
    head = exported["questionnaire"]

    assert exported["format"] == "ecl-self-assessment/catalogue"
    assert exported["format_version"] == 1
    assert (head["id"], head["version"]) == ("ecl-icp", "2026.1")
    assert set(head["title"]) == {"en", "zh"}
    assert head["digest"].startswith("sha256:")
    assert len(head["digest"]) == len("sha256:") + 64


def test_modules_and_weights_are_those_of_the_contract(exported: dict[str, Any]) -> None:
    assert [module["id"] for module in exported["modules"]] == MODULES
    assert [module["weight"] for module in exported["modules"]] == [0, 15, 20, 12, 18, 20, 8, 7]


def test_grades_are_those_of_the_contract(exported: dict[str, Any]) -> None:
    grades = [(grade["grade"], grade["at_least"]) for grade in exported["grades"]]

    assert grades == [("A", 85), ("B", 70), ("C", 55), ("D", 40), ("E", 0)]


def test_questions_have_every_field(exported: dict[str, Any]) -> None:
    always = {
        "id", "kind", "core", "prompt", "why", "help", "scored", "severity", "severity_when",
        "red_line", "not_applicable_allowed", "shown_when", "provisions", "penalties", "red_flags",
        "evidence", "remedy", "crosswalk", "sets", "credits", "bands",
    }  # fmt: skip

    for question in every_question(exported):
        assert always <= question.keys(), question["id"]
        assert ("levels" in question) == (question["kind"] == "maturity")
        assert ("options" in question) == question["kind"].endswith("_choice")


def test_option_level_and_remedy_follow_the_contract(exported: dict[str, Any]) -> None:
    questions = every_question(exported)
    option = next(q for q in questions if "options" in q)["options"][0]
    level = next(q for q in questions if "levels" in q)["levels"][0]
    remedy = next(q for q in questions if q["remedy"])["remedy"]

    assert option.keys() >= {"value", "text", "credit", "exclusive"}
    assert (level["value"], set(level["text"])) == (0, {"en", "zh"})
    assert isinstance(remedy["effort_days"], int | float)
    assert len(remedy["action"]["en"]) == len(remedy["action"]["zh"])


def test_all_provisions_are_exported_with_their_dates(exported: dict[str, Any]) -> None:
    provisions = {provision["id"]: provision for provision in exported["provisions"]}
    ecl_12 = provisions["ecl-12"]

    assert len(provisions) == 190
    assert (ecl_12["instrument"], ecl_12["article"]) == ("ecl", "12")
    assert (ecl_12["in_force_from"], ecl_12["in_force_until"]) == ("2020-12-01", None)
    assert ecl_12["confidence"] == "text"
    assert provisions["six-bio"]["in_force_until"] == "2024-12-01"
    cited = {p for q in every_question(exported) for p in q["provisions"]}
    assert cited <= provisions.keys()


def test_same_edition_gives_the_same_bytes(edition: Edition) -> None:
    first = export_bytes(edition)
    forget()

    assert export_bytes(load_edition(edition.questionnaire_id, edition.version)) == first


def test_half_days_and_credits_stay_exact(catalogue: Catalogue) -> None:
    questions = every_question(export_json(catalogue.load()))
    by_id = {question["id"]: question for question in questions}

    assert by_id["LIC-01"]["remedy"]["effort_days"] == 2.5
    assert by_id["LIC-02"]["options"][1]["credit"] == 0.5
    assert by_id["LIC-03"]["bands"] == [
        {"at_least": 9, "credit": 1},
        {"at_least": 5, "credit": 0.5},
    ]
    assert by_id["SCP-02"]["sets"] == {"yes": ["has_listed"], "partial": ["has_listed"]}
    assert by_id["LIC-02"]["shown_when"] == {
        "all": [{"trait": "has_listed"}, {"not": {"question": "LIC-01", "equals": 0}}]
    }


def test_kinds_are_the_seven_of_the_contract() -> None:
    assert [str(kind) for kind in Kind] == [
        "maturity",
        "yes_partial_no",
        "single_choice",
        "multiple_choice",
        "number",
        "date",
        "text",
    ]
