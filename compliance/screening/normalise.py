"""One spelling for what the eye takes for one: width, case, look-alikes, traditional characters."""

import re
import unicodedata
from functools import lru_cache

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")
WORD = re.compile(r"[^\W_]+", re.UNICODE)
NUMBERING = re.compile(r"^\s*[(（]?(?:\d{1,4}|[一二三四五六七八九十]{1,3})\s*[.)、．）]\s*(?=\D)")
# Cyrillic and Greek letters that pass for Latin ones.
LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеоорсухіјѕԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορν",
    "ABESIJKMHOPCTYXaeoopcyxijsdhqwABEZHIKMNOPTYXaopv",
)
DIGITS_FOR_LETTERS = str.maketrans("01358", "olesb")
CYRILLIC = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e",
    "ё": "e",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "й": "y",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ы": "y",
    "ь": "",
    "э": "e",
    "ю": "yu",
    "я": "ya",
    "і": "i",
    "ї": "yi",
    "є": "ye",
}
SPECIAL = {"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"}
UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
# Japanese forms that stand in Chinese lists and that the converter leaves alone.
JAPANESE = str.maketrans(
    "豊沢広気浜桜鉄薬図竜実験総経済製産検団圧変観沢辺斉恵徳栄応帰亜黒歩緑関駅売伝弐仮価両剣労営",
    "丰泽广气滨樱铁药图龙实验总经济制产检团压变观泽边齐惠德荣应归亚黑步绿关驿卖传贰假价两剑劳营",
)


def has_han(text: str) -> bool:
    """Whether any Chinese character stands in the text."""
    return HAN.search(text) is not None


def clean(text: str) -> str:
    """The text in one width, case and script variant, without invisible characters."""
    composed = unicodedata.normalize("NFKC", text)
    visible = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in composed
        if unicodedata.category(c) != "Cf"
    )
    words = (_one_script(part) for part in re.split(r"(\s+)", visible))
    text = "".join(words)
    if has_han(text):
        text = simplified(text.translate(JAPANESE))
    return " ".join(NUMBERING.sub("", text).casefold().split())


@lru_cache(maxsize=100_000)
def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    found: str = _converter().convert(text)
    return found


def latin_tokens(text: str) -> tuple[str, ...]:
    """The words of a cleaned Latin text in plain letters; ü is u."""
    return _tokens(text, {})


def latin_tokens_with_umlauts(text: str) -> tuple[str, ...]:
    """The same with ü as ue, the German habit."""
    return _tokens(text, UMLAUTS)


def unscanned(token: str) -> str:
    """Digits inside a word as the letters that a scanner took them for."""
    if token.isdigit() or not any(c.isdigit() for c in token):
        return token
    letters = sum(c.isalpha() for c in token)
    return token.translate(DIGITS_FOR_LETTERS) if letters > len(token) - letters else token


def _tokens(text: str, umlauts: dict[str, str]) -> tuple[str, ...]:
    text = re.sub(r"(?<=\w)['’`´](?=\w)", "", text).replace("&", " and ")
    text = re.sub(r"\b(?:[a-z]\.){2,}", lambda m: m[0].replace(".", "") + " ", text)
    spelled = "".join(umlauts.get(c) or SPECIAL.get(c) or CYRILLIC.get(c, c) for c in text)
    decomposed = unicodedata.normalize("NFD", spelled)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return tuple(unscanned(word) for word in WORD.findall(plain))


def _one_script(word: str) -> str:
    """Look-alikes folded to Latin in a word that mixes scripts."""
    if word.isascii() or not re.search(r"[a-zA-Z]", word):
        return word
    return word.translate(LOOKALIKES)


@lru_cache(maxsize=1)
def _converter():  # type: ignore[no-untyped-def]
    from opencc import OpenCC

    return OpenCC("t2s")
