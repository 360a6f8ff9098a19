"""How much one name is another: a score from 0 to 1 and the reasons for it.

Chinese names are compared by their parts, never by edit distance: one character is another firm.
Latin names are compared word by word, typing errors allowed where a word is long enough to carry
one. Across scripts the pinyin decides, in all its readings and older spellings.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from rapidfuzz.distance import OSA

from compliance.screening.names import HanName, LatinName, Name, names_in
from compliance.screening.romanise import is_pinyin, with_u
from compliance.screening.tables import Place, tables

VERSION = "1"
ALERT = 0.82  # from here a hit
REVIEW = 0.60  # from here a possible hit
PARTICLES = frozenset({"al", "el", "ul", "bin", "ibn", "bint"})
PATRONYMIC = ("ovich", "evich", "ovna", "evna")
SHORTEST_TYPED = 5  # a word of fewer letters carries no typing error
LONG = 9  # a word of so many carries two
VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are, and why."""

    score: float  # 0..1
    reasons: tuple[str, ...] = ()

    def times(self, factor: float, reason: str) -> "Likeness":
        """The likeness weakened for a reason."""
        return Likeness(self.score * factor, (*self.reasons, reason))


DIFFERENT = Likeness(0.0)


def compare(one: str, other: str) -> Likeness:
    """The likeness of two cells: of the two names in them that are most alike."""
    return compare_names(names_in(one), names_in(other))


def compare_names(ones: tuple[Name, ...], others: tuple[Name, ...]) -> Likeness:
    """The likeness of the two names that are most alike. Raises nothing on empty input."""
    best = DIFFERENT
    for one, other in product(ones, others):
        found = _compare(one, other)
        if found.score > best.score:
            best = found
    return best


def too_short(names: tuple[Name, ...]) -> bool:
    """Whether the names say too little to be sure that nobody is meant."""
    return not any(map(_says_enough, names))


def _says_enough(name: Name) -> bool:
    if isinstance(name, HanName):
        distinct = name.brand if name.brand != name.core else _without_known_words(name.core)
        return len(distinct) >= 2
    named = [token for token in name.brand if len(token) > 1]
    words = len(named) + len(name.concepts)
    bare = all((token,) in tables().concept_latin for token in named)
    return bool(named) and not bare and (words > 1 or name.firm)


def _without_known_words(core: str) -> str:
    return "" if core in tables().concept_zh or core in tables().place_zh else core


@lru_cache(maxsize=200_000)
def _compare(one: Name, other: Name) -> Likeness:
    if isinstance(one, HanName):
        if isinstance(other, HanName):
            return _han(one, other)
        return _across(one, other)
    if isinstance(other, HanName):
        return _across(other, one)
    return _latin(one, other)


# Chinese with Chinese


def _han(one: HanName, other: HanName) -> Likeness:
    if not one.core or not other.core:
        return DIFFERENT
    if one.core == other.core:
        same = one.whole == other.whole
        reason = "same characters" if same else "same but for the legal form"
        return _numbered(Likeness(1.0 if same else 0.98, (reason,)), one, other)
    if known := _known_brand(one, other):
        return known
    if one.surname and other.surname:
        return DIFFERENT
    found = _han_brand(one, other)
    if not found.score:
        return found
    return _numbered(_placed(_traded(found, one, other), one, other), one, other)


def _han_brand(one: HanName, other: HanName) -> Likeness:
    if one.brand == other.brand:
        short = min(one, other, key=lambda name: len(name.core))
        if not short.firm and len(short.brand) <= 3 and (short.surname or len(short.brand) == 2):
            return Likeness(0.80, ("same short name, nothing else given",))
        return Likeness(1.0, ("same brand",))
    return _mistyped_han(one, other)


