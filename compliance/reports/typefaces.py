"""The report's own typefaces, so that the pages look alike on every machine.

Four families: Latin letters (with Greek and Cyrillic), the same without the marks that Chinese
sets full width, common Han characters, and the rarer rest, which only those reports load that
need it.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DIRECTORY = Path(__file__).parent / "fonts"
BOX = "□"  # stands where no typeface has the character


@dataclass(frozen=True, slots=True)
class Typeface:
    """One family: its name, and file by CSS weight."""

    family: str
    files: tuple[tuple[int, str], ...]

    @property
    def css(self) -> str:
        return "".join(
            f"@font-face{{font-family:'{self.family}';font-weight:{weight};src:url(app:{name})}}"
            for weight, name in self.files
        )

    @property
    def characters(self) -> frozenset[int]:
        return _characters(self.files[0][1])


LATIN = Typeface("Report Latin", ((400, "latin-regular.ttf"), (700, "latin-bold.ttf")))
LATIN_AMONG_HAN = Typeface(
    "Report Latin Han", ((400, "latin-han-regular.ttf"), (700, "latin-han-bold.ttf"))
)
HAN = Typeface("Report Han", ((400, "han-regular.ttf"), (700, "han-bold.ttf")))
RARE = Typeface("Report Rare", ((400, "rare-regular.ttf"), (700, "rare-regular.ttf")))

ENGLISH = (LATIN, HAN, RARE)
CHINESE = (LATIN_AMONG_HAN, HAN, RARE)


@lru_cache
def covered() -> frozenset[int]:
    """Every code point that a report can show."""
    return LATIN.characters | HAN.characters | RARE.characters


def needed(text: str, order: tuple[Typeface, ...]) -> tuple[Typeface, ...]:
    """The typefaces that a text needs: each takes what those before it lack."""
    left = {ord(character) for character in set(text)} - {0x0A}
    chosen = []
    for typeface in order:
        mine = left & typeface.characters
        if mine or typeface is order[0]:
            chosen.append(typeface)
        left -= mine
    return tuple(chosen)


@lru_cache
def _characters(name: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(DIRECTORY / name, lazy=True) as font:
        return frozenset(font.getBestCmap())
