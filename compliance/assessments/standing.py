"""An assessment as it stands: what is asked, what is answered, and where to go on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TypeVar
from uuid import UUID

from compliance.answers import UNKNOWN, Answer, Because, Survey, survey
from compliance.assessments.discussion import (
    assignments_of,
    flagged_questions,
    message_counts,
)
from compliance.assessments.discussion_models import Assignment
from compliance.assessments.models import OPEN_STATES, Assessment, Response
from compliance.assessments.queries import (
    as_answer,
    edition_of,
    evidence_of,
    evidence_of_many,
    find_assessment,
    responses_of,
    responses_of_many,
)
from compliance.catalogue import (
    Edition,
    Module,
    Question,
    Section,
    Severity,
    load_edition,
    tests_of,
)
from compliance.catalogue.condition import HasTrait
from compliance.database import FirmSession
from compliance.evidence import EvidenceItem
from compliance.identity import Actor

T = TypeVar("T")


class Filling(StrEnum):
    """How far one question is filled in."""

    OPEN = "open"
    ANSWERED = "answered"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    REASON_MISSING = "reason_missing"  # "not applicable" without a reason that is long enough
    TO_CONFIRM = "to_confirm"  # carried over from last time, not looked at yet


DONE = frozenset({Filling.ANSWERED, Filling.UNKNOWN, Filling.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class SectionStanding:
    """One page of questions: those that this person is asked."""

    module: Module
    section: Section
    questions: tuple[Question, ...]
    done: int
    to_confirm: int  # carried over, not looked at yet

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


@dataclass(frozen=True, slots=True)
class ModuleStanding:
    """One subject, with the sections in which something is asked."""

    module: Module
    sections: tuple[SectionStanding, ...]

    @property
    def done(self) -> int:
        return sum(section.done for section in self.sections)

    @property
    def total(self) -> int:
        return sum(section.total for section in self.sections)

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


@dataclass(frozen=True)
class Standing:
    """Everything that pages show of an assessment, loaded once."""

    assessment: Assessment
    edition: Edition
    responses: Mapping[str, Response]
    evidence: Mapping[str, Sequence[EvidenceItem]]
    answers: Mapping[str, Answer]
    all_answers: Mapping[str, Answer]  # decide what is asked; never shown to who is limited
    survey: Survey
    assignments: Mapping[str, Assignment]
    flags: frozenset[str]
    messages: Mapping[str, int]  # question id -> number of messages
    limited_to: frozenset[str] | None  # module ids that the actor may see; None: all

    @property
    def is_open(self) -> bool:
        """Whether answers may change."""
        return self.assessment.state in OPEN_STATES

    def filling(self, question_id: str) -> Filling:
        """How far one question is filled in."""
        response = self.responses.get(question_id)
        if response is None or (response.value is None and response.na_reason is None):
            return Filling.OPEN
        if response.to_confirm:
            return Filling.TO_CONFIRM
        if response.na_reason is not None:
            long_enough = self.edition.not_applicable.reason_at_least
            said = len(response.na_reason.strip()) >= long_enough
            return Filling.NOT_APPLICABLE if said else Filling.REASON_MISSING
        return Filling.UNKNOWN if response.value == UNKNOWN else Filling.ANSWERED

    def is_done(self, question_id: str) -> bool:
        return self.filling(question_id) in DONE

    def lacks_evidence(self, question: Question) -> bool:
        """Whether the answer claims something for which evidence is expected and none is given."""
        if question.evidence_expected is None or self.evidence.get(question.id):
            return False
        response = self.responses.get(question.id)
        return response is not None and response.value not in (None, UNKNOWN, 0, "no")

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """The questions that the actor is asked, in catalogue order."""
        return tuple(q for module in self.modules for s in module.sections for q in s.questions)

    @cached_property
    def modules(self) -> tuple[ModuleStanding, ...]:
        """The modules in which the actor is asked something."""
        return tuple(_modules(self))

    @property
    def sections(self) -> Iterator[SectionStanding]:
        """All pages in order."""
        return (section for module in self.modules for section in module.sections)

    def section(self, module_id: str, section_id: str) -> SectionStanding | None:
        """The page, None where nothing is asked there."""
        for section in self.sections:
            if (section.module.id, section.section.id) == (module_id, section_id):
                return section
        return None

    def neighbours(self, here: SectionStanding) -> tuple[SectionStanding | None, ...]:
        """The page before and the page after."""
        pages = list(self.sections)
        place = pages.index(here)
        before = pages[place - 1] if place else None
        return before, pages[place + 1] if place + 1 < len(pages) else None

    @property
    def done(self) -> int:
        return sum(module.done for module in self.modules)

    @property
    def total(self) -> int:
        return sum(module.total for module in self.modules)

    def next_open(self, after: str | None = None) -> Question | None:
        """The next question that is not done, in order, beginning after a question."""
        return self._next(after, lambda question: not self.is_done(question.id))

    def next_to_confirm(self, after: str | None = None) -> Question | None:
        """The next question whose answer was carried over and is still to confirm."""
        return self._next(after, lambda question: self.filling(question.id) is Filling.TO_CONFIRM)

    def _next(self, after: str | None, wanted: Callable[[Question], bool]) -> Question | None:
        """The first wanted question after the one named, then from the beginning."""
        asked = self.asked
        ids = [question.id for question in asked]
        start = ids.index(after) + 1 if after in ids else 0
        return next((q for q in (*asked[start:], *asked[:start]) if wanted(q)), None)

    @cached_property
    def to_confirm(self) -> tuple[Question, ...]:
        """The questions whose answers were carried over and are still to confirm."""
        return tuple(q for q in self.asked if self.filling(q.id) is Filling.TO_CONFIRM)

    @property
    def left_out(self) -> tuple[tuple[Question, Because], ...]:
        """Questions that do not apply, with the condition that failed."""
        return tuple((self.edition.question(i), because) for i, because in self.survey.not_shown)


def load_standing(
    session: FirmSession, assessment_id: UUID, actor: Actor, *, whole: bool = False
) -> Standing:
    """Raises NoSuchAssessmentError also for another firm's assessment.

    On the short path only its questions are in it, with `whole` also the answers to all others.
    """
    assessment = find_assessment(session, assessment_id)
    edition = edition_of(assessment)
    if whole:
        edition = load_edition(assessment.questionnaire_id, assessment.version)
    standing = _standing(
        assessment,
        edition,
        responses_of(session, assessment.id),
        evidence_of(session, assessment.id),
        actor,
    )
    return replace(
        standing,
        assignments=_seen(edition, actor, assignments_of(session, assessment.id)),
        flags=frozenset(
            _seen(edition, actor, dict.fromkeys(flagged_questions(session, assessment.id), None))
        ),
        messages=_seen(edition, actor, message_counts(session, assessment.id)),
    )


def load_standings(
    session: FirmSession, assessments: Sequence[Assessment], actor: Actor
) -> tuple[Standing, ...]:
    """Several at once, without what colleagues say: two statements, however many they are."""
    ids = [assessment.id for assessment in assessments]
    responses, evidence = responses_of_many(session, ids), evidence_of_many(session, ids)
    return tuple(
        _standing(a, edition_of(a), responses.get(a.id, {}), evidence.get(a.id, {}), actor)
        for a in assessments
    )


def _standing(
    assessment: Assessment,
    edition: Edition,
    responses: Mapping[str, Response],
    evidence: Mapping[str, Sequence[EvidenceItem]],
    actor: Actor,
) -> Standing:
    answered = {i: response for i, response in responses.items() if edition.has_question(i)}
    supported = {i: items for i, items in evidence.items() if edition.has_question(i)}
    answers = {
        i: as_answer(edition.question(i), answered.get(i), supported.get(i, ()))
        for i in answered.keys() | supported.keys()
    }
    return Standing(
        assessment=assessment,
        edition=edition,
        responses=_seen(edition, actor, answered),
        evidence=_seen(edition, actor, supported),
        answers=_seen(edition, actor, answers),
        all_answers=answers,
        survey=survey(edition, answers, assessment.as_of),
        assignments={},
        flags=frozenset(),
        messages={},
        limited_to=actor.modules,
    )


def _seen(edition: Edition, actor: Actor, found: Mapping[str, T]) -> Mapping[str, T]:
    """Question id -> what there is, of the modules that the actor may see."""
    if actor.modules is None:
        return found
    return {
        i: one
        for i, one in found.items()
        if edition.has_question(i) and actor.sees(edition.question(i).module_id)
    }


def _modules(standing: Standing) -> Iterator[ModuleStanding]:
    shown = set(standing.survey.shown)
    limited = standing.limited_to
    for module in standing.edition.modules:
        if limited is not None and module.id not in limited:
            continue
        sections = []
        for section in module.sections:
            asked = tuple(q for q in section.questions if q.id in shown)
            if asked:
                fillings = [standing.filling(q.id) for q in asked]
                done = sum(filling in DONE for filling in fillings)
                to_confirm = fillings.count(Filling.TO_CONFIRM)
                sections.append(SectionStanding(module, section, asked, done, to_confirm))
        if sections:
            yield ModuleStanding(module, tuple(sections))


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a changed answer does to the questions that are asked."""

    added: tuple[Question, ...]
    removed: tuple[Question, ...]  # their answers are kept
    raised: tuple[tuple[Question, Severity], ...]  # graver than before

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed)


