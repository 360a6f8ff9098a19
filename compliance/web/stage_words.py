"""Words for the stages of a classroom and what is asked there."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from compliance.language import Text
from compliance.training import Course, Says, Stage, StageKind

STAGES: Mapping[str, Any] = {
    StageKind.LOBBY: _l("Come in"),
    StageKind.PRETEST: _l("Test before"),
    StageKind.READ: _l("Read the case"),
    StageKind.FLAGS: _l("Find the red flags"),
    StageKind.DETERMINE: _l("Determine the transaction"),
    StageKind.ASSESS: _l("Assess the programme"),
    StageKind.REVEAL: _l("Reveal"),
    StageKind.TWIST: _l("The twist"),
    StageKind.TWIST_REVEAL: _l("The twist revealed"),
    StageKind.POSTTEST: _l("Test after"),
    StageKind.END: _l("End"),
}
ASKS: Mapping[str, Any] = {
    Says.FLAGS: _l("Which of these signs stand in the case? Tick all, and no more."),
    Says.OUTCOME: _l("May it go? Choose one outcome."),
    Says.BECAUSE: _l("Because of what? Tick what decides."),
    Says.LEVEL: _l("Where does the firm stand?"),
    Says.TEST: _l("Choose one answer."),
}
YES_NO: Mapping[str, Any] = {"yes": _l("Yes"), "partial": _l("Partly"), "no": _l("No")}


def stage_title(stage: Stage, course: Course) -> tuple[Any, Text | None]:
    """The stage's name, and its scenario's title where the session has several."""
    many = len(course.scenarios) > 1 and stage.scenario is not None
    return STAGES[stage.kind], course.scenarios[stage.scenario or 0].title if many else None
