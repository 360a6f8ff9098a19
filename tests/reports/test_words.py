"""Every word of the report exists in both languages, and every template is well formed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from compliance.reports.citations import cite
from compliance.reports.rendering import _WORDS
from compliance.reports.wordings import _BASES, _STANDINGS, _STATES
from tests.reports import samples

TEMPLATES = sorted((samples.ROOT / "templates" / "reports").glob("*.html"))
SOURCES = sorted((samples.ROOT / "compliance" / "reports").glob("*.py"))
FILE = samples.ROOT / "translations" / "reports" / "zh" / "LC_MESSAGES" / "messages.po"
IN_TEMPLATES = re.compile(r'(?:\b_|\.para|\._)\(\s*"((?:[^"\\]|\\.)*)"')
SPEAKING = {"_", "plain", "text", "table", "_heading", "_line", "label"}
NOT_WORDS = {"SHA-256"}


def of_source(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = 2 if name == "Entry" else 0
            if (name in SPEAKING or name == "Entry") and len(node.args) > at:
                found = node.args[at]
                if isinstance(found, ast.Constant) and isinstance(found.value, str):
                    yield found.value


def messages() -> set[str]:
    found = {text for path in TEMPLATES for text in IN_TEMPLATES.findall(path.read_text("utf-8"))}
    found |= {text for path in SOURCES for text in of_source(path)}
    found |= {text for words in _WORDS.values() for text in words.values()}  # type: ignore[attr-defined]
    found |= {*_STANDINGS.values(), *_BASES.values(), *_STATES.values(), "agreed"}
    return found - NOT_WORDS - {""}


def translated() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (samples.ROOT / "translations").glob("*/zh/LC_MESSAGES/messages.po"):
        with path.open("rb") as stream:
            found |= {str(one.id): str(one.string) for one in read_po(stream) if one.id}
    with FILE.open("rb") as stream:
        return found | {str(one.id): str(one.string) for one in read_po(stream) if one.id}


def test_every_message_is_translated() -> None:
    known = translated()

    assert sorted(text for text in messages() if not known.get(text)) == []


def test_translations_fill_the_same_names() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    known = translated()

    assert [text for text in messages() if names(text) != names(known[text])] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_trusts_what_it_is_given(path: Path) -> None:
    text = path.read_text("utf-8")

    assert "|safe" not in text.replace(" ", "")
    assert "<script" not in text


def test_every_provision_has_a_citation_in_both_languages() -> None:
    for provision in samples.edition().provisions.values():
        short = cite(provision).short
        assert short.en
        assert re.search(r"[一-鿿]", short.zh)
