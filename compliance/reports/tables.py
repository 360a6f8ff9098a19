"""The report as plain tables, for spreadsheets and other programs. Driven by the edition.

Every question that is shown or answered has its row, with the firm's text in full. A cell never
starts as a formula would: a spreadsheet program shows what people typed, and runs nothing.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from compliance.answers import Answer, Bundle
from compliance.catalogue import Question
from compliance.reports.gap_report import AnswerLine, GapReport, Told, Variant
from compliance.reports.wordings import Wording
from compliance.scoring import half_up

Cell: TypeAlias = str | int | float | date | None
LONGEST_CELL = 32_000  # a spreadsheet takes 32,767 characters
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: heads and rows of equal length."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]  # characters


def plain_text(text: str, longest: int = LONGEST_CELL) -> str:
    """Text without characters that files refuse or that steer what they show; cut with a mark."""
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", text[: longest * 2])
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs", "Cf", "Cn"}
    )
    return f"{kept[:longest]} […]" if len(kept) > longest else kept


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula, without characters that files refuse."""
    kept = plain_text(text)
    runs = kept.lstrip(" \n").startswith(TRIGGERS) or kept[:1] == "\t"
    return f"'{kept}" if runs else kept


class Tables:
    """All tables of a report, in the languages asked for."""

    def __init__(self, report: GapReport, bundle: Bundle, wordings: Sequence[Wording]) -> None:
        self.report, self.bundle, self.wordings = report, bundle, tuple(wordings)
        self.lines = [
            one for one in (*report.line_by_id.values(), *report.kept) if self._wanted(one.question)
        ]
        self.gap_lines = [one for one in report.gaps if self._wanted(one.gap.question)]

    def _wanted(self, question: Question) -> bool:
        """A module report holds what is of its module."""
        only = self.report.only
        return only is None or question.module_id == only.module.id

    def all(self) -> tuple[Table, ...]:
        """The tables of the report's kind, in the order of its chapters."""
        whole = (
            self.modules(),
            self.answers(),
            self.gaps(),
            self.plan(),
            self.contradictions(),
            self.omissions(),
            self.evidence(),
            self.law(),
        )
        chosen = {
            Variant.EXECUTIVE: (self.modules(), self.gaps()),
            Variant.PLAN: (self.modules(), self.plan(), self.gaps(), self.law()),
            Variant.MODULE: (
                self.modules(),
                self.answers(),
                self.gaps(),
                self.plan(),
                self.evidence(),
                self.law(),
            ),
        }
        return chosen.get(self.report.variant, whole)

    def modules(self) -> Table:
        columns = _Columns(self.wordings)
        columns.text("Module", 34, lambda w, c: w(c.module.title))
        columns.plain("Weight", 10, lambda c: c.score.weight)
        columns.plain("Declared score", 14, lambda c: _number(c.score.score, 1))
        columns.plain("Supported by evidence", 14, lambda c: _number(c.score.supported_score, 1))
        columns.plain("Applicable", 12, lambda c: c.score.applicable)
        columns.plain("Answered", 12, lambda c: c.score.answered)
        columns.plain("Not applicable", 14, lambda c: c.score.not_applicable)
        columns.plain("Gaps", 10, lambda c: len(c.gaps))
        only = self.report.only
        shown = [c for c in self.report.chapters if c.score and only in (None, c)]
        return columns.table("Modules", shown)

    def answers(self) -> Table:
        """Every question that is asked, and every answer that is kept."""
        titles = {m.id: m.title for m in self.report.edition.modules}
        columns = _Columns(self.wordings)
        columns.plain("Question", 11, lambda one: one.question.id)
        columns.text("Module", 24, lambda w, one: w(titles[one.question.module_id]))
        columns.text("What is asked", 60, lambda w, one: w(one.question.prompt))
        columns.text("State", 16, lambda w, one: w.standing(one.standing))
        columns.text("Answer", 60, self._answer)
        columns.plain("Attainment", 12, lambda one: _share(one.mark and one.mark.attainment))
        columns.text("Severity", 20, self._severity)
        columns.plain("Red line", 10, lambda one: "●" if one.question.red_line else "")
        columns.plain("Comment", 50, lambda one: self._of(one).comment)
        columns.plain("Reason", 40, self._reason)
        columns.plain("Evidence", 50, self._evidence_of)
        columns.text("Review", 14, _decision)
        columns.text("Reviewer’s value", 30, self._reviewed)
        columns.plain(
            "Reviewer’s comment", 40, lambda one: one.review.comment.text if one.review else ""
        )
        columns.text(
            "Provisions cited", 40, lambda w, o: w.listed([w(c.short) for c in o.citations])
        )
        return columns.table("Answers", self.lines)

    def gaps(self) -> Table:
        titles = {m.id: m.title for m in self.report.edition.modules}
        columns = _Columns(self.wordings)
        columns.plain("No.", 7, lambda one: one.number)
        columns.plain("Priority", 9, lambda one: one.gap.priority)
        columns.plain("Question", 11, lambda one: one.gap.question.id)
        columns.text("Module", 24, lambda w, one: w(titles[one.gap.question.module_id]))
        columns.text("Gap", 60, lambda w, one: w(one.gap.question.prompt))
        columns.text("Severity", 20, lambda w, one: self._severity(w, one.line))
        columns.plain("Attainment", 12, lambda one: _share(one.gap.mark.attainment))
        columns.plain("Target", 10, lambda one: _share(one.gap.target))
        columns.plain("Gain", 10, lambda one: _number(one.gap.gain, 2))
        columns.text(
            "Legal basis",
            50,
            lambda w, one: w.listed([f"{w(c.short)} ({w.since(c)})" for c in one.line.citations]),
        )
        columns.text(
            "Exposure",
            60,
            lambda w, one: "; ".join(dict.fromkeys(w.exposure(p) for p in one.penalties)),
        )
        return columns.table("Gap register", self.gap_lines)

    def plan(self) -> Table:
        columns = _Columns(self.wordings)
        days = {wave.priority: wave for wave in self.report.waves}
        columns.plain("Priority", 9, lambda one: one.gap.priority)
        columns.plain("Question", 11, lambda one: one.gap.question.id)
        columns.text("Remedy", 80, lambda w, one: w.steps(one.gap.question.remedy))
        columns.plain("Effort (person-days)", 12, lambda one: _effort(one.gap.question.remedy))
        columns.plain("Gain", 10, lambda one: _number(one.gap.gain, 2))
        columns.plain("Closed by", 14, lambda one: days[one.gap.priority].by)
        columns.plain("Owner", 24, lambda one: one.owner.text)
        columns.plain("Due", 14, lambda one: one.due_on)
        columns.text("State", 14, lambda w, one: w.state(one.state))
        columns.plain("Note", 30, lambda one: one.note.text)
        return columns.table("Remediation plan", self.gap_lines)

    def contradictions(self) -> Table:
        columns = _Columns(self.wordings)
        columns.text(
            "Weight of it", 14, lambda w, one: w._("blocks") if one.blocks else w._("warns")
        )
        columns.text("Contradiction", 80, lambda w, one: w(one.message))
        columns.plain("Questions", 30, lambda one: ", ".join(q.id for q in one.questions))
        columns.plain("Explanation", 60, lambda one: one.explanation.text)
        return columns.table("Contradictions", self.report.disputes)

    def omissions(self) -> Table:
        columns = _Columns(self.wordings)
        columns.plain("Question", 11, lambda one: one.question.id)
        columns.text("What is asked", 80, lambda w, one: w(one.question.prompt))
        columns.text(
            "Depends on",
            30,
            lambda w, o: w._("law not in force") if o.not_in_force else w.listed(o.depends_on),
        )
        return columns.table("Questions not asked", self.report.omissions)

    def evidence(self) -> Table:
        columns = _Columns(self.wordings)
        columns.plain("Question", 11, lambda one: one[0])
        columns.plain("Title", 60, lambda one: one[1].title)
        columns.plain("Reference", 40, lambda one: one[1].reference)
        columns.plain("SHA-256", 66, lambda one: one[1].sha256 or "")
        rows = [
            (line.question.id, piece) for line in self.lines for piece in self._of(line).evidence
        ]
        return columns.table("Register of evidence", rows)

    def law(self) -> Table:
        columns = _Columns(self.wordings)
        columns.text("Provision", 34, lambda w, one: w(one.citation.short))
        columns.text("Instrument", 50, lambda w, one: w(one.provision.instrument_name))
        columns.text("What it asks", 70, lambda w, one: w(one.provision.summary))
        columns.plain("In force from", 14, lambda one: one.provision.in_force_from)
        columns.plain("In force until", 14, lambda one: one.provision.in_force_until)
        columns.plain("Status", 18, lambda one: one.provision.status.value)
        columns.plain("Confidence", 12, lambda one: one.citation.confidence)
        columns.text(
            "Check", 14, lambda w, o: w._("check status") if o.citation.check_status else ""
        )
        columns.plain("Questions", 40, lambda one: ", ".join(one.questions))
        shown = self.report.provisions
        if self.report.only:
            cited = {key for line in self.lines for key in line.question.provisions}
            shown = tuple(one for one in shown if one.provision.id in cited)
        return columns.table("Provisions cited", shown)

    def _of(self, line: AnswerLine) -> Answer:
        return self.bundle.answers.get(line.question.id, Answer())

    def _answer(self, w: Wording, line: AnswerLine) -> str:
        value = self._of(line).value
        told = line.told
        if told is not None and told.words is not None:
            return str(value)
        return w.told(told, line.question)

    def _reason(self, line: AnswerLine) -> str:
        claim = self._of(line).not_applicable
        return claim.reason if claim else ""

    def _evidence_of(self, line: AnswerLine) -> str:
        return "\n".join(
            " · ".join(part for part in (one.title, one.reference, one.sha256) if part)
            for one in self._of(line).evidence
        )

    def _severity(self, w: Wording, line: AnswerLine) -> str:
        if line.mark is None:
            return w._("not scored")
        return w.severity(self.report.edition, line.mark.severity)

    def _reviewed(self, w: Wording, line: AnswerLine) -> str:
        told: Told | None = line.review.told if line.review else None
        if told is None:
            return ""
        return told.words.text if told.words else w.told(told, line.question)


