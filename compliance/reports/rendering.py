"""From the report as a value to HTML: own templates, no Flask, nothing that varies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from io import BytesIO
from itertools import chain
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from compliance.catalogue import Confidence, Penalty, Severity, Status, Term
from compliance.language import Language, Text
from compliance.reports import charts
from compliance.reports.citations import Citation, instrument, short
from compliance.reports.gap_report import Comparison, GapLine, GapReport, Variant
from compliance.reports.portfolio import Portfolio
from compliance.reports.program import build, own_version
from compliance.reports.typefaces import needed
from compliance.reports.wordings import Wording

MOST_FIRST_GAPS = 5
TEMPLATES = Path(__file__).parents[2] / "templates"


class ReportLanguage(StrEnum):
    """A report speaks one language, or both side by side."""

    EN = "en"
    ZH = "zh"
    BOTH = "both"

    @property
    def languages(self) -> tuple[Language, ...]:
        return tuple(Language) if self is ReportLanguage.BOTH else (Language(self.value),)


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading that the contents list: its anchor, number and title."""

    id: str
    number: str
    title: Text | str  # a text of the catalogue, or an interface word
    module: str = ""


def render_html(
    report: GapReport, language: ReportLanguage, comparison: Comparison | None = None
) -> str:
    """The whole report as HTML, ready to be set; a comparison is a report of its later side."""
    wordings = tuple(Wording(one) for one in language.languages)
    entries = {entry.id: entry for entry in contents_of(report)}
    page = _environment().get_template(f"reports/{report.variant}.html")
    body = page.render(
        r=report,
        wordings=wordings,
        w=wordings[0],
        side_by_side=len(wordings) > 1,
        entries=entries,
        scale=Scale(report),
        qr=qr_code(report.digest),
        short_firm=charts.fitting(report.firm.text, 7.5, 205),
        **_joined(wordings),
        **_figures(report),
        **_choices(report, wordings[0]),
        **_WORDS,
        c=comparison,
        terms_shown=_terms(report, wordings[0]),
    )
    return with_typefaces(body, wordings)


def render_portfolio(found: Portfolio, language: ReportLanguage, digest: str) -> str:
    """A portfolio as HTML, ready to be set."""
    wordings = tuple(Wording(one) for one in language.languages)
    page = _environment().get_template("reports/portfolio.html")
    body = page.render(
        r=found,
        wordings=wordings,
        w=wordings[0],
        side_by_side=len(wordings) > 1,
        digest=digest,
        qr=qr_code(digest),
        when=_midnight(found.as_of).strftime("%Y-%m-%dT%H:%M:%SZ"),
        short_firm=charts.fitting(found.title.text, 7.5, 205),
        program_version=f"{own_version()}-{build()}",
        heat=_heat,
        **_joined(wordings),
    )
    return with_typefaces(body, wordings)


def _heat(score: float | None) -> str:
    """The shade of a score: the figure stands in the cell, so colour never speaks alone."""
    steps = ((40, "h1"), (55, "h2"), (70, "h3"), (85, "h4"))
    if score is None:
        return "h0"
    return next((shade for bound, shade in steps if score < bound), "h5")


def with_typefaces(html: str, wordings: tuple[Wording, ...]) -> str:
    """Name in the page the typefaces it needs, and no more."""
    faces = dict.fromkeys(chain.from_iterable(needed(html, one.typefaces) for one in wordings))
    return html.replace("/*typefaces*/", "".join(face.css for face in faces), 1)


def contents_of(report: GapReport) -> tuple[Entry, ...]:
    """The headings of a variant in reading order."""
    return tuple(_numbered(report))


def qr_code(content: str) -> Markup:
    """The digest as a QR code, to be held against the screen that verifies it."""
    code = segno.make_qr(content, error="m", boost_error=False)
    stream = BytesIO()
    code.save(
        stream,
        kind="svg",
        border=2,
        omitsize=True,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        title=content,
        nl=False,
    )
    return Markup(stream.getvalue().decode())  # noqa: S704 - drawn and escaped by segno


