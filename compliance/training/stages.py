"""The way of a class through its scenarios: one stage after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class StageKind(StrEnum):
    """What happens at a stage."""

    LOBBY = "lobby"
    PRETEST = "pretest"
    READ = "read"
    FLAGS = "flags"
    DETERMINE = "determine"
    ASSESS = "assess"
    REVEAL = "reveal"
    TWIST = "twist"
    TWIST_REVEAL = "twist_reveal"
    POSTTEST = "posttest"
    END = "end"


OF_A_SCENARIO = (
    *(StageKind.READ, StageKind.FLAGS, StageKind.DETERMINE, StageKind.ASSESS, StageKind.REVEAL),
    *(StageKind.TWIST, StageKind.TWIST_REVEAL),
)
TESTS = frozenset({StageKind.PRETEST, StageKind.POSTTEST})
ANSWERED = TESTS | {StageKind.FLAGS, StageKind.DETERMINE, StageKind.ASSESS, StageKind.TWIST}
BY_TEAMS = ANSWERED - TESTS  # a test is everyone's own


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; `scenario` is the place of its scenario in the session."""

    kind: StageKind
    scenario: int | None = None

    @property
    def answered(self) -> bool:
        """Whether participants answer here."""
        return self.kind in ANSWERED

    @property
    def by_teams(self) -> bool:
        """Whether a team locks in its answer here."""
        return self.kind in BY_TEAMS


def stages_of_session(scenarios: int, *, tests: bool) -> tuple[Stage, ...]:
    """All stages of a session, in order."""
    middle = [Stage(kind, n) for n in range(scenarios) for kind in OF_A_SCENARIO]
    before = [Stage(StageKind.PRETEST)] if tests else []
    after = [Stage(StageKind.POSTTEST)] if tests else []
    return (Stage(StageKind.LOBBY), *before, *middle, *after, Stage(StageKind.END))


def stages_json(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    return [{"kind": stage.kind.value, "scenario": stage.scenario} for stage in stages]


def stages_from(raw: Sequence[Any]) -> tuple[Stage, ...]:
    return tuple(Stage(StageKind(one["kind"]), one["scenario"]) for one in raw)