def csv_bytes(table: Table) -> bytes:
    """A table for spreadsheets: UTF-8 with its mark, so that Chinese opens right."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(table.heads)
    writer.writerows(table.rows)
    return stream.getvalue().encode("utf-8-sig")


class _Columns:
    """Heads and getters; texts have a column for each language."""

    def __init__(self, wordings: tuple[Wording, ...]) -> None:
        self.wordings = wordings
        self.heads: list[str] = []
        self.widths: list[int] = []
        self.getters: list[Callable[[object], Cell]] = []

    def plain(self, head: str, width: int, get: Callable[..., Cell]) -> None:
        names = dict.fromkeys(w._(head) for w in self.wordings)
        self._add(" / ".join(names), width, get)

    def text(self, head: str, width: int, get: Callable[..., str]) -> None:
        for w in self.wordings:
            self._add(w._(head), width, lambda one, w=w: get(w, one))

    def _add(self, head: str, width: int, get: Callable[..., Cell]) -> None:
        self.heads.append(head)
        self.widths.append(width)
        self.getters.append(get)

    def table(self, title: str, found: Sequence[object]) -> Table:
        name = " / ".join(dict.fromkeys(w._(title) for w in self.wordings))
        rows = tuple(tuple(self._row(one)) for one in found)
        return Table(name, tuple(self.heads), rows, tuple(self.widths))

    def _row(self, one: object) -> Iterator[Cell]:
        for get in self.getters:
            cell = get(one)
            yield harmless(cell) if isinstance(cell, str) else cell


def _decision(w: Wording, line: AnswerLine) -> str:
    if line.review is None:
        return ""
    known = {"accepted": w._("accepted"), "returned": w._("returned")}
    return known.get(line.review.decision, line.review.decision)


def _number(number: Fraction | None, decimals: int) -> float | None:
    return None if number is None else float(half_up(number, decimals))


def _share(share: Fraction | None) -> float | None:
    return None if share is None else float(half_up(share, 4))


def _effort(remedy: object) -> float | None:
    days = getattr(remedy, "effort_days", None)
    return None if days is None else float(days)
