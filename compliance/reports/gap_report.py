"""The report as a value: everything that stands on its pages, in both languages, still unset."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from compliance.catalogue import Edition, Module, Penalty, Provision, Question, Section, Term
from compliance.language import Text
from compliance.reports.citations import Citation
from compliance.reports.extras import Earlier
from compliance.reports.printable import Words
from compliance.scoring import FrameworkStanding, Gap, Mark, ModuleScore, Scorecard


class Variant(StrEnum):
    """Which report: each answers another reader."""

    FULL = "full"
    EXECUTIVE = "executive"  # the director
    MODULE = "module"  # the department
    PLAN = "plan"  # whoever closes the gaps
    COMPARISON = "comparison"  # two snapshots of one firm


class Standing(StrEnum):
    """How a question stands in the report."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    UNANSWERED = "unanswered"
    NOT_APPLICABLE = "not_applicable"
    CLAIM_OPEN = "claim_open"  # a claim of "not applicable" that does not count yet
    NOT_SHOWN = "not_shown"  # answered once, but not asked now


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of evidence as the report names it."""

    number: int  # its line in the register
    question: str
    title: Words
    reference: Words
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A value in words: texts of the catalogue, or the firm's own."""

    texts: tuple[Text, ...] = ()
    level: int | None = None
    number: int | float | None = None
    day: date | None = None
    words: Words | None = None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """The reviewer's view of an answer."""

    decision: str
    told: Told | None
    comment: Words
    by: Words


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question with all that was said on it."""

    question: Question
    standing: Standing
    told: Told | None
    mark: Mark | None  # None: not scored, or not shown
    reason: Words  # of a claim of "not applicable"
    comment: Words
    exhibits: tuple[Exhibit, ...]
    exhibits_left_out: int
    review: ReviewLine | None
    citations: tuple[Citation, ...]
    gap: Gap | None

    @property
    def unsupported(self) -> bool:
        """Whether evidence is expected for what was answered, and none is named."""
        answered = self.standing is Standing.ANSWERED and self.mark is not None
        return answered and self.question.evidence_expected is not None and not self.exhibits


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a module, with its lines; scores 0..100."""

    section: Section
    lines: tuple[AnswerLine, ...]
    score: Fraction | None
    supported: Fraction | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A module: its figures and its parts."""

    module: Module
    score: ModuleScore | None  # None: not scored
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    earlier: float | None  # score of the last snapshot
    weighted: Fraction  # Σ w·a over the applicable questions

    @property
    def lines(self) -> tuple[AnswerLine, ...]:
        return tuple(line for part in self.parts for line in part.lines)


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap with its law, its price and its remedy."""

    number: int
    gap: Gap
    line: AnswerLine
    penalties: tuple[Penalty, ...]
    owner: Words
    due_on: date | None
    state: str  # of the remedy; empty: none agreed
    note: Words


@dataclass(frozen=True, slots=True)
class Wave:
    """Gaps that belong together in time, and where the score stands once they are closed."""

    priority: int
    days: int  # counted from the as-of date
    by: date
    gaps: tuple[GapLine, ...]
    effort_days: Fraction
    score_after: Fraction


@dataclass(frozen=True, slots=True)
class Dispute:
    """Answers that cannot all be true, and what the firm says to it."""

    id: str
    blocks: bool
    message: Text
    questions: tuple[Question, ...]
    explanation: Words


@dataclass(frozen=True, slots=True)
class Omission:
    """A question that was not asked, and why."""

    question: Question
    not_in_force: bool
    depends_on: tuple[str, ...]  # ids of the questions whose answers decide; empty: not in force


@dataclass(frozen=True, slots=True)
class CitedProvision:
    """A provision of the annex, with the questions that rest on it."""

    provision: Provision
    citation: Citation
    in_force: bool  # on the as-of date
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose answer or attainment moved between two snapshots."""

    before: AnswerLine | None  # None: not asked then
    after: AnswerLine | None  # None: not asked now

    @property
    def question(self) -> Question:
        line = self.after or self.before
        if line is None:
            raise ValueError("a change has two sides")
        return line.question

    @property
    def movement(self) -> Fraction | None:
        """How far the attainment moved; None where one side has none."""
        before = self.before.mark if self.before else None
        after = self.after.mark if self.after else None
        if before is None or after is None:
            return None
        return after.attainment - before.attainment


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports of one firm, and what lies between them."""

    earlier: "GapReport"
    later: "GapReport"
    closed: tuple[GapLine, ...]  # gaps then, none now
    opened: tuple[GapLine, ...]  # gaps now, none then
    changes: tuple[Change, ...]
    other_edition: bool  # the questionnaire changed in between


@dataclass(frozen=True, slots=True)
class GapReport:
    """One report. Equal reports print equal pages."""

    variant: Variant
    edition: Edition
    scorecard: Scorecard
    firm: Words
    reference: Words
    as_of: date
    sealed_at: datetime | None
    training: bool
    prepared_by: Words
    reviewed_by: Words
    audit_head: str
    digest: str  # of answers and result: "sha256:…"
    input_digest: str
    program_version: str
    chapters: tuple[Chapter, ...]
    only: Chapter | None  # the module of a module report
    gaps: tuple[GapLine, ...]
    waves: tuple[Wave, ...]
    history: tuple[Earlier, ...]
    disputes: tuple[Dispute, ...]
    not_applicable: tuple[AnswerLine, ...]
    omissions: tuple[Omission, ...]
    kept: tuple[AnswerLine, ...]  # answers to questions that are not asked now
    exhibits: tuple[Exhibit, ...]
    exhibits_left_out: int
    crosswalks: tuple[FrameworkStanding, ...]
    provisions: tuple[CitedProvision, ...]
    penalties: tuple[Penalty, ...]
    terms: tuple[Term, ...]
    boxes: int  # characters of the firm's text that no typeface has
    left_out: int  # characters of the firm's text that were cut
    line_by_id: Mapping[str, AnswerLine]

    def __hash__(self) -> int:
        return hash((self.digest, self.variant))

    @property
    def name(self) -> Text:
        """The kind of report."""
        return _NAMES[self.variant]


_NAMES = {
    Variant.FULL: Text("Gap report", "差距评估报告"),
    Variant.EXECUTIVE: Text("Executive summary", "管理层摘要"),
    Variant.MODULE: Text("Module report", "模块报告"),
    Variant.PLAN: Text("Remediation plan", "整改计划"),
    Variant.COMPARISON: Text("Comparison of two snapshots", "两次快照对比"),
}
