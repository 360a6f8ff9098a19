"""Interface words: one gettext file for each room, so that rooms can be written side by side.

`translations/<room>/zh/LC_MESSAGES/messages.po` at the project's root; the English text is the
message id. The compiled files are made from them and not kept under version control.
"""

from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

ROOT = Path(__file__).parents[2] / "translations"


def directories() -> list[Path]:
    """The translation directories, one a room, in alphabetical order."""
    return sorted(
        path for path in ROOT.iterdir() if (path / "zh" / "LC_MESSAGES" / "messages.po").is_file()
    )


def compile_stale() -> None:
    """Compile each message file that is newer than its compiled form."""
    for directory in directories():
        source = directory / "zh" / "LC_MESSAGES" / "messages.po"
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale="zh")
        partial = target.with_suffix(".partial")
        with partial.open("wb") as stream:
            write_mo(stream, catalogue)
        partial.replace(target)


@lru_cache
def translations(language: str) -> NullTranslations:
    """All interface words of a language; English is its own source."""
    if language != "zh":
        return NullTranslations()
    compile_stale()
    merged = Translations()
    for directory in directories():
        loaded = Translations.load(str(directory), ["zh"])
        if isinstance(loaded, Translations):
            merged.merge(loaded)
    return merged
