"""Text from people, made safe to set in type.

People paste anything: control characters, right-to-left overrides, emoji, a megabyte on one line.
What the typefaces cannot show becomes a box, what would steer the page instead of standing on it
is dropped, and what is longer than a page can carry is cut with a count of what is missing.
The full text stays in the attached answers.
"""

import re
import unicodedata
from dataclasses import dataclass

from compliance.reports.typefaces import BOX, covered

LONGEST = 4_000  # characters of one answer's comment
MOST_LINES = 20
_BREAK_EVERY = 50  # a word longer than this costs the renderer the square of its length
_ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
_LONG_RUN = re.compile(rf"([!-\u02ff\u0370-\u2fff]{{{_BREAK_EVERY}}})(?=[!-\u02ff\u0370-\u2fff])")
_STACKED_MARKS = re.compile(
    r"([\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]{4})[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]+"
)
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x85]")


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the page, and how many characters of the original do not."""

    text: str
    left_out: int = 0
    boxes: int = 0  # characters shown as a box

    def __bool__(self) -> bool:
        return bool(self.text)


def printable(text: str, longest: int = LONGEST, lines: int = MOST_LINES) -> Words:
    """A text as the page can carry it."""
    head = _LINE_ENDS.sub("\n", text[: longest * 2])
    head = unicodedata.normalize("NFC", head.encode("utf-8", "ignore").decode())
    head = _STACKED_MARKS.sub(r"\1", head.translate(_replacements(head))).strip()
    kept = _cut(head, longest, lines)
    left_out = len(head) - len(kept) + max(0, len(text) - longest * 2)
    boxes = kept.count(BOX) - text.count(BOX)
    return Words(_LONG_RUN.sub(rf"\1{_ZERO_WIDTH_SPACE}", kept), left_out, max(0, boxes))


def one_line(text: str, longest: int = 300) -> Words:
    """A name or title: no line breaks, and shorter."""
    return printable(" ".join(text[: longest * 4].split()) + text[longest * 4 :], longest, 1)


def _cut(text: str, longest: int, lines: int) -> str:
    rows = text.split("\n")
    if len(rows) > lines:
        text = "\n".join(rows[:lines])
    return text[:longest].rstrip()


def _replacements(text: str) -> dict[int, str | None]:
    """For each character of a text that cannot stand as it is: what stands instead."""
    changed: dict[int, str | None] = {}
    for character in set(text):
        code = ord(character)
        if character == "\n" or (0x20 <= code < 0x7F):
            continue
        category = unicodedata.category(character)
        if category == "Zs" or character == "\t":
            changed[code] = " "
        elif category in {"Cc", "Cf", "Cs"} or 0xFE00 <= code <= 0xFE0F:
            changed[code] = None
        elif code not in covered() or category in {"Cn", "Co"}:
            changed[code] = BOX
    return changed
