"""Classifying an item, step by step: pure, from data.

The first step whose answer is not "no" decides; "unsure" means the authority is asked. Parameters
are compared with thresholds to help with the step of the dual-use list; people decide.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from compliance.catalogue import Edition, load_edition
from compliance.catalogue.source import read_yaml
from compliance.determination.errors import RulesError, WorksheetError
from compliance.determination.facts import ALLOWED
from compliance.determination.rules import as_list, as_mapping, as_text
from compliance.language import Text

STEPS_FILE = Path(__file__).parents[2] / "questionnaires" / "classification.yaml"
ANSWERS = ("yes", "no", "unsure")
ASK = "ask_authority"
NOT_LISTED = "not_listed"
COMPARISONS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "at_least": lambda value, threshold: value >= threshold,
    "more_than": lambda value, threshold: value > threshold,
    "at_most": lambda value, threshold: value <= threshold,
    "less_than": lambda value, threshold: value < threshold,
    "equal": lambda value, threshold: value == threshold,
}
MOST_PARAMETERS = 40


@dataclass(frozen=True, slots=True)
class ClassificationStep:
    """One question about an item."""

    id: str
    question: Text
    help: Text
    result: str  # where the answer is yes
    provisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassificationResult:
    """What an item is, and what that says in a transaction."""

    id: str
    title: Text
    next: Text
    facts: Mapping[str, str]  # listed, family, temporarily_controlled


@dataclass(frozen=True, slots=True)
class Classification:
    """All steps and results."""

    steps: tuple[ClassificationStep, ...]
    results: Mapping[str, ClassificationResult]

    def result_of(self, answers: Mapping[str, str]) -> str | None:
        """The result, None while a step that still matters is open."""
        for step in self.steps:
            answer = answers.get(step.id)
            if answer == "yes":
                return step.result
            if answer == "unsure":
                return ASK
            if answer != "no":
                return None
        return NOT_LISTED

    def open_step(self, answers: Mapping[str, str]) -> ClassificationStep | None:
        """The step to ask next, None where the result stands."""
        if self.result_of(answers) is not None:
            return None
        return next(step for step in self.steps if answers.get(step.id) != "no")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A property of the item beside the threshold of a list entry."""

    name: str
    value: str
    comparison: str  # one of COMPARISONS
    threshold: str
    unit: str = ""

    @property
    def meets(self) -> bool:
        """Whether the value reaches the threshold. Raises WorksheetError where it is no number."""
        compare = COMPARISONS.get(self.comparison)
        if compare is None:
            raise WorksheetError(f"a comparison is one of {', '.join(COMPARISONS)}")
        return compare(_number(self.value), _number(self.threshold))


def read_parameters(raw: Sequence[Mapping[str, str]]) -> tuple[Parameter, ...]:
    """Parameters from plain fields; rows without a name are left out. Raises WorksheetError."""
    read = tuple(
        Parameter(**{key: str(row.get(key, "")).strip() for key in Parameter.__slots__})
        for row in raw
        if str(row.get("name", "")).strip()
    )
    if len(read) > MOST_PARAMETERS:
        raise WorksheetError(f"at most {MOST_PARAMETERS} parameters")
    for parameter in read:
        _ = parameter.meets
    return read


@lru_cache(maxsize=1)
def load_classification() -> Classification:
    """The steps in use. Raises RulesError."""
    return build_classification(STEPS_FILE.read_bytes(), load_edition())


def build_classification(content: bytes, edition: Edition) -> Classification:
    """Steps and results from a file's content. Raises RulesError where they do not fit."""
    document = as_mapping(read_yaml(content, STEPS_FILE.name), STEPS_FILE.name)
    results: dict[str, ClassificationResult] = {}
    for raw in as_list(document["results"]):
        node = as_mapping(raw, "results")
        facts = {k: str(v) for k, v in as_mapping(node["facts"], "facts").items()}
        for name, value in facts.items():
            if value not in ALLOWED[f"item.{name}"]:
                raise RulesError(f"results.{node['id']}: item.{name} is never {value}")
        id_ = str(node["id"])
        results[id_] = ClassificationResult(
            id_, as_text(node["title"]), as_text(node["next"]), facts
        )
    steps = tuple(_step(as_mapping(raw, "steps"), edition) for raw in as_list(document["steps"]))
    if not {ASK, NOT_LISTED, *(step.result for step in steps)} <= set(results):
        raise RulesError("classification: a step leads to a result that is not described")
    return Classification(steps, results)


def _step(node: Mapping[str, object], edition: Edition) -> ClassificationStep:
    provisions = tuple(map(str, as_list(node["provisions"])))
    strange = [id_ for id_ in provisions if id_ not in edition.provisions]
    if strange:
        raise RulesError(f"steps.{node['id']}: unknown provisions {', '.join(strange)}")
    return ClassificationStep(
        str(node["id"]),
        as_text(node["question"]),
        as_text(node["help"]),
        str(node["result"]),
        provisions,
    )


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise WorksheetError(f"{text!r} is no number") from None
    if not number.is_finite():
        raise WorksheetError(f"{text!r} is no number")
    return number
