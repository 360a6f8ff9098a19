"""The library of red flags as people read it: its categories, what each weight asks, its rules."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from compliance.catalogue.loader import ROOT
from compliance.catalogue.source import read_yaml
from compliance.language import Text


@dataclass(frozen=True, slots=True)
class Weight:
    """What a red flag of one severity asks for."""

    value: int  # 1 note, 2 ask, 3 stop
    title: Text
    effect: Text


@dataclass(frozen=True, slots=True)
class SignLibrary:
    """All but the flags themselves, which stand in the edition."""

    preface: Text
    categories: dict[str, Text]  # id -> title, in order
    weights: tuple[Weight, ...]
    counting: tuple[Text, ...]  # how flags add up
    closing: tuple[Text, ...]  # who may close one, and with what


@lru_cache
def sign_library(root: Path = ROOT) -> SignLibrary:
    """The library of a catalogue that was checked."""
    path = root / "red_flags.yaml"
    raw = read_yaml(path.read_bytes(), path.name)
    return SignLibrary(
        preface=_text(raw["preface"]),
        categories={str(one["id"]): _text(one["title"]) for one in raw["categories"]},
        weights=tuple(
            Weight(int(one["value"]), _text(one["title"]), _text(one["effect"]))
            for one in raw["severities"]
        ),
        counting=tuple(_text(one["text"]) for one in raw["rules"]["combination"]),
        closing=tuple(_text(one["text"]) for one in raw["rules"]["closing"]),
    )


def _text(raw: Any) -> Text:
    return Text(str(raw["en"]), str(raw["zh"]))
