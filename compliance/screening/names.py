"""A name taken apart: what of it names someone, what says what they do, and where.

A Chinese firm's name is place, brand, industry words, legal form; a Latin one the same in looser
order. A cell of a list may hold several names ("通用（General）a.k.a. …"); `split_cell` parts them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from compliance.screening.normalise import (
    HAN,
    clean,
    has_han,
    latin_tokens,
    latin_tokens_with_umlauts,
)
from compliance.screening.romanise import is_pinyin, person_spellings, readings
from compliance.screening.tables import Place, Tables, tables

ALSO = re.compile(
    r"\s*(?:\b(?:a\s*\.?\s*k\s*\.?\s*a\b\.?|f\.?k\.?a\b\.?|n\.?k\.?a\b\.?|also known as|formerly(?:"
    r" known as)?|alias)|又名|又称|别名|曾用名|原名|简称|[;；|]|\s[/／]\s|"
    r"(?<=[\u4e00-\u9fff])[/／]|[/／](?=[\u4e00-\u9fff]))\s*[:：]?\s*",
    re.IGNORECASE,
)
BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
NUMBERS = re.compile(r"\d+")
HAN_NUMBERS = str.maketrans("〇零一二三四五六七八九", "00123456789")
STOP_WORDS = frozenset({"of", "the", "and", "for", "de", "du", "des", "der", "die", "und", "no"})
NUMBER_WORDS = frozenset({"no", "nr", "number", "unit"})
DISTRICT = re.compile(r"^[\u4e00-\u9fff]{2,3}?[区县]")
PLACE_ENDS = ("壮族自治区", "维吾尔自治区", "回族自治区", "特别行政区", "自治区", "省", "市")
LEGAL_IN_FRONT = frozenset({"ooo", "oao", "zao", "pao", "ao", "jsc", "pt", "pjsc", "ojsc"})
WIDEST_FIRST = ("country", "region", "province", "city")
JAPANESE_FORMS = ("株式会社", "有限会社")  # they may stand in front
LEGAL_ANYWHERE = frozenset({"gmbh", "ltd", "inc", "llc", "aktiengesellschaft", "limited"})
MOST_FORMS = 12
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class HanName:
    """A name with Chinese characters."""

    whole: str  # cleaned, without gaps and marks
    core: str  # without the legal form
    places: frozenset[Place]
    brand: str  # what names it; the core where nothing else does
    trade: str  # the industry words as they stand
    concepts: frozenset[str]
    numbers: tuple[str, ...]
    firm: bool  # a legal form or an industry word stands in it
    surname: int  # length of the family name where it may be a person's name, 0 otherwise
    brand_id: int | None  # in the table of known brands
    beyond: str  # what of the core the known brand and its trade leave over

    @property
    def sounds(self) -> frozenset[str]:
        """Pinyin of the brand."""
        return readings(self.brand)

    @property
    def placed_sounds(self) -> frozenset[str]:
        """Pinyin of place and brand in one piece."""
        names = [place.name for place in self.places]
        return readings(names[0] + self.brand) if len(names) == 1 else frozenset()

    @property
    def core_sounds(self) -> frozenset[str]:
        """Pinyin of the core, in one piece."""
        return readings(self.core)


@dataclass(frozen=True, slots=True)
class LatinName:
    """A name in Latin letters (or in others, transcribed)."""

    joined: str  # everything, the legal form too
    core: tuple[str, ...]  # without the legal form
    brand: tuple[str, ...]
    places: frozenset[Place]
    trade: tuple[str, ...]  # the industry words as they stand
    concepts: frozenset[str]
    numbers: tuple[str, ...]
    firm: bool
    brand_id: int | None
    beyond: tuple[str, ...]
    initials: frozenset[str]

    @property
    def core_joined(self) -> str:
        return "".join(self.core)

    @property
    def place_words(self) -> tuple[str, ...]:
        return tuple(t for t in self.core if (t,) in tables().place_latin)

    @property
    def brand_joined(self) -> str:
        return "".join(self.brand)

    @property
    def person(self) -> bool:
        """Whether it may be a person's name."""
        return not self.firm and 2 <= len(self.core) <= 5

    @property
    def spellings(self) -> frozenset[str]:
        """The pinyin that it may stand for as a person's name."""
        return person_spellings(self.core) if self.person and len(self.core) <= 4 else frozenset()

    @property
    def inner_spellings(self) -> frozenset[str]:
        """The same without a first name of another language: Tony Leung Chiu-wai."""
        if not self.person or not 3 <= len(self.core) <= 4:
            return frozenset()
        return person_spellings(self.core[1:]) | person_spellings(self.core[:-1])


