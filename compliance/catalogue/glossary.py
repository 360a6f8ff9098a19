"""Where the terms of the field occur in a text, so that they can be explained there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from compliance.catalogue.edition import Edition, Term


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One term in a text."""

    start: int
    end: int
    term: Term


def terms_in(edition: Edition, words: str, language: str) -> tuple[Occurrence, ...]:
    """The terms in a text from left to right, the longest where several begin at one place.

    Each term is told once, where it stands first.
    """
    pattern, terms = _pattern(edition, language)
    found: dict[str, Occurrence] = {}
    for match in pattern.finditer(words):
        term = terms[_key(match.group(), language)]
        found.setdefault(term.id, Occurrence(match.start(), match.end(), term))
    return tuple(found.values())


def terms_in_all(edition: Edition, texts: Iterable[str], language: str) -> tuple[Term, ...]:
    """The terms of several texts, each once, in order of first occurrence."""
    found = {o.term.id: o.term for words in texts for o in terms_in(edition, words, language)}
    return tuple(found.values())


@lru_cache(maxsize=16)
def _pattern(edition: Edition, language: str) -> tuple[re.Pattern[str], dict[str, Term]]:
    terms: dict[str, Term] = {}
    for term in edition.terms.values():
        for form in _forms(term, language):
            terms.setdefault(form, term)
    longest_first = "|".join(re.escape(form) for form in sorted(terms, key=len, reverse=True))
    if language == "zh":
        return re.compile(longest_first or "(?!)"), terms
    return re.compile(rf"\b(?:{longest_first or '(?!)'})\b", re.IGNORECASE), terms


def _forms(term: Term, language: str) -> tuple[str, ...]:
    word = re.sub(r"[（(].*?[)）]", "", term.word[language]).strip()
    if language == "zh":
        return (word,) if len(word) > 1 else ()  # a single character stands in too many words
    key = word.lower()
    plural = f"{key[:-1]}ies" if re.search(r"[^aeiou]y$", key) else f"{key}s"
    return (key, plural)


def _key(found: str, language: str) -> str:
    return found if language == "zh" else found.lower()
