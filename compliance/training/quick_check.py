"""The ten questions of the quick check: no account, nothing stored, no grade. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from compliance.catalogue.source import read_yaml
from compliance.language import Text

FILE = Path(__file__).parents[2] / "questionnaires" / "quick_check.yaml"


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    """One of the answers that every question offers."""

    value: str
    points: Fraction
    text: Text


@dataclass(frozen=True, slots=True)
class QuickQuestion:
    """One question with what to do for each answer short of yes."""

    id: str
    prompt: Text
    why: Text
    provisions: tuple[str, ...]
    concerns: tuple[str, ...]  # questions of the catalogue, of any edition
    advice: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class QuickResult:
    """What a number of points says."""

    at_least: Fraction
    title: Text
    text: Text


@dataclass(frozen=True)
class QuickCheck:
    """All of it."""

    title: Text
    intro: Text
    disclaimer: Text
    kept: Text
    answers: tuple[QuickAnswer, ...]
    questions: tuple[QuickQuestion, ...]
    results: tuple[QuickResult, ...]

    def points(self, given: Mapping[str, str]) -> Fraction:
        """The points of a set of answers."""
        worth = {answer.value: answer.points for answer in self.answers}
        return sum((worth[given[q.id]] for q in self.questions if q.id in given), Fraction(0))

    def result(self, given: Mapping[str, str]) -> QuickResult:
        """What these answers say."""
        points = self.points(given)
        return next(one for one in self.results if points >= one.at_least)

    def advice(self, question: QuickQuestion, value: str) -> Text:
        """What to do after this answer."""
        return question.advice.get(value, self.kept)


@lru_cache(maxsize=1)
def quick_check() -> QuickCheck:
    """The quick check as it stands in its file."""
    raw = read_yaml(FILE.read_bytes(), FILE.name)
    return QuickCheck(
        title=_text(raw["title"]),
        intro=_text(raw["intro"]),
        disclaimer=_text(raw["disclaimer"]),
        kept=_text(raw["kept"]),
        answers=tuple(
            QuickAnswer(str(a["value"]), Fraction(str(a["points"])), _text(a["text"]))
            for a in raw["answers"]
        ),
        questions=tuple(_question(one) for one in raw["questions"]),
        results=tuple(
            QuickResult(Fraction(str(r["at_least"])), _text(r["title"]), _text(r["text"]))
            for r in raw["results"]
        ),
    )


def _question(raw: Any) -> QuickQuestion:
    return QuickQuestion(
        id=str(raw["id"]),
        prompt=_text(raw["prompt"]),
        why=_text(raw["why"]),
        provisions=tuple(map(str, raw["provisions"])),
        concerns=tuple(map(str, raw["concerns"])),
        advice={str(key): _text(text) for key, text in raw["advice"].items()},
    )


def _text(raw: Any) -> Text:
    return Text(raw["en"], raw["zh"])
