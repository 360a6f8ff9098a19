"""Small editions built by hand, and answers drawn for them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any

from hypothesis import strategies as st

from compliance.answers import UNKNOWN, Answer, EvidenceRef, NotApplicable
from compliance.catalogue import (
    Band,
    Edition,
    GeneralLicence,
    Kind,
    Level,
    Module,
    Option,
    Question,
    Remedy,
    Section,
    Severity,
    load_edition,
)
from compliance.language import Text, Texts

DAY = date(2026, 11, 24)
WORDS = Text("words", "文字")
REASON = "We never export services of any kind."
PROOF = EvidenceRef("Register 2026", "DMS 4711")
LEGAL, EXPECTED, LEADING = Severity
FIELDS = dataclass_fields(Edition)
_NUMBERS = count()


def a_question(question_id: str, kind: Kind = Kind.MATURITY, **fields: Any) -> Question:
    """A scored, expected practice that may be not applicable, unless `fields` says otherwise."""
    given: dict[str, Any] = {
        "id": question_id,
        "kind": kind,
        "module_id": "",
        "section_id": "",
        "prompt": WORDS,
        "why": WORDS,
        "help": WORDS,
        "levels": tuple(Level(value, WORDS) for value in range(5)) if kind is Kind.MATURITY else (),
        "options": (),
        "sets": {},
        "credits": {},
        "bands": (),
        "unit": None,
        "scored": True,
        "severity": EXPECTED,
        "severity_when": {},
        "red_line": False,
        "core": False,
        "not_applicable_allowed": True,
        "shown_when": None,
        "provisions": (),
        "penalties": (),
        "red_flags": (),
        "evidence_expected": None,
        "remedy": Remedy(Texts(("do",), ("做",)), Fraction(3)),
        "crosswalk": {},
    }
    return Question(**(given | fields))


def an_option(
    value: str, credit: str = "0", *, exclusive: bool = False, sets: Sequence[str] = ()
) -> Option:
    return Option(value, WORDS, Fraction(credit), exclusive, tuple(sets))


def a_band(credit: str, *, at_least: int | None = None, within_months: int | None = None) -> Band:
    return Band(None if at_least is None else Fraction(at_least), within_months, Fraction(credit))


def a_module(module_id: str, weight: int, *questions: Question) -> Module:
    """A module of one section."""
    placed = tuple(replace(q, module_id=module_id, section_id="first") for q in questions)
    return Module(module_id, WORDS, WORDS, weight, (Section("first", WORDS, placed),))


class SmallEdition(Edition):
    """An edition that prints itself in a line, as failing examples need."""

    def __repr__(self) -> str:
        return "\n".join(
            f"{q.module_id}: {q.id} {q.kind} {q.severity} red={q.red_line}"
            f" days={q.remedy and q.remedy.effort_days}"
            for q in self.questions
        )


def an_edition(*modules: Module, **fields: Any) -> Edition:
    """An edition with the grades, weights and limits of ecl-icp and questions of its own."""
    given: dict[str, Any] = {
        "modules": modules,
        "digest": f"sha256:{next(_NUMBERS)}",
        "contradictions": (),
        "provisions": {},
        "penalties": {},
        "red_flags": {},
        "terms": {},
        "general_licence": GeneralLicence(WORDS, {}, ()),
        "moves": (),
    }
    frame = {field.name: getattr(load_edition(), field.name) for field in FIELDS}
    return SmallEdition(**(frame | given | fields))


# --- Drawn at random ---------------------------------------------------------------------------

EFFORTS = st.integers(1, 12).map(lambda halves: Fraction(halves, 2))


@st.composite
def questions(draw: st.DrawFn, question_id: str) -> Question:
    kind = draw(st.sampled_from([k for k in Kind if k is not Kind.TEXT]))
    severity = draw(st.sampled_from(Severity))
    fields: dict[str, Any] = {
        "severity": severity,
        "red_line": severity is LEGAL and draw(st.booleans()),
        "evidence_expected": draw(st.sampled_from([None, WORDS])),
        "remedy": Remedy(Texts(("do",), ("做",)), draw(EFFORTS)),
    }
    if kind is Kind.YES_PARTIAL_NO and draw(st.booleans()):
        fields["credits"] = {"yes": Fraction(0), "partial": Fraction(0), "no": Fraction(1)}
    if kind is Kind.SINGLE_CHOICE:
        fields["options"] = tuple(
            an_option(value, credit)
            for value, credit in zip("abcd", ("1", ".75", ".5", "0"), strict=True)
        )
    if kind is Kind.MULTIPLE_CHOICE:
        fields["options"] = (
            an_option("a", ".5"),
            an_option("b", ".35"),
            an_option("c", ".25"),
            an_option("none", exclusive=True),
        )
    if kind is Kind.NUMBER:
        fields["bands"] = (
            a_band("1", at_least=9),
            a_band(".75", at_least=6),
            a_band(".5", at_least=3),
        )
    if kind is Kind.DATE:
        fields["bands"] = (a_band("1", within_months=12), a_band(".5", within_months=24))
    return a_question(question_id, kind, **fields)


@st.composite
def editions(draw: st.DrawFn, modules: int = 3, most: int = 4) -> Edition:
    built = []
    for number in range(draw(st.integers(1, modules))):
        ids = [f"{'ABCDEF'[number]}-{position}" for position in range(draw(st.integers(1, most)))]
        module_id = ("one", "icp", "three")[number]
        weight = draw(st.integers(1, 20))
        built.append(a_module(module_id, weight, *[draw(questions(i)) for i in ids]))
    return an_edition(*built)


def values(question: Question) -> st.SearchStrategy[Any]:
    """Values that an answer to the question may have."""
    simple: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.MATURITY: st.integers(0, 4),
        Kind.YES_PARTIAL_NO: st.sampled_from(["yes", "partial", "no"]),
        Kind.NUMBER: st.integers(0, 12) | st.floats(0, 12),
        Kind.DATE: st.dates(date(2023, 1, 1), date(2027, 6, 1)),
        Kind.TEXT: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    }
    if question.kind in simple:
        return simple[question.kind]
    if question.kind is Kind.SINGLE_CHOICE:
        return st.sampled_from([option.value for option in question.options])
    alone = [(option.value,) for option in question.options if option.exclusive]
    others = [option.value for option in question.options if not option.exclusive]
    chosen = st.sets(st.sampled_from(others)).map(
        lambda some: tuple(option for option in others if option in some)
    )
    return st.sampled_from(alone) | chosen if alone else chosen


@st.composite
def an_answer(draw: st.DrawFn, question: Question, *, claims: bool = True) -> Answer | None:
    """An answer, or None: no answer at all."""
    form = draw(st.sampled_from(["value", "value", "value", "none", "unknown", "claim"]))
    evidence = draw(st.sampled_from([(), (PROOF,)]))
    if form == "claim" and claims and question.not_applicable_allowed:
        reason = draw(st.sampled_from([REASON, "too short"]))
        return Answer(None, NotApplicable(reason, draw(st.booleans())), "", evidence)
    if form in {"none", "claim"}:
        return draw(st.sampled_from([None, Answer(comment="later")]))
    if form == "unknown" and question.scored:
        return Answer(UNKNOWN, None, "", evidence)
    return Answer(draw(values(question)), None, "", evidence)


@st.composite
def answers_to(draw: st.DrawFn, edition: Edition, *, claims: bool = True) -> Mapping[str, Answer]:
    drawn = {q.id: draw(an_answer(q, claims=claims)) for q in edition.questions}
    return {question_id: answer for question_id, answer in drawn.items() if answer is not None}


@st.composite
def assessed(
    draw: st.DrawFn, modules: int = 3, most: int = 4, *, claims: bool = True
) -> tuple[Edition, Mapping[str, Answer]]:
    """An edition and answers to it."""
    edition = draw(editions(modules, most))
    return edition, draw(answers_to(edition, claims=claims))