Name = HanName | LatinName
Known = TypeVar("Known")


@lru_cache(maxsize=60_000)
def names_in(cell: str) -> tuple[Name, ...]:
    """The names in a cell, taken apart. Empty where it holds none."""
    found: dict[Name, None] = {}
    for part in split_cell(cell):
        if has_han(part):
            found.update(dict.fromkeys(_han_names(part)))
        else:
            found.update(dict.fromkeys(_latin_names(part)))
    return tuple(found)[:MOST_FORMS]


def split_cell(cell: str) -> tuple[str, ...]:
    """The names that one cell holds, cleaned."""
    parts: dict[str, None] = {}
    for piece in ALSO.split(cell[:LONGEST_NAME]):
        for part in _by_brackets(clean(piece)):
            if part.strip():
                parts[part.strip()] = None
    return tuple(parts)


def _by_brackets(text: str) -> Iterator[str]:
    """A bracket in the other script, or an acronym, is a name of its own."""
    outside = text
    for match in BRACKETS.finditer(text):
        inside = match[1].strip()
        if not inside or _is_aside(inside):
            continue
        without = (text[: match.start()] + " " + text[match.end() :]).strip()
        bare = BRACKETS.sub(" ", without)
        acronym = inside.isalpha() and inside.isascii() and len(inside) <= 6
        known_by_letters = acronym and _initials_fit(inside, bare)
        letters_known = len(bare.split()[0:1]) == 1 and _initials_fit(bare.split()[0], inside)
        if has_han(inside) != has_han(bare) or known_by_letters or letters_known:
            yield inside
            outside = outside.replace(match[0], " ")
    if not has_han(outside):
        yield outside
        return
    # A Latin name that follows a Chinese one without brackets: 通用公司 General Co.
    tail = re.search(r"[a-z][a-z .,&'-]{5,}$", outside)
    if tail and HAN.search(outside[: tail.start()]):
        yield tail[0]
        outside = outside[: tail.start()]
    yield outside


def _is_aside(inside: str) -> bool:
    table = tables()
    bare = inside.removesuffix("市").removesuffix("省")
    known_place = bare in table.place_zh or tuple(latin_tokens(inside)) in table.place_latin
    return known_place or inside in table.legal_zh


def _initials_fit(acronym: str, name: str) -> bool:
    words = [w for w in latin_tokens(name) if w not in STOP_WORDS]
    return len(words) > 2 and acronym.startswith("".join(w[0] for w in words[:3]))


def _han_names(text: str) -> Iterator[HanName]:
    table = tables()
    places: set[Place] = set()

    def bracket(match: re.Match[str]) -> str:
        inside = match[1].strip().removesuffix("市").removesuffix("省")
        if inside in table.place_zh:
            places.add(table.place_zh[inside])
            return ""
        tokens = latin_tokens(inside)
        if not has_han(inside) and tokens in table.place_latin:
            places.update(table.place_latin[tokens])
            return ""
        return match[1]

    whole = _letters(text)
    bare = _letters(BRACKETS.sub(bracket, text))
    core, legal = _without_legal(bare, table)
    rest = core
    for rank in WIDEST_FIRST:  # 广东深圳…, but 大连嘉兴… is a brand in Dalian
        shorter, place = _without_place(rest, table)
        if place is not None and WIDEST_FIRST.index(place.rank) >= WIDEST_FIRST.index(rank):
            rest = shorter
            places.add(place)
            if place.rank == WIDEST_FIRST[-1]:
                break
    brand, trade, concepts = _without_trade(rest, table)
    if not brand:  # 华北机械, 中国石油: nothing else names it
        brand, trade, concepts, places = core, "", frozenset(), set()
    brand_id, beyond = _known_han(core, rest, table)
    firm = legal or bool(trade)
    yield HanName(
        whole=whole,
        core=core,
        places=frozenset(places),
        brand=brand,
        trade=trade,
        concepts=concepts,
        numbers=_han_numbers(core),
        firm=firm,
        surname=0 if firm else _surname_length(whole, table),
        brand_id=brand_id,
        beyond=beyond,
    )


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _without_legal(text: str, table: Tables) -> tuple[str, bool]:
    found = False
    for front in JAPANESE_FORMS:
        if text.startswith(front) and text != front:
            text, found = text.removeprefix(front), True
    while True:
        form = next((f for f in table.legal_zh if text.endswith(f)), None)
        if form is None:
            return text, found
        text, found = text[: -len(form)], True


