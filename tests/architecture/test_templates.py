"""Templates hold words and structure; what they show is always escaped, and the CSP holds."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# What is typeset or mailed is no page: it has no content security policy to keep.
PAGES = [path for path in TEMPLATES if path.parts[len(ROOT.parts) + 1] not in ("reports", "emails")]

EVERYWHERE = {
    "|safe lets markup through unescaped": re.compile(r"\|\s*safe\b"),
    "autoescape is never switched off": re.compile(r"autoescape\s+false"),
    "a javascript: address is script": re.compile(r"javascript:", re.IGNORECASE),
}
ON_PAGES = {
    "script stands in static/, not inline": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)", re.IGNORECASE
    ),
    "style stands in static/, not inline": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "no event attributes": re.compile(r"<[^>{}%]*\son[a-z]+\s*=", re.IGNORECASE),
    "nothing is loaded from a foreign host": re.compile(
        r"<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)\s*=\s*[\"']?(?:https?:)?//",
        re.IGNORECASE,
    ),
}


def offences(paths: list[Path], rules: dict[str, re.Pattern[str]]) -> list[str]:
    found = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for rule, pattern in rules.items():
            found += [
                f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, hit.start()) + 1}: {rule}"
                for hit in pattern.finditer(text)
            ]
    return found


def test_there_are_templates() -> None:
    assert TEMPLATES
    assert PAGES


def test_templates_escape_everything() -> None:
    assert offences(TEMPLATES, EVERYWHERE) == []


def test_pages_keep_the_content_security_policy() -> None:
    assert offences(PAGES, ON_PAGES) == []


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        '<p style="color: red">',
        '<a href="#" onclick="go()">',
        '<img src="//elsewhere.example/a.png">',
    ],
    ids=["script", "style", "event", "foreign"],
)
def test_the_rules_see_a_planted_offence(markup: str) -> None:
    assert any(pattern.search(markup) for pattern in ON_PAGES.values())
