"""Assessments: a firm's run through one edition, answer by answer, with its whole history.

In: an actor and answers. Out: stored responses, bundles, and scorecards of what is stored.
Verbs take a session first and never commit. Knows no HTML.
"""

from compliance.assessments.errors import (
    AssessmentError,
    ClosedAssessmentError,
    NoSuchAssessmentError,
    NoSuchQuestionError,
    StaleAnswerError,
)
from compliance.assessments.models import Assessment, Path, Response, ResponseHistory, State
from compliance.assessments.operations import import_bundle, open_assessment, save_answer
from compliance.assessments.queries import (
    answers_of,
    assessments_of_firm,
    bundle_of,
    find_assessment,
    history_of,
    responses_of,
)

__all__ = [
    "Assessment",
    "AssessmentError",
    "ClosedAssessmentError",
    "NoSuchAssessmentError",
    "NoSuchQuestionError",
    "Path",
    "Response",
    "ResponseHistory",
    "StaleAnswerError",
    "State",
    "answers_of",
    "assessments_of_firm",
    "bundle_of",
    "find_assessment",
    "history_of",
    "import_bundle",
    "open_assessment",
    "responses_of",
    "save_answer",
]