def _mistyped_han(one: HanName, other: HanName) -> Likeness:
    """One character off in the industry words is a slip; in the brand it is another firm."""
    known, typed = (one, other) if len(one.trade) >= len(other.trade) else (other, one)
    slip = _one_off(known.core, typed.core)
    if slip is None or len(known.core) < 5:
        return DIFFERENT
    in_trade = slip >= len(known.core) - len(known.trade)
    if in_trade and not typed.trade.endswith(known.trade):
        tail = typed.core[len(known.core) - len(known.trade) :]
        if (
            len(known.concepts) >= 1
            and known.brand == typed.core[: -len(tail)][-len(known.brand) :]
        ):
            other_word = len(typed.concepts - known.concepts) > 0
            return DIFFERENT if other_word else Likeness(0.93, ("one character mistyped",))
    pair = frozenset((known.core[slip : slip + 1], typed.core[slip : slip + 1]))
    if len(known.core) == len(typed.core) and pair in tables().lookalikes:
        return Likeness(0.75, ("one character looks alike",))
    return DIFFERENT


def _one_off(one: str, other: str) -> int | None:
    """Where two texts differ by one character put, missing or replaced; None where by more."""
    if OSA.distance(one, other, score_cutoff=1) > 1:
        return None
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))


# Chinese with Latin


def _across(han: HanName, latin: LatinName) -> Likeness:
    if not han.core or not latin.core:
        return DIFFERENT
    if known := _known_brand(han, latin):
        return known
    if han.surname:
        person = _person_across(han, latin)
        if person.score or not latin.firm:
            return person
    if _same_sound(han.core_sounds, (latin.core_joined, latin.brand_joined)):
        found = Likeness(0.96, ("same pinyin",))
        if bool(han.surname) is latin.firm:
            found = found.times(0.8, "a person and a firm")
        return _numbered(found, han, latin)
    found = _brand_across(han, latin)
    if not found.score:
        return found
    if bool(han.surname) or not latin.firm:
        found = found.times(0.84, "a person and a firm")
    return _numbered(_placed(_traded(found, han, latin), han, latin), han, latin)


def _same_sound(sounds: frozenset[str], written: tuple[str, ...]) -> bool:
    return any(text in sounds for text in written)


def _person_across(han: HanName, latin: LatinName) -> Likeness:
    if latin.firm:
        return DIFFERENT
    joined = latin.core_joined
    turned = "".join((*latin.core[-1:], *latin.core[:-1]))
    sounds = han.core_sounds
    if joined in sounds or (turned in sounds and len(latin.core) > 1):
        return Likeness(0.95, ("same pinyin",))
    if sounds & latin.spellings:
        return Likeness(0.88, ("same name in another spelling of Chinese",))
    if len(han.whole) > 2 and sounds & latin.inner_spellings:
        return Likeness(0.84, ("same name beside a foreign first name",))
    return DIFFERENT


def _brand_across(han: HanName, latin: LatinName) -> Likeness:
    """The brand in pinyin, in any order of its words, with a place or not."""
    words = latin.brand
    orders = {"".join(words), with_u("".join(words))}
    if latin.firm:
        orders.add("".join((*words[-1:], *words[:-1])))
    if orders & han.sounds or (latin.firm and orders & han.placed_sounds):
        return Likeness(0.97, ("brand in pinyin",))
    if han.surname or len(han.brand) > 6:
        return DIFFERENT
    if any(len(text) >= LONG and _slipped(text, sound) for text in orders for sound in han.sounds):
        return Likeness(0.84, ("brand in pinyin, one letter mistyped",))
    return DIFFERENT


def _slipped(written: str, sound: str) -> bool:
    """One letter off, and what is written is no pinyin, so nobody's name."""
    return not is_pinyin(written) and OSA.distance(written, sound, score_cutoff=1) == 1


# Latin with Latin


def _latin(one: LatinName, other: LatinName) -> Likeness:
    if not one.core or not other.core:
        return DIFFERENT
    if one.joined == other.joined or one.core == other.core:
        return _numbered(Likeness(1.0, ("same letters",)), one, other)
    if one.core_joined == other.core_joined and len(one.core_joined) > 4:
        return _numbered(Likeness(0.97, ("same letters, other gaps",)), one, other)
    if known := _known_brand(one, other):
        return known
    found = max(
        (_acronym(one, other), _run_together(one, other), _words(one, other)),
        key=lambda likeness: likeness.score,
    )
    return _numbered(found, one, other)