def consequence_of(standing: Standing, changes: Mapping[str, Answer]) -> Consequence:
    """What saving these answers would add and remove. `changes`: question id -> answer."""
    after = survey(standing.edition, {**standing.all_answers, **changes}, standing.assessment.as_of)
    before_ids, after_ids = set(standing.survey.shown), set(after.shown)

    def named(ids: set[str]) -> tuple[Question, ...]:
        return tuple(q for q in standing.edition.questions if q.id in ids)

    raised = tuple(
        (standing.edition.question(i), severity)
        for i, severity in after.severities.items()
        if i in before_ids and standing.survey.severities.get(i) != severity
    )
    return Consequence(named(after_ids - before_ids), named(before_ids - after_ids), raised)


@lru_cache
def steering_questions(edition: Edition) -> frozenset[str]:
    """Questions whose answer decides whether other questions are asked."""
    tests = [
        test
        for question in edition.questions
        for condition in (question.shown_when, *question.severity_when.values())
        for test in tests_of(condition)
    ]
    traits = {test.trait for test in tests if isinstance(test, HasTrait)}
    asked = {test.question for test in tests if not isinstance(test, HasTrait)}
    setting = {
        question.id
        for question in edition.questions
        if traits & {t for option in question.options for t in option.sets}
        or traits & {t for named in question.sets.values() for t in named}
    }
    return frozenset(asked | setting)
