"""What somebody may see who is asked about some modules only: one rule for all entrances.

Whole pages are refused by `Actor.may`. What stays open shows parts of an assessment, and each part
is asked for here: questions, evidence, colleagues.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from compliance.assessments.errors import NoSuchQuestionError
from compliance.assessments.models import OnEdition
from compliance.assessments.queries import assessments_of_firm
from compliance.catalogue import Question, load_edition
from compliance.database import FirmSession
from compliance.evidence import (
    EvidenceItem,
    EvidenceLink,
    NoSuchEvidenceError,
    evidence_of_firm,
    find_evidence,
    links_of_firm,
)
from compliance.identity import Actor


def question_for(actor: Actor, assessment: OnEdition, question_id: str) -> Question:
    """The question; raises NoSuchQuestionError also where its module is not the actor's."""
    edition = load_edition(assessment.questionnaire_id, assessment.version)
    if not edition.has_question(question_id):
        raise NoSuchQuestionError(question_id)
    question = edition.question(question_id)
    if not actor.sees(question.module_id):
        raise NoSuchQuestionError(question_id)
    return question


def evidence_for(
    session: FirmSession, actor: Actor
) -> tuple[Sequence[EvidenceItem], Mapping[UUID, Sequence[EvidenceLink]]]:
    """The evidence that the actor may see, newest first, and id -> the links that they may see.

    Who is limited sees what supports a question of their modules, and nothing else of it.
    """
    items, links = evidence_of_firm(session), links_of_firm(session)
    if actor.modules is None:
        return items, links
    editions = {a.id: (a.questionnaire_id, a.version) for a in assessments_of_firm(session)}
    seen = {
        evidence_id: [link for link in found if _sees_link(actor, link, editions)]
        for evidence_id, found in links.items()
    }
    return [item for item in items if seen.get(item.id)], seen


def find_evidence_for(session: FirmSession, actor: Actor, evidence_id: UUID) -> EvidenceItem:
    """The item; raises NoSuchEvidenceError also where the actor may not see it."""
    item = find_evidence(session, evidence_id)
    if actor.modules is not None:
        items, _links = evidence_for(session, actor)
        if item.id not in {one.id for one in items}:
            raise NoSuchEvidenceError(str(evidence_id))
    return item


def all_seen(actor: Actor, question_ids: Iterable[str], edition_name: tuple[str, str]) -> bool:
    """Whether the actor may see each of these questions of an edition."""
    if actor.modules is None:
        return True
    edition = load_edition(*edition_name)
    return all(
        edition.has_question(i) and actor.sees(edition.question(i).module_id) for i in question_ids
    )


def _sees_link(actor: Actor, link: EvidenceLink, editions: Mapping[UUID, tuple[str, str]]) -> bool:
    return all_seen(actor, [link.question_id], editions[link.assessment_id])