def _acronym(one: LatinName, other: LatinName) -> Likeness:
    short, long = (one, other) if len(one.core) <= len(other.core) else (other, one)
    if len(short.core) == 1 and short.core[0] in long.initials:
        return Likeness(0.86, ("acronym",))
    return DIFFERENT


def _run_together(one: LatinName, other: LatinName) -> Likeness:
    """Siemensag is siemens ag."""
    for short, long in ((one, other), (other, one)):
        if len(short.core) == 1 and long.joined == short.joined:
            return Likeness(0.95, ("same letters, other gaps",))
    if sorted(one.core) == sorted(other.core):
        return Likeness(0.96, ("same words in another order",))
    turned = {"".join((*other.core[cut:], *other.core[:cut])) for cut in range(len(other.core))}
    if one.core_joined in turned and len(one.core_joined) > 4:
        return Likeness(0.93, ("same letters in another order",))
    return DIFFERENT


def _words(one: LatinName, other: LatinName) -> Likeness:
    one, other = _mended(one, other), _mended(other, one)
    found = _brand_words(one, other)
    if not found.score:
        return found
    alone = min(one, other, key=lambda name: len(name.core))
    if len(alone.core) == 1 and not alone.firm and one.core != other.core:
        found = found.times(0.72, "one word alone")
    return _placed(_traded(found, one, other), one, other)


def _mended(name: LatinName, other: LatinName) -> LatinName:
    """A word of the brand that is an industry word of the other mistyped counts as that word."""
    table = tables()
    for token in name.brand:
        if len(name.brand) == 1 or token in other.brand:
            continue
        words = (*other.trade, *other.place_words)
        meant = next((word for word in words if _alike(token, word, True)), None)
        if meant is None:
            continue
        concept, places = table.concept_latin.get((meant,)), table.place_latin.get((meant,))
        return replace(
            name,
            brand=tuple(t for t in name.brand if t != token),
            concepts=name.concepts | ({concept} if concept else set()),
            places=name.places | (places or frozenset()),
            firm=True,
        )
    return name


def _brand_words(one: LatinName, other: LatinName) -> Likeness:
    """Every word of the brand must find its like on the other side."""
    if one.brand_joined == other.brand_joined:
        return Likeness(1.0, ("same brand",))
    firm = one.firm or other.firm
    left = [token for token in one.brand if token not in PARTICLES]
    right = [token for token in other.brand if token not in PARTICLES]
    worst, reasons, equal = 1.0, [], 0
    pairs: list[tuple[str, str]] = []
    for token in list(left):
        if token in right:
            right.remove(token)
            left.remove(token)
            equal += 1
    for token in list(left):
        best = max(((_alike(token, t, firm), t) for t in right), default=(0.0, ""))
        if best[0]:
            left.remove(token)
            right.remove(best[1])
            pairs.append((token, best[1]))
            worst = min(worst, best[0])
    rest = left + right
    if rest:
        return _left_over(rest, equal, bool(pairs))
    if not equal and not pairs:
        return DIFFERENT
    if not equal and len(pairs) == 1 and min(map(len, pairs[0])) <= SHORTEST_TYPED:
        return DIFFERENT
    if len(pairs) > max(1, equal):
        return DIFFERENT
    reasons = ["same words"] if not pairs else [f"{a} → {b}" for a, b in pairs]
    return Likeness(worst if pairs else 0.97, tuple(reasons))


def _left_over(rest: list[str], equal: int, mended: bool) -> Likeness:
    """Words that only one side has: a patronymic may be left out, a brand word may not."""
    if len(rest) == 1 and equal >= 2 and not mended and rest[0].endswith(PATRONYMIC):
        return Likeness(0.84, ("patronymic left out",))
    return DIFFERENT


