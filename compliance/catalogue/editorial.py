"""What an editor must mend although the edition would work: words, marks, unreachable entries."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.catalogue.condition import Condition
from compliance.catalogue.edition import Edition, Question, Severity
from compliance.catalogue.errors import Fault
from compliance.catalogue.law import Status
from compliance.catalogue.reachability import Search, TooManyStepsError
from compliance.catalogue.references import Places

CHINESE = re.compile(r"[\u3400-\u9fff]")
WEAK = re.compile(
    r"\b(partly|mostly|fully|some extent|adequate|appropriate|effective(ly)?|regular(ly)?"
    r"|sufficient|and/or)\b",
    re.IGNORECASE,
)
WEAK_CHINESE = re.compile(r"较为|一定程度|基本上|大部分|充分地|适当地")
HALF_WIDTH = re.compile(
    r"[\u3400-\u9fff]\s*[,;:?!]|[,;:?!]\s*[\u3400-\u9fff]|\([^)]*[\u3400-\u9fff][^)]*\)"
    r"|[\u3400-\u9fff]\.(\s|$)|[\"'][^\"']*[\u3400-\u9fff]"
)


def text_faults(plain: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults in each pair of texts of each file."""
    for file, content in plain.items():
        yield from _texts(content, file, "", "")


def _texts(raw: object, file: str, entry: str, path: str) -> Iterator[Fault]:
    if isinstance(raw, list):
        for position, value in enumerate(raw):
            yield from _texts(value, file, entry, _join(path, str(position)))
        return
    if not isinstance(raw, dict):
        return
    if set(raw) >= {"en", "zh"}:
        yield from _pair(raw, file, str(raw.get("id", entry)), path)
    own = raw.get("id", raw.get("module"))
    if isinstance(own, str):
        entry, path = own, ""
    for name, value in raw.items():
        if name not in {"en", "zh"}:
            yield from _texts(value, file, entry, _join(path, name))


def _pair(raw: Mapping[str, Any], file: str, entry: str, path: str) -> Iterator[Fault]:
    lines: dict[str, int] = getattr(raw, "lines", {})
    for language, find in (("en", _english), ("zh", _chinese)):
        words = raw[language]
        for position, part in enumerate(words if isinstance(words, list) else [words]):
            step = f".{position}" if isinstance(words, list) else ""
            for message in find(part) if isinstance(part, str) else ():
                field = _join(path, language + step)
                yield Fault(file, lines.get(language, 0), entry, field, message)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _english(words: str) -> Iterator[str]:
    if CHINESE.search(words):
        yield "Chinese characters in the English text"
    elif found := re.search(r"[，。；：？！（）]", words):
        yield f"Chinese punctuation {found.group()} in the English text"


def _chinese(words: str) -> Iterator[str]:
    if not CHINESE.search(words):
        yield "no Chinese in the Chinese text"
    if found := HALF_WIDTH.search(words):
        yield f"half-width punctuation at {found.group()!r}"


def wording_faults(edition: Edition, folder: str, places: Places) -> Iterator[Fault]:
    """Levels that can't be observed, prompts that don't ask, law claimed where there is none."""
    for question in edition.questions:
        file = f"{folder}/{question.module_id}.yaml"
        for name, message in _question(question, edition):
            line = places.line(file, question.id, name)
            yield Fault(file, line, question.id, name, message)


def _question(question: Question, edition: Edition) -> Iterator[tuple[str, str]]:
    for level in question.levels:
        for language, weak in (("en", WEAK), ("zh", WEAK_CHINESE)):
            if found := weak.search(level.text[language]):
                name = f"levels.{level.value}.text.{language}"
                yield name, f"not observable: {found.group()!r}"
    for language in ("en", "zh"):
        texts = [level.text[language] for level in question.levels]
        if len(set(texts)) != len(texts):
            yield "levels", f"two levels have the same text in {language}"
    for language, mark in (("en", "?"), ("zh", "？")):
        if not question.prompt[language].endswith(mark):
            yield f"prompt.{language}", f"must be a question and end with {mark}"
    if question.severity is Severity.LEGAL_REQUIREMENT:
        cited = [edition.provisions[name] for name in question.provisions]
        if all(provision.status is Status.ADVISORY for provision in cited):
            yield "severity", "only guidance is cited, and guidance requires nothing"


def reach_faults(edition: Edition, folder: str, places: Places) -> Iterator[Fault]:
    """Questions that no answers show, and rules that no answers trigger."""
    search = Search(edition)
    goals: list[tuple[str, str, str, Condition | None, str]] = [
        (f"{folder}/{question.module_id}.yaml", question.id, "shown_when", question.shown_when,
         "unreachable: no answers show the question")
        for question in edition.questions
    ]  # fmt: skip
    goals += [
        (f"{folder}/contradictions.yaml", found.id, "when", found.when,
         "no answers make the condition hold")
        for found in edition.contradictions
    ]  # fmt: skip
    goals += [
        (f"{folder}/general_licence.yaml", check.id, "met_when", check.met_when,
         "no answers make the condition hold")
        for check in edition.general_licence.checks
    ]  # fmt: skip
    for file, entry, name, condition, message in goals:
        if found := _unreachable(search, condition, message):
            yield Fault(file, places.line(file, entry, name), entry, name, found)


def _unreachable(search: Search, condition: Condition | None, message: str) -> str | None:
    try:
        return None if search.example(condition) is not None else message
    except TooManyStepsError:
        return "the condition is too entangled to decide; simplify it"