def _without_place(text: str, table: Tables) -> tuple[str, Place | None]:
    for length in range(min(5, len(text) - 1), 1, -1):
        place = table.place_zh.get(text[:length])
        if place is None:
            continue
        rest = text[length:]
        for end in PLACE_ENDS:
            if rest.startswith(end) and len(rest) > len(end) + 1:
                rest = DISTRICT.sub("", rest[len(end) :]) or rest[len(end) :]
                break
        return rest, place
    return text, None


def _without_trade(text: str, table: Tables) -> tuple[str, str, frozenset[str]]:
    """Brand, industry words as written, their concepts; a brand has two characters at least."""
    brand, concepts = text, []
    while True:
        cut = next(
            (n for n in range(min(7, len(brand)), 0, -1) if brand[-n:] in table.concept_zh), 0
        )
        if not cut or 0 < len(brand) - cut < 2:
            break
        concepts.append(table.concept_zh[brand[-cut:]])
        brand = brand[:-cut]
    return brand, text[len(brand) :], frozenset(concepts)


def _known_han(core: str, rest: str, table: Tables) -> tuple[int | None, str]:
    for text in (core, rest):
        for length in range(min(10, len(text)), 1, -1):
            brand = table.brand_zh.get(text[:length])
            if brand is not None:
                beyond, _, _ = _without_trade("  " + text[length:], table)
                return brand, beyond.strip()
    return None, ""


def _han_numbers(core: str) -> tuple[str, ...]:
    """Numbers that tell one from another: 第112研究所, 七一三厂."""
    found: list[str] = NUMBERS.findall(core)
    found += [m.translate(HAN_NUMBERS) for m in re.findall(r"[〇零一二三四五六七八九]{3,}", core)]
    return tuple(n.lstrip("0") or "0" for n in found)


def _surname_length(whole: str, table: Tables) -> int:
    if not 2 <= len(whole) <= 5 or not all(HAN.match(c) for c in whole):
        return 0
    if len(whole) >= 3 and whole[:2] in table.compound_surnames:
        return 2
    return 1 if whole[0] in table.surnames and len(whole) <= 4 else 0


def _latin_names(text: str) -> Iterator[LatinName]:
    seen: set[tuple[str, ...]] = set()
    for tokens in (latin_tokens(text), latin_tokens_with_umlauts(text)):
        if tokens and tokens not in seen:
            seen.add(tokens)
            yield _latin_name(_merged(tokens), "".join(tokens))