@lru_cache(maxsize=200_000)
def _alike(one: str, other: str, firm: bool) -> float:
    """How much two words that differ are one: an error of typing, an abbreviation, a variant."""
    variants = tables().variants
    if one in variants and variants.get(other) == variants[one]:
        return 0.93
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return 0.85 if long.startswith(short) else 0.0
    if short[0] != long[0] or (not firm and long == f"{short}a"):  # Petrov is not Petrova
        return 0.0
    if firm and _singular(short) == _singular(long):
        return 0.95
    if firm and len(short) >= 3 and _abbreviates(short, long):
        return 0.90
    return _typed(short, long, firm)


def _singular(word: str) -> str:
    """The word without an English plural, where it is long enough to have one."""
    if len(word) < SHORTEST_TYPED:
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _typed(short: str, long: str, firm: bool) -> float:
    """An error of typing, in words long enough to carry one."""
    if is_pinyin(short) and is_pinyin(long):
        # One letter more makes another syllable, unless the word is long.
        long_slip = firm and len(short) >= LONG and len(short) < len(long)
        return 0.86 if long_slip and OSA.distance(short, long, score_cutoff=1) == 1 else 0.0
    allowed = 2 if len(short) >= (LONG if firm else LONG + 3) else 1
    distance = OSA.distance(short, long, score_cutoff=allowed)
    if len(short) < SHORTEST_TYPED or distance > allowed:
        return 0.0
    if not firm and len(short) < SHORTEST_TYPED + 2 and sorted(short) != sorted(long):
        return 0.0  # Maria and Marina are two; Tobais is Tobias
    return 0.92 if distance == 1 else 0.88


def _abbreviates(short: str, long: str) -> bool:
    """Orb for orbital, trdg for trading; never one syllable of pinyin for two."""
    if len(long) - len(short) < 2 or (is_pinyin(short) and is_pinyin(long)):
        return False
    if long.startswith(short):
        return len(short) >= 4 or not VOWELS & set(short[1:]) or len(long) >= 7
    if VOWELS & set(short[1:]):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


# What both scripts share


def _known_brand(one: Name, other: Name) -> Likeness | None:
    """The verdict of the table of brands; None where it has none."""
    if one.brand_id is None or other.brand_id is None:
        return None
    if one.brand_id != other.brand_id:
        return DIFFERENT
    if one.beyond or other.beyond:
        return None
    found = Likeness(0.95, ("known brand",))
    return _numbered(_placed(_traded(found, one, other), one, other), one, other)


def _traded(found: Likeness, one: Name, other: Name) -> Likeness:
    """What they do: the same, one silent, or something else."""
    if one.concepts == other.concepts:
        return found
    if not one.concepts or not other.concepts:
        return found.times(0.94, "only one says what it does")
    vague = tables().vague
    shared = one.concepts & other.concepts
    ones, others = one.concepts - shared, other.concepts - shared
    more = bool(ones and others and (ones | others) - vague)
    if shared - vague or (shared and not (one.concepts - vague and other.concepts - vague)):
        return found.times(0.72 if more else 0.96, "partly the same trade")
    if not (one.concepts - vague and other.concepts - vague):
        return found.times(0.65, "one trade is vague")
    return found.times(0.50, "another trade")


def _placed(found: Likeness, one: Name, other: Name) -> Likeness:
    """Where they are: places contradict only when both are given, rank by rank."""
    if not one.places or not other.places:
        return found if one.places == other.places else found.times(0.98, "only one says where")
    if _contradict(one.places, other.places):
        return found.times(0.70, "another place")
    return found


def _contradict(ones: frozenset[Place], others: frozenset[Place]) -> bool:
    by_rank: Callable[[frozenset[Place], str], frozenset[Place]] = lambda places, rank: frozenset(  # noqa: E731
        p for p in places if p.rank == rank
    )
    for rank in ("city", "province", "country", "region"):
        a, b = by_rank(ones, rank), by_rank(others, rank)
        if a and b:
            return not a & b
    return False


def _numbered(found: Likeness, one: Name, other: Name) -> Likeness:
    """Institute 112 is not institute 211."""
    if sorted(one.numbers) == sorted(other.numbers):
        return found
    if one.numbers and other.numbers:
        return found.times(0.4, "another number")
    return found.times(0.75, "only one has a number")
