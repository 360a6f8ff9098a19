"""The whole questionnaire, scored twice: by the scorer and by one that shares nothing with it."""

import json
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

import pytest

from compliance.answers import parse_bundle
from compliance.catalogue import export_json, load_edition
from compliance.scoring import result_json, score
from tests.scoring import second_scorer

Json = dict[str, Any]
DAYS = ("2026-11-24", "2024-11-30", "2024-12-01", "2021-01-01", "2019-06-01")


@lru_cache
def catalogue() -> Json:
    return export_json(load_edition())


def random_value(  # noqa: PLR0911
    question: Json, day: str, random: Random
) -> object:
    match question["kind"]:
        case "maturity":
            return random.choice([0, 1, 2, 2, 3, 3, 3, 4, 4])
        case "yes_partial_no":
            return random.choice(["yes", "yes", "partial", "no"])
        case "single_choice":
            return random.choice(question["options"])["value"]
        case "multiple_choice":
            others = [o["value"] for o in question["options"] if not o["exclusive"]]
            alone = [[o["value"]] for o in question["options"] if o["exclusive"]]
            some = random.sample(others, random.randint(1, len(others)))
            return random.choice([some, some, *alone])
        case "number":
            return random.choice([0, 3, 9, 10, 14, 18, 20, 60, 85.5, 100])
        case "date":
            then = date.fromisoformat(day) - timedelta(days=random.randint(-40, 1200))
            return then.isoformat()
        case _:
            return "words 文字"


def random_answer(question: Json, day: str, random: Random) -> Json | None:
    draw = random.random()
    answer: Json = {}
    if draw < 0.08:
        return None
    if draw < 0.12 and question["scored"]:
        answer["value"] = "unknown"
    elif draw < 0.25 and question["not_applicable_allowed"]:
        reason = random.choice(["We do nothing of this kind.", "no"])
        answer["not_applicable"] = {"reason": reason, "accepted": random.random() < 0.5}
    else:
        answer["value"] = random_value(question, day, random)
    if random.random() < 0.5:
        answer["evidence"] = [{"title": "File", "reference": "1", "sha256": None}]
    return answer


def random_bundle(seed: int) -> Json:
    random = Random(seed)
    day = random.choice(DAYS)
    questions = [q for m in catalogue()["modules"] for s in m["sections"] for q in s["questions"]]
    drawn = {q["id"]: random_answer(q, day, random) for q in questions}
    if random.random() < 0.8:
        drawn["SCP-01"] = {"value": ["manufacturer", "forwarder"]}
    answers = {key: answer for key, answer in drawn.items() if answer is not None}
    random_keys = random.sample(list(answers), len(answers))
    return {
        "format": "ecl-self-assessment/answers",
        "format_version": 1,
        "questionnaire": {"id": "ecl-icp", "version": load_edition().version},
        "as_of": day,
        "firm": {"name": "Firm", "reference": "F"},
        "answers": {key: answers[key] for key in random_keys},
    }


@pytest.mark.parametrize("seed", range(40))
def test_both_scorers_agree(seed: int) -> None:
    content = random_bundle(seed)
    bundle = parse_bundle(json.dumps(content).encode())

    card = score(load_edition(), bundle.answers, bundle.as_of)
    expected = second_scorer.score(catalogue(), content)

    overall = card.overall
    for name in (
        "score",
        "supported_score",
        "best_score",
        "grade",
        "grade_before_limits",
        "completion",
    ):
        assert getattr(overall, name) == expected[name], name
    for module, row in zip(card.modules, expected["modules"], strict=True):
        assert {name: getattr(module, name) for name in row} == row
    assert {e.id: e.score for e in card.elements} == {
        key: None if share is None else 100 * share for key, share in expected["elements"].items()
    }
    assert [(g.question.id, g.priority, g.gain, g.mark.attainment) for g in card.gaps] == expected[
        "gaps"
    ]
    assert list(card.unanswered) == expected["unanswered"]
    assert list(card.unknown) == expected["unknown"]
    assert [key for key, _ in card.survey.not_shown] == expected["not_shown"]
    assert sorted(card.survey.traits) == expected["traits"]
    assert [one.module for one in card.warnings] == expected["warnings"]


@pytest.mark.parametrize("seed", range(5))
def test_the_result_is_plain_json_and_rounds_by_less_than_a_tenth(seed: int) -> None:
    content = random_bundle(seed)
    bundle = parse_bundle(json.dumps(content).encode())
    card = score(load_edition(), bundle.answers, bundle.as_of)

    result = json.loads(json.dumps(result_json(load_edition(), bundle, card), allow_nan=False))

    exact = second_scorer.score(catalogue(), content)
    assert abs(result["overall"]["score"] - exact["score"]) <= 0.05
    assert [gap["question"] for gap in result["gaps"]] == [row[0] for row in exact["gaps"]]
    assert all(
        abs(gap["gain"] - row[2]) < 0.0001
        for gap, row in zip(result["gaps"], exact["gaps"], strict=True)
    )
