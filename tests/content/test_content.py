"""The questionnaire as content: what is asked of whom, and in which words."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compliance.answers import Answer, Survey, contradictions, parse_bundle, survey
from compliance.catalogue import ROOT, Edition, Fate, Question, Severity, load_edition, migration
from compliance.catalogue.law import Status
from compliance.catalogue.source import read_yaml
from compliance.scoring import score
from tests.support.editions import DAY
from tests.support.terminology import table

HERE = Path(__file__).parent
VERSIONS = ("2026.1", "2026.2")
TOPICS = {  # what the speech behind the law names, and what was known to be missing
    "artificial intelligence": "INT-10",
    "3D printing": "INT-12",
    "gene editing": "INT-26",
    "synthetic biology": "INT-14",
    "cloud": "INT-03",
    "remote access": "INT-27",
    "deemed exports": "INT-06",
    "foreign visits": "SUP-03",
    "requests by a foreign authority": "SUP-04",
    "carriers": "SUP-25",
    "platforms": "SUP-26",
    "banks": "SUP-27",
    "importers with end-user undertakings": "EU-18",
    "own plants abroad": "LIC-26",
    "own plants abroad, after arrival": "EU-28",
    "controlled for some destinations only": "CL-22",
    "stock and licensed quantities": "LIC-27",
    "contracts passed to another party": "LIC-28",
    "truth of statements": "SUP-24",
    "small online consignments": "LIC-29",
    "a listed party under a new name": "EU-27",
}
WORDS_NOT_TO_USE = {
    "您": "贵单位",
    "警示信号": "可疑信号",
    "风险信号": "可疑信号",
    "商务部指引": "商务部指南",
    "归类判定": "物项判定",
    "2021年第15号": "2021年第10号",
    "视为出口": "视同出口",
    "黑名单": "管控名单",
}


def plain(path: Path) -> Any:
    return read_yaml(path.read_bytes(), path.name)


@cache
def profiles() -> Mapping[str, Mapping[str, Any]]:
    return {p["id"]: p["scope"] for p in plain(HERE / "profiles.yaml")["profiles"]}


def answered(scope: Mapping[str, Any]) -> dict[str, Answer]:
    return {
        name: Answer(tuple(value) if isinstance(value, list) else value)
        for name, value in scope.items()
    }


def seen(edition: Edition, profile: str) -> Survey:
    return survey(edition, answered(profiles()[profile]), DAY)


def shown(edition: Edition, profile: str) -> list[Question]:
    return [edition.question(name) for name in seen(edition, profile).shown]


@pytest.fixture(params=VERSIONS)
def edition(request: pytest.FixtureRequest) -> Edition:
    return load_edition("ecl-icp", request.param)


@pytest.fixture
def newest() -> Edition:
    return load_edition("ecl-icp", "2026.2")


# --- what is asked


def test_there_is_enough_to_be_a_work_of_reference(edition: Edition) -> None:
    scored = [question for question in edition.questions if question.scored]

    assert len(edition.questions) >= 150
    assert sum(bool(question.levels) for question in scored) >= 90
    assert len(edition.contradictions) >= 25
    assert len(edition.red_flags) == 52


def test_each_profile_sees_a_questionnaire_of_its_own(edition: Edition) -> None:
    service_providers = {"freight-forwarder", "e-commerce-platform", "bank"}
    asked = {name: seen(edition, name).shown for name in profiles()}

    assert len(asked) == 12
    assert (
        len({questions for name, questions in asked.items() if name not in service_providers}) == 9
    )
    assert all(60 <= len(questions) <= 190 for questions in asked.values())


def test_service_providers_are_asked_what_they_can_see(newest: Edition) -> None:
    own = {"freight-forwarder": "SUP-25", "e-commerce-platform": "SUP-26", "bank": "SUP-27"}
    asked = {name: set(seen(newest, name).shown) & set(own.values()) for name in own}

    assert asked == {name: {question} for name, question in own.items()}


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_has_its_question(newest: Edition, topic: str) -> None:
    question = newest.question(TOPICS[topic])

    assert question.scored
    assert len(question.levels) == 5
    assert question.evidence_expected is not None


@pytest.mark.parametrize("profile", list(profiles()))
def test_the_short_path_keeps_each_red_line(newest: Edition, profile: str) -> None:
    core = [question for question in shown(newest, profile) if question.core]

    assert len(core) <= 45
    assert [q.id for q in shown(newest, profile) if q.red_line and not q.core] == []


@pytest.mark.parametrize("profile", list(profiles()))
def test_the_short_path_finds_the_same_red_lines_by_itself(newest: Edition, profile: str) -> None:
    scope = profiles()[profile]
    short = {name: value for name, value in scope.items() if newest.question(name).core}
    found = survey(newest, answered(short), DAY).shown

    assert [n for n in found if newest.question(n).red_line] == [
        question.id for question in shown(newest, profile) if question.red_line
    ]


def test_each_scored_question_says_what_to_do(edition: Edition) -> None:
    short = [
        question.id
        for question in edition.questions
        if question.scored and not (question.remedy and 2 <= len(question.remedy.action.en) <= 4)
    ]

    assert short == []


def test_programme_questions_are_required_of_general_licence_holders_only(newest: Edition) -> None:
    required = {
        question.id
        for question in newest.module("icp").questions
        if question.severity is Severity.LEGAL_REQUIREMENT
    }
    raised = {
        question.id
        for question in newest.module("icp").questions
        if question.severity_given(frozenset({"has_listed", "is_exporter"}), {})
        is Severity.LEGAL_REQUIREMENT
    }

    assert required == {"ICP-K1"}  # five years of records are law
    assert raised == required


def test_guidance_alone_never_requires(edition: Edition) -> None:
    for question in edition.questions:
        cited = [edition.provisions[name] for name in question.provisions]
        if question.severity is Severity.LEGAL_REQUIREMENT:
            assert any(provision.status is not Status.ADVISORY for provision in cited), question.id


# --- in which words


def chinese(raw: Any) -> Iterator[str]:
    if isinstance(raw, dict):
        for name, value in raw.items():
            if name == "zh":
                yield from value if isinstance(value, list) else [value]
            else:
                yield from chinese(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from chinese(value)


@pytest.mark.parametrize(
    "path", sorted(ROOT.rglob("*.yaml")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_chinese_uses_the_words_of_the_law(path: Path) -> None:
    found = {
        word: text
        for text in chinese(plain(path))
        for word in WORDS_NOT_TO_USE
        if isinstance(text, str) and word in text
    }

    assert found == {}


def test_guidance_recommends_and_does_not_require(edition: Edition) -> None:
    claims = re.compile(r"guidance (requires|demands|obliges)|指南(要求|规定)", re.IGNORECASE)
    texts = [
        (question.id, text)
        for question in edition.questions
        for both in (question.why, question.help)
        for text in (both.en, both.zh)
    ]

    assert [name for name, text in texts if claims.search(text)] == []


def test_the_terminology_table_is_in_step() -> None:
    page = ROOT.parent / "docs" / "TERMINOLOGY.md"

    assert page.read_text("utf-8") == table(), "python -m tests.support.terminology rewrites it"


# --- from one edition to the next


def test_the_move_to_the_next_edition_shows_each_fate() -> None:
    before, after = (load_edition("ecl-icp", version) for version in VERSIONS)
    plan = migration(before, after)

    assert {fate: len(plan.of(fate)) for fate in Fate} == {
        Fate.KEPT: 182,
        Fate.MOVED: 1,
        Fate.CONVERTED: 1,
        Fate.TO_CONFIRM: 2,
        Fate.NO_LONGER_ASKED: 1,
        Fate.NEW: 14,
    }


# --- beside the questionnaire


def test_the_demo_firm_has_a_year_of_progress() -> None:
    bundles = [
        parse_bundle((ROOT / "demo" / f"{name}.json").read_bytes())
        for name in ("previous", "current")
    ]
    edition = load_edition("ecl-icp", "2026.1")
    before, now = (score(edition, bundle.answers, bundle.as_of) for bundle in bundles)
    answers = bundles[1].answers
    found = contradictions(edition, answers, survey(edition, answers, bundles[1].as_of))

    assert before.overall.score < 40
    assert now.overall.score > 60
    assert now.overall.supported_score < now.overall.score < now.overall.best_score
    assert (before.overall.grade, now.overall.grade) == ("E", "D")
    assert [gap.question.id for gap in now.gaps if gap.priority == 1] == ["INT-04"]
    assert [rule.id for rule in found] == ["sure-about-the-present-blind-to-the-past"]


def test_the_quick_check_points_into_the_catalogue(edition: Edition) -> None:
    check = plain(ROOT / "quick_check.yaml")
    values = [answer["value"] for answer in check["answers"]]

    assert len(check["questions"]) == 10
    assert values == ["yes", "partly", "no", "unknown"]
    for question in check["questions"]:
        assert set(question["advice"]) == set(values) - {"yes"}
        assert set(question["provisions"]) <= set(edition.provisions)
        assert any(edition.has_question(name) for name in question["concerns"])


def test_the_question_bank_covers_each_module(newest: Edition) -> None:
    bank = plain(ROOT.parent / "scenarios" / "question_bank.yaml")["questions"]
    modules = [question["module"] for question in bank]

    assert {m: modules.count(m) for m in modules} == {m.id: 3 for m in newest.modules}
    for question in bank:
        assert question["correct"] in {option["value"] for option in question["options"]}
        assert set(question["provisions"]) <= set(newest.provisions)
