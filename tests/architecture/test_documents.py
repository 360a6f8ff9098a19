"""The documents tell the truth about what can be checked: rooms, links, files and commands."""

import re

import click
from flask import Flask

from compliance.settings import ROOT

DOCUMENTS = sorted(
    [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("[a-z]*/README.md")]
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"(?<![\w/])flask ([a-z][a-z-]*(?: [a-z][a-z-]*)*)")


def rooms() -> set[str]:
    return {
        path.stem
        for path in (ROOT / "compliance").iterdir()
        if not path.name.startswith("__") and (path.suffix == ".py" or path.is_dir())
    }


def test_the_table_of_rooms_is_complete() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.split("## Rooms")[1].split("## A request")[0]
    named = {
        name
        for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
        for name in re.findall(r"`([a-z]+)`", row)
    }

    assert named == rooms()


def test_links_lead_somewhere() -> None:
    lost = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]

    assert lost == []


def test_commands_are_there(app: Flask) -> None:
    lost = [
        f"{document.relative_to(ROOT)}: flask {words}"
        for document in DOCUMENTS
        for words in COMMAND.findall(document.read_text(encoding="utf-8"))
        if not is_command(app.cli, words.split())
    ]

    assert lost == []


def is_command(group: click.Command, words: list[str]) -> bool:
    """Whether the words name a command; what follows a complete command is an argument."""
    for word in words:
        if not isinstance(group, click.Group):
            return True
        if word not in group.commands:
            return False
        group = group.commands[word]
    return True


def test_every_decision_has_its_number_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]

    assert sorted(numbers) == sorted(set(numbers))


# --- Tests that a document names ------------------------------------------------------------------

NAMED = re.compile(r"`((?:tests/)?[\w/]*test_\w+\.py)?(?:::(test_\w+))?`")
TEST_FILES = {path.name: path for path in (ROOT / "tests").rglob("test_*.py")}


def missing_tests(text: str) -> list[str]:
    """What a text names and isn't there; `::name` stands for the file that was named before it."""
    missing, content, file = [], "", ""
    for named, test in NAMED.findall(text):
        if named:
            path = ROOT / named if "/" in named else TEST_FILES.get(named)
            file, content = named, path.read_text("utf-8") if path and path.is_file() else ""
            missing += [] if content else [named]
        if test and f"def {test}(" not in content:
            missing.append(f"{file}::{test}")
    return missing


def test_the_tests_that_security_names_are_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")

    assert missing_tests(text) == []
    assert len([test for _file, test in NAMED.findall(text) if test]) > 60
    for number in range(1, 34):
        assert f"| S{number} |" in text


def test_a_name_that_is_not_there_is_noticed() -> None:
    here = "tests/architecture/test_documents.py"
    assert missing_tests(f"`{here}::test_links_lead_somewhere`, `::test_nowhere`") == [
        f"{here}::test_nowhere"
    ]
    assert missing_tests("`test_no_such_file.py`") == ["test_no_such_file.py"]
