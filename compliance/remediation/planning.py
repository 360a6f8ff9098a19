"""From gaps to actions: one action for each question, with its remedy as the title."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from compliance.assessments import Assessment
from compliance.catalogue import Edition, Question
from compliance.database import FirmSession
from compliance.identity import Actor
from compliance.language import Language
from compliance.remediation.models import ActionState, RemediationAction
from compliance.remediation.operations import Wanted, plan_action
from compliance.remediation.queries import actions_of


def plan_gaps(
    session: FirmSession,
    actor: Actor,
    assessment: Assessment,
    edition: Edition,
    question_ids: Iterable[str],
    wanted: Wanted,
    *,
    language: Language,
    now: datetime,
    factors: Mapping[str, int] | None = None,
) -> list[RemediationAction]:
    """Plan the remedies of some questions; a question that is planned already is left as it is.

    `factors`: question id -> times the effort of its remedy, where a plan lifts it to full. Raises
    PastDueError. Questions without a remedy are passed over.
    """
    planned = {
        action.question_id
        for action in actions_of(session, assessment.id)
        if action.state != ActionState.DROPPED
    }
    made = []
    for question_id in dict.fromkeys(question_ids):
        if question_id in planned or not edition.has_question(question_id):
            continue
        question = edition.question(question_id)
        if question.remedy is None:
            continue
        effort = question.remedy.effort_days * (factors or {}).get(question_id, 1)
        made.append(
            plan_action(
                session,
                actor,
                assessment,
                question_id,
                question.remedy.action[language][0],
                replace(wanted, depends_on_id=None),
                effort_days=float(effort),
                now=now,
            )
        )
    return made


def title_in(action: RemediationAction, question: Question | None, language: Language) -> str:
    """The title of an action, in the reader's language where it repeats the catalogue's remedy."""
    if question is not None and question.remedy is not None:
        told = question.remedy.action
        if action.title in (told[tongue][0] for tongue in Language):
            return told[language][0]
    return action.title
