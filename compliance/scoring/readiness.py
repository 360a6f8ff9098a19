"""Readiness for a general licence: its conditions and bars, pass or fail, apart from any score.

Legal source: Regulations on Export Control of Dual-Use Items (State Council Decree 792), articles
16(2) and 20, in force from 2024-12-01; how each is proven stands in the edition.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from compliance.answers import Answer, Survey, survey
from compliance.catalogue import CheckKind, Edition, LicenceCheck


@dataclass(frozen=True, slots=True)
class Proof:
    """One answer that a check rests on."""

    question_id: str
    is_shown: bool
    is_answered: bool  # shown, and with a value
    has_evidence: bool


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A condition that is met or not, or a bar that is excluded or not."""

    check: LicenceCheck
    passed: bool
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """All checks in the edition's order."""

    checks: tuple[CheckResult, ...]

    def of(self, kind: CheckKind) -> tuple[CheckResult, ...]:
        """The conditions, or the bars."""
        return tuple(result for result in self.checks if result.check.kind is kind)

    @property
    def is_barred(self) -> bool:
        """Whether some bar is not excluded: it closes the route, whatever the conditions say."""
        return any(not result.passed for result in self.of(CheckKind.BAR))

    @property
    def is_ready(self) -> bool:
        """Whether every condition is met and every bar excluded."""
        return all(result.passed for result in self.checks)


def readiness(edition: Edition, answers: Mapping[str, Answer], as_of: date) -> Readiness:
    """Check the conditions and bars. A question not shown or not answered proves nothing."""
    way = survey(edition, answers, as_of)
    return Readiness(
        tuple(
            CheckResult(
                check=check,
                passed=check.met_when.holds(way.traits, way.values),
                proofs=tuple(_proof(answers, way, i) for i in check.proven_by),
            )
            for check in edition.general_licence.checks
        )
    )


def _proof(answers: Mapping[str, Answer], way: Survey, question_id: str) -> Proof:
    answer = answers.get(question_id)
    return Proof(
        question_id=question_id,
        is_shown=question_id in way.shown,
        is_answered=question_id in way.values,
        has_evidence=answer is not None and bool(answer.evidence),
    )
