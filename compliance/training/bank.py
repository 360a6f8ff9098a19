"""The question bank for tests before and after, and which of its questions a class gets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from compliance.catalogue.source import read_yaml
from compliance.language import Text

FILE = Path(__file__).parents[2] / "scenarios" / "question_bank.yaml"
MOST = 8  # questions in one test


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """One question with one right answer."""

    id: str
    module_id: str
    prompt: Text
    options: tuple[tuple[str, Text], ...]  # value, text
    correct: str
    explanation: Text
    provisions: tuple[str, ...]


@lru_cache(maxsize=1)
def question_bank() -> Mapping[str, BankQuestion]:
    """Id -> question, in the order of the file."""
    document = read_yaml(FILE.read_bytes(), FILE.name)
    return {str(raw["id"]): _question(raw) for raw in document["questions"]}


def chosen_questions(topics: Iterable[str], most: int = MOST) -> tuple[str, ...]:
    """Ids for a test on these topics: one of each in turn, until there are enough."""
    wanted = tuple(dict.fromkeys(topics))
    by_topic = [
        [q.id for q in question_bank().values() if q.module_id == topic] for topic in wanted
    ]
    picked: list[str] = []
    for turn in range(max(map(len, by_topic), default=0)):
        picked += [ids[turn] for ids in by_topic if turn < len(ids)]
    order = list(question_bank())
    return tuple(sorted(picked[:most], key=order.index))


def _question(raw: Any) -> BankQuestion:
    return BankQuestion(
        id=str(raw["id"]),
        module_id=str(raw["module"]),
        prompt=_text(raw["prompt"]),
        options=tuple((str(one["value"]), _text(one["text"])) for one in raw["options"]),
        correct=str(raw["correct"]),
        explanation=_text(raw["explanation"]),
        provisions=tuple(map(str, raw["provisions"])),
    )


def _text(raw: Any) -> Text:
    return Text(raw["en"], raw["zh"])
