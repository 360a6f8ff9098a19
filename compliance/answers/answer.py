"""What a firm answers to one question, and the bundle that carries all answers of a firm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

UNKNOWN = "unknown"

Value: TypeAlias = int | float | str | date | tuple[str, ...]
"""A level, a number, a choice or text, a date, or the chosen options in catalogue order."""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The claim that a question does not apply, with its reason."""

    reason: str
    accepted: bool = False  # by a compliance officer


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """Where the proof of an answer lies."""

    title: str
    reference: str = ""
    sha256: str | None = None  # 64 hexadecimal digits in small letters


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. With neither value nor claim the question is unanswered, whatever else stands."""

    value: Value | None = None  # UNKNOWN: "we do not know"
    not_applicable: NotApplicable | None = None
    comment: str = ""
    evidence: tuple[EvidenceRef, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether the firm says that it does not know."""
        return self.value == UNKNOWN


@dataclass(frozen=True, slots=True)
class Bundle:
    """The answers of a firm to one edition on one day: the one file format of the project."""

    questionnaire_id: str
    version: str
    as_of: date
    firm_name: str
    firm_reference: str
    answers: Mapping[str, Answer]  # question id -> answer
