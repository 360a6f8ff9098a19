"""Texts that can't be built in one language only."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language of the interface; the value is its short code."""

    EN = "en"
    ZH = "zh"

    @property
    def tag(self) -> str:
        """The BCP 47 tag for `lang` attributes."""
        return "zh-Hans" if self is Language.ZH else "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages. Raises ValueError where either is empty."""

    en: str
    zh: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.zh.strip():
            raise ValueError("a text needs both languages")

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def as_json(self) -> dict[str, str]:
        return {"en": self.en, "zh": self.zh}


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of steps in both languages, equally long."""

    en: tuple[str, ...]
    zh: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.en) != len(self.zh):
            raise ValueError("both languages need the same number of steps")

    def __getitem__(self, language: str) -> tuple[str, ...]:
        return self.zh if language == "zh" else self.en

    def as_json(self) -> dict[str, list[str]]:
        return {"en": list(self.en), "zh": list(self.zh)}