class Scale:
    """The charts of a report, with their words filled in."""

    def __init__(self, report: GapReport) -> None:
        self.report = report

    def radar(self, w: Wording) -> Markup:
        return charts.radar(
            [
                charts.Mark(
                    w(chapter.module.title),
                    _float(chapter.score.score),
                    _float(chapter.score.supported_score),
                    w.figure(chapter.score.score),
                )
                for chapter in self.report.chapters
                if chapter.score is not None
            ],
            w._("Radar of the module scores, declared and supported; the table has the figures."),
            w.family,
        )

    def bar(self, w: Wording, name: str, value: Fraction | None, second: Fraction | None) -> Markup:
        title = f"{name}{w.colon}{w.figure(value)}"
        return charts.bar(_float(value), _float(second), 75.0, title)

    def waves(self, w: Wording) -> Markup:
        score = self.report.scorecard.overall.score
        marks = [charts.Mark(w._("Today"), _float(score), text=w.figure(score))]
        marks += [
            charts.Mark(
                w._("after {count} days", count=wave.days),
                _float(wave.score_after),
                text=w.figure(wave.score_after),
            )
            for wave in self.report.waves
        ]
        return charts.steps(
            marks,
            w._("Score today and once each wave is closed; the table has the figures."),
            w.family,
        )

    def trend(self, w: Wording) -> Markup:
        marks = [
            charts.Mark(w.day(one.as_of), one.score, text=w.figure(one.score))
            for one in self.report.history
        ]
        score = self.report.scorecard.overall.score
        marks.append(charts.Mark(w.day(self.report.as_of), _float(score), text=w.figure(score)))
        return charts.steps(
            marks[-8:], w._("Score at each snapshot; the table has the figures."), w.family
        )


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)


def _numbered(report: GapReport) -> Iterator[Entry]:
    heads = [
        Entry("summary", "", "Executive summary"),
        Entry("figure", "", "How the figure came about"),
        Entry("profile", "", "Results by module"),
    ]
    register = Entry("register", "", "Gap register")
    timeline = Entry("timeline", "", "Remediation timeline")
    trend = [Entry("trend", "", "Trend")] if report.history else []
    modules = [
        Entry(f"module-{chapter.module.id}", "", chapter.module.title, chapter.module.id)
        for chapter in report.chapters
    ]
    annexes = [
        Entry("contradictions", "", "Contradictions"),
        Entry("not-applicable", "", "Not applicable, with reasons"),
        Entry("not-asked", "", "Questions not asked"),
        Entry("evidence", "", "Register of evidence"),
        Entry("crosswalk", "", "Crosswalk to other models"),
        Entry("law", "", "Provisions cited"),
        Entry("penalties", "", "Penalties"),
        Entry("glossary", "", "Glossary"),
    ]
    close = [
        Entry("method", "", "Method and limits of this report"),
        Entry("sign-off", "", "Sign-off"),
    ]
    match report.variant:
        case Variant.FULL:
            yield from _counted([*heads, register, timeline, *trend, *modules, *annexes, *close])
        case Variant.EXECUTIVE:
            yield from _counted([heads[0], timeline, close[0]])
        case Variant.MODULE:
            only = [one for one in modules if report.only and one.module == report.only.module.id]
            yield from _counted([*only, register, annexes[5], annexes[6], close[0]])
        case Variant.COMPARISON:
            changed = Entry("changes", "", "Answers that changed")
            gaps = [Entry("closed", "", "Gaps closed"), Entry("opened", "", "Gaps opened")]
            yield from _counted([Entry("change", "", "What changed"), *gaps, changed, close[0]])
        case Variant.PLAN:
            yield from _counted([timeline, register, annexes[5], annexes[6], *close])


