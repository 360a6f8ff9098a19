"""Words and method: the glossary, how the score comes about, the red flags, the keyboard."""

from collections.abc import Mapping
from functools import lru_cache

from flask import Blueprint, render_template, request

from compliance.catalogue import (
    Edition,
    Question,
    RedFlag,
    Severity,
    Term,
    load_edition,
    sign_library,
    terms_in_all,
)
from compliance.web.context import language
from compliance.web.guards import needs

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
@needs()
def index() -> str:
    """The method in plain words, with the figures of the edition in use."""
    edition = load_edition()
    return render_template(
        "help/index.html",
        edition=edition,
        counts=_counts(edition),
        raised=sum(bool(q.severity_when) for q in edition.questions),
        red_lines=[q for q in edition.questions if q.red_line],
        scored=[module for module in edition.modules if module.weight],
    )


@blueprint.get("/help/words")
@needs()
def words() -> str:
    """The terms of the field, explained; with a search."""
    edition = load_edition()
    wanted = request.args.get("q", "").strip()
    found = [term for term in edition.terms.values() if _speaks_of(term, wanted)]
    return render_template(
        "help/words.html",
        edition=edition,
        wanted=wanted,
        found=sorted(found, key=lambda term: term.word[language()].casefold()),
        total=len(edition.terms),
    )


@blueprint.get("/help/red-flags")
@needs()
def red_flags() -> str:
    """Signs of diversion by category: why each matters and what clears it."""
    edition, library = load_edition(), sign_library()
    groups: dict[str, list[RedFlag]] = {name: [] for name in library.categories}
    for flag in edition.red_flags.values():
        groups[flag.category].append(flag)
    asked: dict[str, list[str]] = {}
    for question in edition.questions:
        for name in question.red_flags:
            asked.setdefault(name, []).append(question.id)
    return render_template(
        "help/red_flags.html",
        edition=edition,
        library=library,
        groups=groups,
        weights={weight.value: weight for weight in library.weights},
        asked=asked,
    )


@blueprint.app_template_global()
def terms_of(edition: Edition, question: Question) -> tuple[Term, ...]:
    """The terms that occur in a question's prompt and help, to be explained beside it."""
    return _terms(edition, question, language())


@lru_cache(maxsize=2048)
def _terms(edition: Edition, question: Question, shown_in: str) -> tuple[Term, ...]:
    return terms_in_all(edition, (question.prompt[shown_in], question.help[shown_in]), shown_in)


def _counts(edition: Edition) -> Mapping[Severity, int]:
    """Severity -> how many scored questions have it by themselves."""
    return {
        severity: sum(q.scored and q.severity is severity for q in edition.questions)
        for severity in edition.severities
    }


def _speaks_of(term: Term, wanted: str) -> bool:
    texts = (term.word.en, term.word.zh, term.definition.en, term.definition.zh)
    return wanted.casefold() in "\n".join(texts).casefold()
