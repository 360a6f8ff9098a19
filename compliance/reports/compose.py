"""From edition, bundle and result to the report as a value. Pure; computes no score of its own."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from compliance.answers import (
    UNKNOWN,
    Answer,
    Bundle,
    BundleError,
    EvidenceRef,
    Value,
    parse_answer,
)
from compliance.catalogue import Edition, Kind, Module, Question, tests_of
from compliance.language import Text
from compliance.reports.citations import Citation, cite
from compliance.reports.digests import differences, snapshot_digest
from compliance.reports.errors import ResultMismatchError
from compliance.reports.extras import Action, Extras, Review
from compliance.reports.gap_report import (
    AnswerLine,
    Chapter,
    CitedProvision,
    Dispute,
    Exhibit,
    GapLine,
    GapReport,
    Omission,
    Part,
    ReviewLine,
    Standing,
    Told,
    Variant,
    Wave,
)
from compliance.reports.printable import Words, one_line, printable
from compliance.reports.program import build, own_version
from compliance.scoring import (
    Mark,
    Scorecard,
    State,
    result_json,
    score,
    seen_through,
)

WAVE_DAYS = {1: 30, 2: 90, 3: 180, 4: 365}  # priority -> days until its gaps should be closed
MOST_EXHIBITS = 2_000  # in one report
MOST_EXHIBITS_OF_ONE = 25
_STATES = {
    State.ANSWERED: Standing.ANSWERED,
    State.UNKNOWN: Standing.UNKNOWN,
    State.NOT_APPLICABLE: Standing.NOT_APPLICABLE,
}


def compose(
    edition: Edition,
    bundle: Bundle,
    result: Mapping[str, object],
    extras: Extras | None = None,
    variant: Variant = Variant.FULL,
    module: str | None = None,
) -> GapReport:
    """The report of a result. Raises ResultMismatchError where it is not the bundle's result.

    `module` names the module of a module report.
    """
    scorecard = score(edition, bundle.answers, bundle.as_of)
    differing = differences(result, result_json(edition, bundle, scorecard))
    if differing:
        raise ResultMismatchError(differing)
    return _Composer(edition, bundle, result, scorecard, extras or Extras()).report(variant, module)


class _Composer:
    def __init__(
        self,
        edition: Edition,
        bundle: Bundle,
        result: Mapping[str, object],
        scorecard: Scorecard,
        extras: Extras,
    ) -> None:
        self.edition, self.bundle, self.result = edition, bundle, result
        self.scorecard, self.extras = scorecard, extras
        self.gap_of = {gap.question.id: gap for gap in scorecard.gaps}
        self.citations = {key: cite(one) for key, one in edition.provisions.items()}
        self.exhibits: list[Exhibit] = []
        self.words: list[Words] = []

    def report(self, variant: Variant, module: str | None) -> GapReport:
        chapters = tuple(self._chapter(one) for one in self.edition.modules)
        lines = {line.question.id: line for chapter in chapters for line in chapter.lines}
        gaps = tuple(self._gap_lines(lines))
        only = next((chapter for chapter in chapters if chapter.module.id == module), None)
        shown = set(self.scorecard.survey.shown)
        kept = tuple(
            self._line(self.edition.question(key)) for key in self._answered_but_not_asked(shown)
        )
        exhibits_left_out = sum(line.exhibits_left_out for line in lines.values())
        return GapReport(
            variant=variant,
            edition=self.edition,
            scorecard=self.scorecard,
            firm=self._one_line(self.bundle.firm_name),
            reference=self._one_line(self.bundle.firm_reference),
            as_of=self.bundle.as_of,
            sealed_at=self.extras.sealed_at,
            training=self.extras.training,
            prepared_by=self._one_line(self.extras.prepared_by),
            reviewed_by=self._one_line(self.extras.reviewed_by),
            audit_head=one_line(self.extras.audit_head, 80).text,
            digest=snapshot_digest(self.bundle, self.result, self.extras),
            input_digest=str(self.result.get("input_digest", "")),
            program_version=f"{own_version()}-{build()}",
            chapters=chapters,
            only=only,
            gaps=gaps,
            waves=tuple(self._waves(gaps)),
            history=self.extras.history,
            disputes=tuple(self._disputes()),
            not_applicable=tuple(
                line
                for line in lines.values()
                if line.standing in {Standing.NOT_APPLICABLE, Standing.CLAIM_OPEN}
            ),
            omissions=tuple(self._omissions()),
            kept=kept,
            exhibits=tuple(self.exhibits),
            exhibits_left_out=exhibits_left_out,
            crosswalks=seen_through(self.edition, self.scorecard),
            provisions=tuple(self._cited(lines)),
            penalties=self._penalties(gaps),
            terms=tuple(sorted(self.edition.terms.values(), key=lambda term: term.word.en.lower())),
            boxes=sum(words.boxes for words in self.words),
            left_out=sum(words.left_out for words in self.words),
            line_by_id=lines,
        )

    def _printable(self, text: str) -> Words:
        words = printable(text)
        self.words.append(words)
        return words

    def _one_line(self, text: str) -> Words:
        words = one_line(text)
        self.words.append(words)
        return words

    def _answered_but_not_asked(self, shown: set[str]) -> Iterator[str]:
        for question in self.edition.questions:
            answer = self.bundle.answers.get(question.id)
            if question.id not in shown and answer is not None and answer != Answer():
                yield question.id

    # Modules and answers

    def _chapter(self, module: Module) -> Chapter:
        shown = set(self.scorecard.survey.shown)
        parts = []
        for section in module.sections:
            lines = tuple(self._line(q) for q in section.questions if q.id in shown)
            if lines:
                marks = [line.mark for line in lines if line.mark]
                own, supported = _share(marks), _share(marks, supported=True)
                parts.append(Part(section, lines, own, supported))
        figures = next((one for one in self.scorecard.modules if one.id == module.id), None)
        marks = [line.mark for part in parts for line in part.lines if line.mark]
        last = self.extras.history[-1].modules if self.extras.history else {}
        return Chapter(
            module=module,
            score=figures,
            parts=tuple(parts),
            gaps=tuple(g for g in self.scorecard.gaps if g.question.module_id == module.id),
            earlier=last.get(module.id),
            weighted=sum((m.weight * m.attainment for m in marks if m.is_applicable), Fraction(0)),
        )

    def _line(self, question: Question) -> AnswerLine:
        answer = self.bundle.answers.get(question.id, Answer())
        mark = self.scorecard.marks.get(question.id)
        standing = self._standing(question, answer, mark)
        exhibits = tuple(self._exhibits(question, answer.evidence))
        claim = answer.not_applicable
        return AnswerLine(
            question=question,
            standing=standing,
            told=self._told(question, answer.value),
            mark=mark,
            reason=self._printable(claim.reason) if claim else Words(""),
            comment=self._printable(answer.comment),
            exhibits=exhibits,
            exhibits_left_out=len(answer.evidence) - len(exhibits),
            review=self._review(question, self.extras.reviews.get(question.id)),
            citations=self._citations(question.provisions),
            gap=self.gap_of.get(question.id),
        )

    def _standing(self, question: Question, answer: Answer, mark: Mark | None) -> Standing:
        if question.id not in self.scorecard.survey.shown:
            return Standing.NOT_SHOWN
        if mark is None:
            if answer.not_applicable:
                return Standing.NOT_APPLICABLE
            return Standing.UNANSWERED if answer.value is None else Standing.ANSWERED
        if mark.state is State.UNANSWERED:
            return Standing.CLAIM_OPEN if answer.not_applicable else Standing.UNANSWERED
        return _STATES[mark.state]

    def _told(  # noqa: PLR0911 - one return a kind of value
        self, question: Question, value: Value | None
    ) -> Told | None:
        match value:
            case None:
                return None
            case str() if value == UNKNOWN and question.scored:
                return Told(unknown=True)
            case tuple():
                return Told(texts=tuple(o.text for o in question.options if o.value in value))
            case date():
                return Told(day=value)
            case int() if question.kind is Kind.MATURITY:
                level = next(one for one in question.levels if one.value == value)
                return Told(texts=(level.text,), level=level.value)
            case int() | float():
                return Told(number=value)
            case _ if question.kind is Kind.YES_PARTIAL_NO:
                return Told(texts=(YES_PARTIAL_NO[value],))
            case _ if question.options:
                return Told(texts=(question.option(value).text,))
        return Told(words=self._printable(value))

    def _review(self, question: Question, review: Review | None) -> ReviewLine | None:
        if review is None:
            return None
        told = None
        if review.value is not None:
            try:
                read = parse_answer(question, {"value": review.value})
            except BundleError:
                told = Told(words=self._printable(str(review.value)))
            else:
                told = self._told(question, read.value)
        return ReviewLine(
            review.decision, told, self._printable(review.comment), self._one_line(review.by)
        )

    def _exhibits(self, question: Question, found: Iterable[EvidenceRef]) -> Iterator[Exhibit]:
        for count, one in enumerate(found):
            if count == MOST_EXHIBITS_OF_ONE or len(self.exhibits) == MOST_EXHIBITS:
                return
            exhibit = Exhibit(
                number=len(self.exhibits) + 1,
                question=question.id,
                title=self._one_line(one.title),
                reference=self._one_line(one.reference),
                sha256=one.sha256,
            )
            self.exhibits.append(exhibit)
            yield exhibit

    def _citations(self, provisions: Iterable[str]) -> tuple[Citation, ...]:
        return tuple(self.citations[key] for key in provisions)

    # Gaps and their closing

    def _gap_lines(self, lines: Mapping[str, AnswerLine]) -> Iterator[GapLine]:
        actions = {action.question: action for action in self.extras.actions}
        for number, gap in enumerate(self.scorecard.gaps, start=1):
            action = actions.get(gap.question.id) or Action(gap.question.id, state="")
            yield GapLine(
                number=number,
                gap=gap,
                line=lines[gap.question.id],
                penalties=self.edition.penalties_on(gap.question, self.bundle.as_of),
                owner=self._one_line(action.owner),
                due_on=action.due_on,
                state=action.state,
                note=self._printable(action.note),
            )

    def _waves(self, gaps: tuple[GapLine, ...]) -> Iterator[Wave]:
        after = self.scorecard.overall.score or Fraction(0)
        for priority, days in WAVE_DAYS.items():
            own = tuple(line for line in gaps if line.gap.priority == priority)
            if not own:
                continue
            after += sum(line.gap.gain for line in own)
            yield Wave(
                priority=priority,
                days=days,
                by=self.bundle.as_of + timedelta(days=days),
                gaps=own,
                effort_days=sum(
                    (g.gap.question.remedy.effort_days for g in own if g.gap.question.remedy),
                    Fraction(0),
                ),
                score_after=after,
            )

    def _penalties(self, gaps: tuple[GapLine, ...]) -> tuple:  # type: ignore[type-arg]
        wanted = {penalty.id for line in gaps for penalty in line.penalties}
        return tuple(one for key, one in self.edition.penalties.items() if key in wanted)

    # Annexes

    def _disputes(self) -> Iterator[Dispute]:
        for rule in self.scorecard.contradictions:
            yield Dispute(
                id=rule.id,
                blocks=rule.severity.value == "blocks",
                message=rule.message,
                questions=tuple(self.edition.question(key) for key in rule.questions),
                explanation=self._printable(self.extras.explanations.get(rule.id, "")),
            )

    def _omissions(self) -> Iterator[Omission]:
        setters = _setters(self.edition)
        for question_id, because in self.scorecard.survey.not_shown:
            question = self.edition.question(question_id)
            in_force = not isinstance(because, str)
            deciding: dict[str, None] = {}
            for test in tests_of(question.shown_when) if in_force else ():
                trait = getattr(test, "trait", None)
                for key in setters.get(trait, ()) if trait else (str(test.raw["question"]),):
                    deciding[key] = None
            yield Omission(question, not in_force, tuple(deciding))

    def _cited(self, lines: Mapping[str, AnswerLine]) -> Iterator[CitedProvision]:
        users: dict[str, list[str]] = {}
        for line in lines.values():
            for key in line.question.provisions:
                users.setdefault(key, []).append(line.question.id)
        for gap in self.scorecard.gaps:
            for penalty in self.edition.penalties_on(gap.question, self.bundle.as_of):
                for key in penalty.provisions:
                    users.setdefault(key, [])
        for key, provision in self.edition.provisions.items():
            if key in users:
                yield CitedProvision(
                    provision,
                    self.citations[key],
                    provision.in_force(self.bundle.as_of),
                    tuple(users[key]),
                )


YES_PARTIAL_NO = {
    "yes": Text("Yes", "是"),
    "partial": Text("Partly", "部分"),
    "no": Text("No", "否"),
}


def _share(marks: Iterable[Mark], *, supported: bool = False) -> Fraction | None:
    """0..100, as modules are scored; None where nothing applies."""
    counted = [mark for mark in marks if mark.is_applicable]
    if not counted:
        return None
    reached = sum(m.weight * (m.supported if supported else m.attainment) for m in counted)
    return Fraction(100 * reached, sum(mark.weight for mark in counted))


@lru_cache(maxsize=8)
def _setters(edition: Edition) -> Mapping[str, tuple[str, ...]]:
    """Trait -> the questions whose answers set it."""
    found: dict[str, list[str]] = {}
    for question in edition.questions:
        traits = {trait for option in question.options for trait in option.sets}
        traits |= {trait for sets in question.sets.values() for trait in sets}
        for trait in traits:
            found.setdefault(trait, []).append(question.id)
    return {trait: tuple(ids) for trait, ids in found.items()}
