"""Every word of the interface has its Chinese, in one room's file, and nothing is left over.

The words are extracted from templates and code, as a translator's tool would.
"""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, "lazy_ngettext": (1, 2)}
JINJA = {"trimmed": "true", "silent": "false", "encoding": "utf-8"}
SOURCES: tuple[tuple[str, list[tuple[str, str]], dict[str, dict[str, str]]], ...] = (
    ("compliance", [("**.py", "python")], {}),
    (
        "templates",
        [("**.html", "jinja2"), ("**.txt", "jinja2")],
        {"**.html": JINJA, "**.txt": JINJA},
    ),
)
HAN = r"[\u4e00-\u9fff]"
ASCII_MARK = re.compile(rf"{HAN}\s*[,;:?!](?:\s|{HAN}|$)|{HAN}\([^)]*{HAN}|{HAN}\.(?:\s|$)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@cache
def used() -> dict[str, str]:
    """Message id -> where it was first met."""
    found: dict[str, str] = {}
    for folder, methods, options in (
        ("compliance", [("**.py", "python")], {}),
        (
            "templates",
            [("**.html", "jinja2"), ("**.txt", "jinja2")],
            {"**.html": JINJA, "**.txt": JINJA},
        ),
    ):
        for name, line, message, _comments, _context in extract_from_dir(
            ROOT / folder, methods, options, keywords=KEYWORDS
        ):
            for text in message if isinstance(message, tuple) else (message,):
                if text:
                    found.setdefault(text, f"{folder}/{name}:{line}")
    return found


@cache
def translated() -> dict[str, list[tuple[str, Message]]]:
    """Message id -> the rooms that translate it. A plural counts for both of its ids."""
    found: dict[str, list[tuple[str, Message]]] = defaultdict(list)
    for path in sorted((ROOT / "translations").glob("*/zh/LC_MESSAGES/messages.po")):
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale="zh")
        room = path.relative_to(ROOT / "translations").parts[0]
        for message in catalogue:
            for text in message.id if isinstance(message.id, (list, tuple)) else (message.id,):
                if text:
                    found[text].append((room, message))
    return found


def strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else (message.string,)


def test_words_are_found_in_templates_and_code() -> None:
    places = {place.split("/")[0] for place in used().values()}

    assert places == {"compliance", "templates"}


def test_every_word_has_its_chinese() -> None:
    missing = [
        f"{place}: {text!r}"
        for text, place in sorted(used().items(), key=lambda pair: pair[1])
        if not any(all(strings(message)) for _room, message in translated().get(text, []))
    ]

    assert missing == []


def test_no_translation_is_fuzzy() -> None:
    fuzzy = [
        f"{room}: {text!r}"
        for text, messages in translated().items()
        for room, message in messages
        if message.fuzzy
    ]

    assert fuzzy == []


def test_rooms_agree_on_a_translation() -> None:
    torn = {
        text: {room: strings(message) for room, message in messages}
        for text, messages in translated().items()
        if len({strings(message) for _room, message in messages}) > 1
    }

    assert torn == {}


def test_translations_keep_the_placeholders() -> None:
    broken = [
        f"{room}: {text!r} -> {string!r}"
        for text, messages in translated().items()
        for room, message in messages
        if not isinstance(message.id, (list, tuple))
        for string in strings(message)
        if sorted(set(PLACEHOLDER.findall(text))) != sorted(set(PLACEHOLDER.findall(string)))
    ]

    assert broken == []


def test_chinese_has_full_width_punctuation() -> None:
    narrow = [
        f"{room}: {string!r}"
        for messages in translated().values()
        for room, message in messages
        for string in strings(message)
        if ASCII_MARK.search(PLACEHOLDER.sub("某", string))
    ]

    assert narrow == []


@pytest.mark.parametrize(
    "text", ["保存,继续", "许可:无", "企业(出口)"], ids=["comma", "colon", "bracket"]
)
def test_the_rule_sees_narrow_marks(text: str) -> None:
    assert ASCII_MARK.search(text)
