"""How the report cites the law: short in the text, in full in the annex."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from compliance.catalogue import Provision
from compliance.language import Text

_WORDING = Path(__file__).with_name("wording.yaml")
_NUMBER_OF_YEAR = re.compile(r"(\d{4})-0*(\d+)")
_NUMBERS_OF_YEAR = re.compile(r"(\d{4})-(\d+-\d+)")
_ROMAN = re.compile(r"[IVX]+(?:\(\d\))?(?:, [IVX]+(?:\(\d\))?)*")
_ELEMENT = re.compile(r"element (\d+)")
_ARTICLE = re.compile(r"[0-9][0-9()]*")
_ARTICLES = re.compile(r"[0-9][0-9()]*(?:(?:-|, | and )[0-9][0-9()]*)+")


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision as a gap or an answer cites it."""

    id: str
    short: Text
    in_force_from: date | None
    check_status: bool
    confidence: str


def cite(provision: Provision) -> Citation:
    """The short citation of a provision."""
    return Citation(
        id=provision.id,
        short=short(provision),
        in_force_from=provision.in_force_from,
        check_status=provision.needs_status_check,
        confidence=provision.confidence.value,
    )


def short(provision: Provision) -> Text:  # noqa: PLR0911 - one return a form of article
    """`ECL Art. 12`, `出口管制法第12条`."""
    name = instrument(provision)
    article = provision.article
    if article == "whole":
        return name
    if found := _NUMBER_OF_YEAR.fullmatch(article):
        year, number = found.groups()
        return Text(f"{name.en} {number} of {year}", f"{name.zh}{year}年第{number}号")
    if found := _NUMBERS_OF_YEAR.fullmatch(article):
        year, numbers = found.groups()
        listed = numbers.replace("-", "至")
        return Text(f"{name.en}s {numbers} of {year}", f"{name.zh}{year}年第{listed}号")
    if found := _ELEMENT.fullmatch(article):
        return Text(f"{name.en}, element {found[1]}", f"{name.zh}要素{found[1]}")
    if _ARTICLE.fullmatch(article):
        return Text(f"{name.en} Art. {article}", f"{name.zh}第{_chinese(article)}")
    if _ARTICLES.fullmatch(article):
        listed = article.replace(" and ", "、").replace(", ", "、").replace("-", "至")
        return Text(f"{name.en} Arts {article}", f"{name.zh}第{listed}条")
    if _ROMAN.fullmatch(article):
        return Text(f"{name.en} Arts {article}", f"{name.zh}第{article.replace(', ', '、')}条")
    part = _parts().get(article) or Text(article, article)
    return Text(f"{name.en}, {part.en}", f"{name.zh}，{part.zh}")


def instrument(provision: Provision) -> Text:
    """The name of the instrument as it is cited."""
    return _instruments().get(provision.instrument.lower(), provision.instrument_name)


def _chinese(article: str) -> str:
    """`14(1)` is 14条(1): the register does not say whether a paragraph or an item is meant."""
    number, bracket, rest = article.partition("(")
    return f"{number}条{bracket}{rest}"


@lru_cache
def _parts() -> Mapping[str, Text]:
    return {key: _text(names) for key, names in _wording()["parts"].items()}


@lru_cache
def _instruments() -> Mapping[str, Text]:
    return {key: _text(names) for key, names in _wording()["instruments"].items()}


@lru_cache
def _wording() -> Mapping[str, Mapping[str, Any]]:
    with _WORDING.open(encoding="utf-8") as stream:
        found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(stream)
    return found


def _text(names: Mapping[str, object]) -> Text:
    return Text(str(names["en"]), str(names["zh"]))
