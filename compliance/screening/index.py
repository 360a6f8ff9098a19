"""Thousands of names ready to be searched: keys that alike names share, then the full comparison.

Every way in which two names can be alike has a key that both carry, so that the index misses
(almost) nothing that `matching` would find; it only saves comparing all with all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest

from compliance.screening.matching import (
    DIFFERENT,
    LONG,
    REVIEW,
    SHORTEST_TYPED,
    Likeness,
    compare_names,
)
from compliance.screening.names import HanName, LatinName, Name, names_in
from compliance.screening.romanise import with_u
from compliance.screening.tables import tables

MOST_CANDIDATES = 400
MOST_SOUNDS = 3
CERTAIN = "!"  # keys that alone make a pair worth comparing


@dataclass(frozen=True, slots=True)
class Match:
    """A name of a list that is like the query."""

    entry: int  # place of the entry in what was indexed
    label: str  # the name as the list prints it
    likeness: Likeness


class NameIndex:
    """Names of list entries, searchable. `labels`: for each entry its names as printed."""

    def __init__(self, labels: Iterable[Iterable[str]]) -> None:
        self._labels: list[tuple[int, str]] = []
        self._postings: dict[str, list[int]] = {}
        for entry, names in enumerate(labels):
            for label in dict.fromkeys(names):
                self._add(entry, label)

    def __len__(self) -> int:
        return len(self._labels)

    def search(self, query: str, *, floor: float = REVIEW, most: int = 10) -> tuple[Match, ...]:
        """The best match of each entry from `floor` up, the likest first."""
        asked = names_in(query)
        best: dict[int, Match] = {}
        for place in self._candidates(asked):
            entry, label = self._labels[place]
            found = compare_names(asked, names_in(label))
            if found.score >= floor and found.score > best.get(entry, _NONE).likeness.score:
                best[entry] = Match(entry, label, found)
        return tuple(nlargest(most, best.values(), key=lambda match: match.likeness.score))

    def _add(self, entry: int, label: str) -> None:
        place = len(self._labels)
        self._labels.append((entry, label))
        for key in set(_keys_of_all(names_in(label))):
            self._postings.setdefault(key, []).append(place)

    def _candidates(self, asked: tuple[Name, ...]) -> list[int]:
        certain: dict[int, None] = {}
        shared: Counter[int] = Counter()
        for key in {*_keys_of_all(asked), *_keys_asked_only(asked)}:
            found = self._postings.get(key, ())
            if key.startswith(CERTAIN):
                certain.update(dict.fromkeys(found))
            else:
                shared.update(found)
        likely = nlargest(MOST_CANDIDATES, shared.items(), key=lambda pair: pair[1])
        certain.update(dict.fromkeys(place for place, _ in likely))
        return list(certain)


_NONE = Match(-1, "", DIFFERENT)


def _keys_of_all(names: tuple[Name, ...]) -> Iterator[str]:
    for name in names:
        yield from _han_keys(name) if isinstance(name, HanName) else _latin_keys(name)


def _keys_asked_only(names: tuple[Name, ...]) -> Iterator[str]:
    """Keys of a query that would swell the index for a rare case."""
    for name in names:
        if isinstance(name, LatinName):
            yield from (f"!p{text}" for text in name.inner_spellings)


def _han_keys(name: HanName) -> Iterator[str]:
    yield f"!h{name.core}"
    yield f"!h{name.brand}"
    for sound in name.sounds | name.core_sounds | name.placed_sounds:
        yield f"!p{sound}"
    if not name.surname:
        for sound in sorted(name.sounds)[:MOST_SOUNDS]:
            if len(sound) >= LONG:
                yield from (f"!d{short}" for short in _one_less(sound))
    if name.brand_id is not None:
        yield f"!b{name.brand_id}"
    if len(name.core) >= SHORTEST_TYPED:
        yield from (f"!c{short}" for short in _one_less(name.core))


def _latin_keys(name: LatinName) -> Iterator[str]:
    yield f"!j{name.joined}"
    yield f"!s{''.join(sorted(name.core_joined))}"
    for text in {name.brand_joined, name.core_joined, *name.spellings}:
        yield f"!p{with_u(text)}"
    yield f"!p{''.join((*name.brand[-1:], *name.brand[:-1]))}"
    yield f"!p{''.join((*name.core[-1:], *name.core[:-1]))}"
    if len(name.brand_joined) >= LONG:
        yield from (f"!d{short}" for short in _one_less(name.brand_joined))
        yield f"!d{name.brand_joined}"
    if name.brand_id is not None:
        yield f"!b{name.brand_id}"
    yield from (f"!a{letters}" for letters in name.initials)
    if len(name.core) == 1:
        yield f"!a{name.core[0]}"
    for token in name.brand:
        yield from _word_keys(token)


def _word_keys(token: str) -> Iterator[str]:
    """Keys that a word shares with its misspellings."""
    yield f"t{token}"
    variant = tables().variants.get(token)
    if variant is not None:
        yield f"v{variant}"
    if len(token) >= SHORTEST_TYPED:
        yield from (f"t{short}" for short in _one_less(token))
    if len(token) >= LONG:
        yield f"x{token[:5]}"


def _one_less(text: str) -> set[str]:
    """The text without one of its characters: texts one edit apart share one of these."""
    return {text[:place] + text[place + 1 :] for place in range(len(text))}
