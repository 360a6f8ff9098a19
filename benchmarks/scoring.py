"""CPU of scoring and planning for the firm that is asked most: `python benchmarks/scoring.py`."""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from compliance.answers import Answer, Value, bundle_json, parse_bundle, survey
from compliance.answers.answer import Bundle
from compliance.catalogue import Edition, Kind, Question, load_edition
from compliance.scoring import canonical_json, plan, plan_curve, result_json, score, what_if

DAY = date(2026, 11, 24)


def main() -> None:
    edition = load_edition()
    bundle = Bundle(edition.questionnaire_id, edition.version, DAY, "Firm", "F", fullest(edition))
    card = score(edition, bundle.answers, DAY)
    raw = json.dumps(bundle_json(bundle)).encode()
    print(
        f"questions shown {len(card.survey.shown)}, scored {len(card.marks)}, gaps {len(card.gaps)}"
    )
    print(f"survey           {cpu_ms(lambda: survey(edition, bundle.answers, DAY)):8.2f} ms CPU")
    own = cpu_ms(lambda: score(edition, bundle.answers, DAY))
    print(f"score            {own:8.2f} ms CPU   {1000 / own:6.0f} scores/s")
    print(
        f"what if          {cpu_ms(lambda: what_if(edition, bundle.answers, DAY, {})):8.2f} ms CPU"
    )
    whole = cpu_ms(lambda: from_bytes_to_bytes(edition, raw))
    print(f"bytes to bytes   {whole:8.2f} ms CPU   {1000 / whole:6.0f} bundles/s")
    for grade in ("D", "C", "B", "A"):
        took = cpu_ms(lambda: plan(edition, bundle.answers, DAY, grade), 3)  # noqa: B023
        print(f"plan to {grade}        {took:8.2f} ms CPU")
    curve = cpu_ms(lambda: plan_curve(edition, bundle.answers, DAY), 3)
    print(f"curve            {curve:8.2f} ms CPU")


def from_bytes_to_bytes(edition: Edition, raw: bytes) -> bytes:
    """What `flask assessment score` does between reading and writing."""
    bundle = parse_bundle(raw)
    return canonical_json(result_json(edition, bundle, score(edition, bundle.answers, DAY)))


def cpu_ms(work: Callable[[], object], least: int = 20) -> float:
    """The least CPU time of a run, out of several."""
    work()
    times = []
    for _ in range(least):
        start = process_time()
        work()
        times.append(process_time() - start)
    return 1000 * min(times)


def fullest(edition: Edition) -> dict[str, Answer]:
    """Scope answers that show most questions, and a middling answer to every other."""
    answers = {q.id: Answer(middling(q, n)) for n, q in enumerate(edition.questions)}
    for question in edition.questions:
        if not question.scored:
            answers[question.id] = Answer(widest(question))
    return answers


def widest(question: Question) -> Value:
    if question.kind is Kind.MULTIPLE_CHOICE:
        return tuple(option.value for option in question.options if not option.exclusive)
    if question.kind is Kind.SINGLE_CHOICE:
        return question.options[-1].value
    return {Kind.NUMBER: 5, Kind.TEXT: "words"}.get(question.kind, "yes")


def middling(question: Question, number: int) -> Value:
    match question.kind:
        case Kind.MATURITY:
            return number % 5
        case Kind.YES_PARTIAL_NO:
            return ("yes", "partial", "no")[number % 3]
        case Kind.SINGLE_CHOICE:
            return question.options[number % len(question.options)].value
        case Kind.MULTIPLE_CHOICE:
            return (question.options[0].value,)
        case Kind.DATE:
            return date(2025, 6, 1)
        case _:
            return 15


if __name__ == "__main__":
    main()
