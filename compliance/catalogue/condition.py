"""When a question is shown: a small closed form over traits and earlier answers.

A question that is not shown, not answered or not applicable has no value, so every test on it
fails; `not` of such a test holds.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

Scalar: TypeAlias = str | int | float | Fraction | bool
AnswerValue: TypeAlias = Scalar | tuple[str, ...] | list[str] | frozenset[str]
Values: TypeAlias = Mapping[str, Any]  # question id -> value of a shown, answered question


@dataclass(frozen=True, slots=True)
class HasTrait:
    trait: str

    def holds(self, traits: AbstractSet[str], values: Values) -> bool:  # noqa: ARG002
        return self.trait in traits

    @property
    def raw(self) -> dict[str, Any]:
        return {"trait": self.trait}


@dataclass(frozen=True, slots=True)
class Equals:
    question: str
    value: str | int | bool

    def holds(self, traits: AbstractSet[str], values: Values) -> bool:  # noqa: ARG002
        found = values.get(self.question)
        return type(found) is type(self.value) and found == self.value

    @property
    def raw(self) -> dict[str, Any]:
        return {"question": self.question, "equals": self.value}


@dataclass(frozen=True, slots=True)
class Includes:
    question: str
    option: str

    def holds(self, traits: AbstractSet[str], values: Values) -> bool:  # noqa: ARG002
        found = values.get(self.question)
        return isinstance(found, tuple | list | frozenset | set) and self.option in found

    @property
    def raw(self) -> dict[str, Any]:
        return {"question": self.question, "includes": self.option}


@dataclass(frozen=True, slots=True)
class AtLeast:
    question: str
    number: int | float

    def holds(self, traits: AbstractSet[str], values: Values) -> bool:  # noqa: ARG002
        found = values.get(self.question)
        if isinstance(found, bool) or not isinstance(found, int | float | Fraction):
            return False
        return found >= self.number

    @property
    def raw(self) -> dict[str, Any]:
        return {"question": self.question, "at_least": self.number}


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]

    def holds(self, traits: AbstractSet[str], values: Values) -> bool:
        return all(part.holds(traits, values) for part in self.parts)

    @property
    def raw(self) -> dict[str, Any]:
        return {"all": [part.raw for part in self.parts]}


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]

    def holds(self, traits: AbstractSet[str], values: Values) -> bool:
        return any(part.holds(traits, values) for part in self.parts)

    @property
    def raw(self) -> dict[str, Any]:
        return {"any": [part.raw for part in self.parts]}


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"

    def holds(self, traits: AbstractSet[str], values: Values) -> bool:
        return not self.part.holds(traits, values)

    @property
    def raw(self) -> dict[str, Any]:
        return {"not": self.part.raw}


Condition: TypeAlias = HasTrait | Equals | Includes | AtLeast | All | AnyOf | Not
Test: TypeAlias = HasTrait | Equals | Includes | AtLeast


def tests_of(condition: Condition | None) -> Iterator[Test]:
    """The single tests of a condition, from left to right."""
    match condition:
        case None:
            return
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part):
            yield from tests_of(part)
        case HasTrait() | Equals() | Includes() | AtLeast():
            yield condition


def notation(condition: Condition) -> str:
    """The condition on one line, for those who write questions: `a and not (SCP-03 = yes)`."""
    match condition:
        case HasTrait(trait):
            written = trait
        case Equals(question, value):
            written = f"{question} = {value}"
        case Includes(question, option):
            written = f"{question} includes {option}"
        case AtLeast(question, number):
            written = f"{question} ≥ {number}"
        case Not(part):
            written = f"not {_inner(part)}"
        case All(parts):
            written = " and ".join(_inner(part) for part in parts)
        case _:
            written = " or ".join(_inner(part) for part in condition.parts)
    return written


def _inner(condition: Condition) -> str:
    written = notation(condition)
    return written if isinstance(condition, HasTrait) else f"({written})"