def _counted(entries: list[Entry]) -> Iterator[Entry]:
    for number, entry in enumerate(entries, start=1):
        yield Entry(entry.id, str(number), entry.title, entry.module)


def _terms(report: GapReport, w: Wording) -> list[Term]:
    """The terms that the questions of this report use, in the order of a dictionary."""
    shown = [line.question for line in report.line_by_id.values()]
    said = " ".join(
        " ".join([question.prompt.en, *(question.remedy.action.en if question.remedy else ())])
        for question in shown
    ).lower()
    used = (term for term in report.terms if term.word.en.lower() in said)
    return sorted(used, key=lambda term: w.order(term.word))


def _figures(report: GapReport) -> dict[str, object]:
    """The sums of the arithmetic, and the meaning of the grade."""
    scored = [c.score for c in report.chapters if c.score and c.score.score is not None]
    overall = report.scorecard.overall
    grades = {grade.name: grade.text for grade in report.edition.grades}
    titles = {
        f"icp.{s.id.replace('-', '_')}": s.title for c in report.chapters for s in c.module.sections
    }
    return {
        "total_weight": sum(one.weight for one in scored),
        "total_points": sum(
            (one.weight * one.score for one in scored if one.score is not None), Fraction(0)
        ),
        "grade_text": grades.get(overall.grade or "", report.name),
        "elements": [
            (titles[element.id], element)
            for element in report.scorecard.elements
            if element.id in titles
        ],
        "weight_of": lambda name: report.edition.severities[Severity(name)].weight,
        "when": (report.sealed_at or _midnight(report.as_of)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _choices(report: GapReport, w: Wording) -> dict[str, object]:
    """What the variant shows of the report, and the functions that shorten lists."""
    other = Language.EN if w.language is Language.ZH else Language.ZH
    gaps = report.gaps
    if report.only:
        gaps = tuple(line for line in gaps if line.gap.question.module_id == report.only.module.id)
    narrow = report.variant in {Variant.MODULE, Variant.PLAN}
    lines = report.only.lines if report.only else tuple(line.line for line in gaps)
    wanted = {key for line in lines for key in line.question.provisions}
    penalties = {penalty.id for line in gaps for penalty in line.penalties}
    provisions = [one for one in report.provisions if not narrow or one.provision.id in wanted]

    def module_names(one: Wording, ids: tuple[str, ...]) -> list[str]:
        return [one(report.edition.module(key).title) for key in ids]

    return {
        "first_gaps": _first(gaps, w),
        "agreed_most": 12 if report.variant is Variant.EXECUTIVE else len(gaps),
        "gaps_shown": gaps,
        "chapters_shown": (report.only,) if report.only else report.chapters,
        "provisions_shown": provisions,
        "penalties_shown": [one for one in report.penalties if one.id in penalties],
        "agreed": sorted(
            (line for line in gaps if line.due_on or line.owner),
            key=lambda line: (line.due_on is None, line.due_on or report.as_of, line.number),
        ),
        "instruments": list(
            dict.fromkeys(
                (instrument(one.provision), one.provision.instrument_name)
                for one in provisions
                if instrument(one.provision) != one.provision.instrument_name
            )
        ),
        "cited": lambda key: short(report.edition.provisions[key]),
        "explained": wanted if narrow else {k for g in gaps for k in g.gap.question.provisions},
        "other": other,
        "other_tag": other.tag,
        "module_names": module_names,
        "some": lambda one, ids: brief(one, ids, 6),
        "brief": brief,
        "scores_of": lambda one: {c.module.id: c.score.score for c in one.chapters if c.score},
    }


def _first(gaps: tuple[GapLine, ...], w: Wording) -> list[GapLine]:
    """The first gaps, as many as the one page of the summary has room for."""
    room = 700 if w.language is Language.EN else 330  # characters of all their questions together
    chosen: list[GapLine] = []
    for line in gaps[:MOST_FIRST_GAPS]:
        room -= len(w(line.gap.question.prompt))
        if room < 0 and chosen:
            break
        chosen.append(line)
    return chosen


def brief(one: Wording, ids: Sequence[str], most: int = 12) -> str:
    """Question ids, the first few of them and how many more there are."""
    listed = one.listed(list(ids[:most]))
    more = len(ids) - most
    return listed if more <= 0 else one._("{listed} and {count} more", listed=listed, count=more)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_WORDS = {
    "priority_words": {
        1: "red line breached",
        2: "legal requirement below half",
        3: "legal requirement or expected practice below target",
        4: "to improve",
    },
    "duty_words": {
        Severity.LEGAL_REQUIREMENT: "Required by law",
        Severity.EXPECTED_PRACTICE: "Recommended by guidance or good custom",
        Severity.LEADING_PRACTICE: "Leading practice",
    },
    "status_words": {
        Status.IN_FORCE: "in force",
        Status.ADVISORY: "guidance",
        Status.REPEALED: "repealed",
        Status.SUPERSEDED: "superseded",
        Status.PARTLY_SUSPENDED: "partly suspended",
        Status.SUSPENDED_UNVERIFIED: "suspended, end not verified",
    },
    "confidence_words": {
        Confidence.TEXT: "checked against the official text",
        Confidence.PAGE: "checked against a page about it",
        Confidence.MEMORY: "not yet checked against a source",
    },
}


def _joined(wordings: tuple[Wording, ...]) -> dict[str, object]:  # noqa: C901 - small ones
    """Words for places that all languages share, such as column heads."""

    def tagged(texts: list[str], between: str = " ") -> Markup:
        if len(texts) == 1:
            return Markup(escape(texts[0]))  # noqa: S704
        parts = dict.fromkeys(zip([one.tag for one in wordings], texts, strict=True))
        if len(set(texts)) == 1:
            return Markup(escape(texts[0]))  # noqa: S704
        return Markup(between).join(  # noqa: S704 - one of ours
            Markup('<span lang="{}">{}</span>').format(tag, text) for tag, text in parts
        )

    def words(message: str, **values: object) -> Markup:
        return tagged([one._(message, **values) for one in wordings])

    def text(found: Text | str) -> Markup:
        return words(found) if isinstance(found, str) else tagged([one(found) for one in wordings])

    def plain(found: Text | str) -> str:
        texts = [one._(found) if isinstance(found, str) else one(found) for one in wordings]
        return " · ".join(dict.fromkeys(texts))

    def day(found: object) -> Markup:
        return tagged([one.day(found) for one in wordings], " · ")  # type: ignore[arg-type]

    def joined(method: str, *arguments: object) -> Markup:
        return tagged([str(getattr(one, method)(*arguments)) for one in wordings])

    def linked(anchor: str, texts: list[str]) -> Markup:
        """A link for each language: no element stands inside a link, or its tag would be wrong."""
        link = Markup('<a href="#{}">{}</a>')
        if len(texts) == 1:
            return link.format(anchor, texts[0])
        return Markup(" ").join(
            Markup('<span lang="{}">{}</span>').format(one.tag, link.format(anchor, said))
            for one, said in zip(wordings, texts, strict=True)
        )

    def law_link(citation: Citation) -> Markup:
        said = [f"{one(citation.short)} ({one.since(citation)})" for one in wordings]
        return linked(f"law-{citation.id}", said)

    def exposure_links(penalties: Sequence[Penalty]) -> list[Markup]:
        """Each exposure once, with the penalty that it links to."""
        found: dict[tuple[str, ...], str] = {}
        for penalty in penalties:
            found.setdefault(tuple(one.exposure(penalty) for one in wordings), penalty.id)
        return [linked(penalty_id, list(said)) for said, penalty_id in found.items()]

    return {
        "_": words,
        "both": text,
        "plain": plain,
        "day": day,
        "joined": joined,
        "law_link": law_link,
        "exposure_links": exposure_links,
    }


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