def _merged(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Syllables that stand apart put together where they form a known word: ke ji, shen zhen."""
    if len(tokens) < 4 or sum(is_pinyin(t) and len(t) <= 6 for t in tokens) < 4:
        return tokens
    table, merged, at = tables(), list[str](), 0
    while at < len(tokens):
        for length in (6, 5, 4, 3, 2):
            word = "".join(tokens[at : at + length])
            known = (word,) in table.concept_latin or (word,) in table.place_latin
            whole = at + length <= len(tokens)
            if whole and (known or (word,) in table.legal_latin) and is_pinyin(word):
                merged.append(word)
                at += length
                break
        else:
            merged.append(tokens[at])
            at += 1
    return tuple(merged)


def _latin_name(tokens: tuple[str, ...], joined: str) -> LatinName:
    table = tables()
    core, legal = _without_latin_legal(tokens, table)
    numbers = tuple(t.lstrip("0") or "0" for t in core if t.isdigit())
    words = tuple(t for t in core if not t.isdigit() and t not in NUMBER_WORDS)
    places, left = _taken(words, table.place_latin)
    concepts, brand = _taken(left, table.concept_latin)
    trade = tuple(t for t in left if t not in brand)
    brand = tuple(t for t in brand if t not in STOP_WORDS)
    brand, concept = _trade_in_pinyin(brand, table)
    if concept:
        concepts = [*concepts, concept]
    if not brand:
        brand = tuple(t for t in words if t not in STOP_WORDS)
        places = []
        if len(brand) > 1:
            concepts, trade = [], ()
    brand_id, beyond = _known_latin(words, table)
    return LatinName(
        joined=joined,
        core=words,
        brand=brand,
        places=frozenset(place for found in places for place in found),
        trade=trade,
        concepts=frozenset(concepts),
        numbers=tuple(sorted(numbers)),
        firm=legal or bool(concepts),
        brand_id=brand_id,
        beyond=beyond,
        initials=_initials(words, tokens),
    )


def _without_latin_legal(tokens: tuple[str, ...], table: Tables) -> tuple[tuple[str, ...], bool]:
    """The tokens without legal forms at either end; strong forms go from the middle too."""
    kept, found = list(tokens), False
    while length := _legal_at_end(kept, table):
        del kept[-length:]
        found = True
    if len(kept) > 1 and kept[0] in LEGAL_IN_FRONT:
        del kept[0]
        found = True
    if len(kept) > 1 and any(token in LEGAL_ANYWHERE for token in kept):
        kept = [token for token in kept if token not in LEGAL_ANYWHERE]
        found = True
    return tuple(kept), found


def _legal_at_end(kept: list[str], table: Tables) -> int:
    """How many tokens at the end are one legal form; 0 where none is."""
    for length in range(min(7, len(kept)), 0, -1):
        form = tuple(kept[-length:])
        if form not in table.legal_latin:
            continue
        left = len(kept) - length
        # "Ho Se" is a person; "Siemens SE" is not.
        syllable = length == 1 and len(form[0]) == 2 and is_pinyin(form[0])
        if not (syllable and left == 1 and is_pinyin(kept[0])):
            return length
    return 0


def _taken(
    tokens: tuple[str, ...], table: Mapping[tuple[str, ...], Known]
) -> tuple[list[Known], tuple[str, ...]]:
    """What the table knows of the tokens, and the tokens that it does not."""
    found: list[Known] = []
    left: list[str] = []
    at = 0
    while at < len(tokens):
        for length in (3, 2, 1):
            known = table.get(tokens[at : at + length])
            if known is not None and at + length <= len(tokens):
                found.append(known)
                at += length
                break
        else:
            left.append(tokens[at])
            at += 1
    return found, tuple(left)


def _trade_in_pinyin(brand: tuple[str, ...], table: Tables) -> tuple[tuple[str, ...], str | None]:
    """An industry word in pinyin at the end of one long token: xingheyuanhangkeji."""
    if len(brand) != 1 or len(brand[0]) < 9 or not is_pinyin(brand[0]):
        return brand, None
    for (word, *more), concept in table.concept_latin.items():
        head = brand[0].removesuffix(word)
        if not more and head != brand[0] and len(word) > 3 and is_pinyin(head) and is_pinyin(word):
            return (head,), concept
    return brand, None


def _known_latin(words: tuple[str, ...], table: Tables) -> tuple[int | None, tuple[str, ...]]:
    for start in range(min(2, len(words))):
        for length in range(min(6, len(words) - start), 0, -1):
            brand = table.brand_latin.get(words[start : start + length])
            if brand is not None:
                rest = words[:start] + words[start + length :]
                _, left = _taken(rest, table.place_latin)
                _, left = _taken(left, table.concept_latin)
                return brand, tuple(t for t in left if t not in STOP_WORDS)
    return None, ()


def _initials(words: tuple[str, ...], tokens: tuple[str, ...]) -> frozenset[str]:
    """Acronyms that the words can give, with and without the legal form and small words."""
    found: set[str] = set()
    for sequence in (words, tokens):
        full = "".join(t[0] for t in sequence)
        short = "".join(t[0] for t in sequence if t not in STOP_WORDS)
        found.update((full, short, short[:-1] if len(sequence) > len(words) + 1 else short))
    return frozenset(f for f in found if 3 <= len(f) <= 7) if len(words) > 2 else frozenset()
