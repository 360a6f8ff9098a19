"""From Chinese characters to Latin letters, and from older spellings to pinyin.

Everything is compared in one plain form: pinyin without tones, `ü` as `u`, no gaps.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

MOST_READINGS = 3  # of one character
MOST_COMBINATIONS = 48
LONGEST_SYLLABLE = 6
# Cut for the readings of a family name or a common word, which a dictionary lists late.
ALWAYS = {"重": ("chong",), "长": ("chang",), "行": ("hang", "xing"), "乐": ("le", "yue")}
INITIALS = {  # pinyin -> Wade-Giles without apostrophes, as papers print it
    "zh": "ch",
    "ch": "ch",
    "sh": "sh",
    "b": "p",
    "p": "p",
    "d": "t",
    "t": "t",
    "g": "k",
    "k": "k",
    "j": "ch",
    "q": "ch",
    "x": "hs",
    "r": "j",
    "z": "ts",
    "c": "ts",
}
FINALS = {"ian": "ien", "ie": "ieh", "ue": "ueh", "iong": "iung", "ong": "ung", "ye": "yeh"}
WHOLE = {
    "zhi": "chih",
    "chi": "chih",
    "shi": "shih",
    "ri": "jih",
    "zi": "tzu",
    "ci": "tzu",
    "si": "szu",
    "ge": "ko",
    "ke": "ko",
    "he": "ho",
    "gui": "kuei",
    "kui": "kuei",
    "you": "yu",
    "yan": "yen",
    "yong": "yung",
    "yi": "i",
    "er": "erh",
    "duo": "to",
    "tuo": "to",
    "luo": "lo",
    "nuo": "no",
    "zuo": "tso",
    "cuo": "tso",
    "ruo": "jo",
    "zhuo": "cho",
    "chuo": "cho",
    "juan": "chuan",
    "quan": "chuan",
    "xuan": "hsuan",
}


def plain(text: str) -> str:
    """Lower case without marks; ü is u."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=50_000)
def character_readings(character: str) -> tuple[str, ...]:
    """The readings of one character, plain, the usual one first; itself where it has none."""
    from pypinyin.constants import PINYIN_DICT

    listed = PINYIN_DICT.get(ord(character), "") if len(character) == 1 else ""
    found = dict.fromkeys(plain(reading) for reading in listed.split(",") if reading)
    readings = dict.fromkeys((*ALWAYS.get(character, ()), *found))
    return tuple(readings)[:MOST_READINGS] or (character,)


@lru_cache(maxsize=100_000)
def readings(text: str) -> frozenset[str]:
    """All plain readings of a Chinese text; Latin letters in it stay."""
    options = [character_readings(character) for character in text]
    combined: list[str] = [""]
    for option in options:
        chosen = option if len(combined) * len(option) <= MOST_COMBINATIONS else option[:1]
        combined = [head + reading for head in combined for reading in chosen]
    return frozenset(combined)


def plain_pinyin(text: str) -> str:
    """The usual reading of a text, by words."""
    from pypinyin import lazy_pinyin

    return plain("".join(lazy_pinyin(text)))


@lru_cache(maxsize=1)
def syllables() -> frozenset[str]:
    """All plain syllables of pinyin."""
    from pypinyin.constants import PINYIN_DICT

    found = {plain(r) for listed in PINYIN_DICT.values() for r in listed.split(",")}
    odd = {"m", "n", "ng", "hm", "hng", "ê", "e^", "hang2"}
    return frozenset(s for s in found if s.isascii() and s.isalpha() and s not in odd)


@lru_cache(maxsize=100_000)
def is_pinyin(token: str) -> bool:
    """Whether a token can be read as pinyin from end to end."""
    reachable = {0}
    for start in range(len(token)):
        if start in reachable:
            for length in range(1, LONGEST_SYLLABLE + 1):
                if token[start : start + length] in syllables():
                    reachable.add(start + length)
    return bool(token) and len(token) in reachable


@lru_cache(maxsize=1)
def wade_giles() -> dict[str, frozenset[str]]:
    """Older spelling -> pinyin syllables."""
    found: dict[str, set[str]] = {}
    for syllable in syllables():
        for spelling in _older(syllable):
            found.setdefault(spelling, set()).add(syllable)
    return {spelling: frozenset(pinyin) for spelling, pinyin in found.items()}


def _older(syllable: str) -> Iterator[str]:
    if syllable in WHOLE:
        yield WHOLE[syllable]
    initial = next((i for i in ("zh", "ch", "sh") if syllable.startswith(i)), syllable[:1])
    final = syllable[len(initial) :]
    if initial not in INITIALS:
        if syllable.startswith("y") or initial in "lmnfsh":
            yield initial + FINALS.get(final, final)
            if syllable in FINALS:
                yield FINALS[syllable]
        return
    if syllable not in WHOLE:
        yield INITIALS[initial] + FINALS.get(final, final)


def with_u(token: str) -> str:
    """A ü written as v or yu turned into u: lv buyi, lyu, nv."""
    return re.sub(r"([ln])v|(l)yu|^(n)yu", lambda m: (m[1] or m[2] or m[3]) + "u", token)


@lru_cache(maxsize=50_000)
def spelled(token: str) -> tuple[str, ...]:
    """What a Latin token may be in pinyin: itself, or what older and southern spellings mean."""
    from compliance.screening.tables import tables

    southern, older = tables().cantonese, wade_giles()
    token = with_u(token)
    found = {token, *southern.get(token, ()), *older.get(token, ())}
    if len(found) == 1 and not is_pinyin(token):
        for cut in range(2, len(token) - 1):
            head, tail = token[:cut], token[cut:]
            for table in (southern, older):
                if head in table and tail in table:
                    found.update(a + b for a, b in product(table[head], table[tail]))
    return tuple(sorted(found))


def person_spellings(tokens: Iterable[str]) -> frozenset[str]:
    """The pinyin that a personal name in Latin letters may stand for, family name first or last."""
    parts = tuple(tokens)
    found: set[str] = set()
    for cut in {0, 1, len(parts) - 1}:
        turned = (*parts[cut:], *parts[:cut])
        found.add(with_u("".join(turned)))
        options = [spelled(token) for token in turned]
        size = 1
        for option in options:
            size *= len(option)
        if size <= MOST_COMBINATIONS * 8:
            found.update("".join(combination) for combination in product(*options))
    return frozenset(found)
