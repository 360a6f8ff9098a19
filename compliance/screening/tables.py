"""The tables of the matcher, read once: words of firms, places, brands, syllables.

They are plain text beside this file, so that someone who knows names and no code can mend them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Place:
    """A place and its rank, since only places of one rank contradict each other."""

    name: str  # in Chinese
    rank: str  # country, region, province, city


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables, ready for look-up."""

    legal_zh: tuple[str, ...]  # the longest first
    legal_latin: frozenset[tuple[str, ...]]
    concept_zh: Mapping[str, str]  # industry word -> concept
    concept_latin: Mapping[tuple[str, ...], str]
    vague: frozenset[str]  # concepts that say little
    place_zh: Mapping[str, Place]
    place_latin: Mapping[tuple[str, ...], frozenset[Place]]
    brand_zh: Mapping[str, int]  # spelling -> brand
    brand_latin: Mapping[tuple[str, ...], int]
    surnames: frozenset[str]
    compound_surnames: frozenset[str]
    cantonese: Mapping[str, frozenset[str]]  # spelling -> pinyin syllables
    lookalikes: frozenset[frozenset[str]]
    variants: Mapping[str, int]  # spelling of a personal name -> name


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables, read at the first call."""
    concept_zh, concept_latin, vague = _concepts()
    place_zh, place_latin = _places()
    brand_zh, brand_latin = _brands()
    compound, single = _surnames()
    return Tables(
        legal_zh=_legal_zh(),
        legal_latin=frozenset(_legal_latin()),
        concept_zh=concept_zh,
        concept_latin=concept_latin,
        vague=vague,
        place_zh=place_zh,
        place_latin=place_latin,
        brand_zh=brand_zh,
        brand_latin=brand_latin,
        surnames=single,
        compound_surnames=compound,
        cantonese=_cantonese(),
        lookalikes=frozenset(
            frozenset((a, b))
            for line in _lines("lookalikes")
            for group in line.split()
            for a in group
            for b in group
            if a < b
        ),
        variants={
            name: number for number, line in enumerate(_lines("variants")) for name in line.split()
        },
    )


def _lines(name: str) -> Iterator[str]:
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _words(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(word.split("_")) for word in text.split())


def _legal_zh() -> tuple[str, ...]:
    words = [
        word for line in _lines("legal_forms") if line.startswith("zh ") for word in line.split()
    ]
    return tuple(sorted(set(words[1:]), key=lambda word: (-len(word), word)))


def _legal_latin() -> Iterator[tuple[str, ...]]:
    for line in _lines("legal_forms"):
        script, _, content = line.partition(" ")
        if script != "latin":
            continue
        if "|" in content:
            yield from (tuple(form.split()) for form in content.split("|"))
        else:
            yield from ((word,) for word in content.split())


def _concepts() -> tuple[dict[str, str], dict[tuple[str, ...], str], frozenset[str]]:
    chinese: dict[str, str] = {}
    latin: dict[tuple[str, ...], str] = {}
    vague = set()
    for line in _lines("industries"):
        left, _, right = line.partition("|")
        head, *words = left.split()
        concept = head.rstrip("*")
        if head.endswith("*"):
            vague.add(concept)
        chinese.update(dict.fromkeys(words, concept))
        latin.update(dict.fromkeys(_words(right), concept))
    return chinese, latin, frozenset(vague)


def _places() -> tuple[dict[str, Place], dict[tuple[str, ...], frozenset[Place]]]:
    from compliance.screening.romanise import plain_pinyin

    chinese: dict[str, Place] = {}
    latin: dict[tuple[str, ...], set[Place]] = {}
    rank = "country"
    for line in _lines("places"):
        if line.startswith("["):
            rank = line.strip("[]")
            continue
        name, *spellings = line.split()
        chinese[name] = Place(name, rank)
        for spelling in _words(" ".join(spellings) or plain_pinyin(name)):
            latin.setdefault(spelling, set()).add(chinese[name])
    return chinese, {spelling: frozenset(found) for spelling, found in latin.items()}


def _brands() -> tuple[dict[str, int], dict[tuple[str, ...], int]]:
    chinese: dict[str, int] = {}
    latin: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(_lines("brands")):
        left, _, right = line.partition("|")
        chinese.update(dict.fromkeys(left.split(), number))
        latin.update(dict.fromkeys(_words(right), number))
    return chinese, latin


def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    compound, *single = _lines("surnames")
    return frozenset(compound.split()), frozenset("".join(single))


def _cantonese() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _lines("cantonese"):
        spelling, *syllables = line.split()
        found.setdefault(spelling, set()).update(syllables)
    return {spelling: frozenset(syllables) for spelling, syllables in found.items()}
