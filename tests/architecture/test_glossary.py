"""The words of the glossary are the names of the classes."""

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| \*\*(\w+)\*\* \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def parsed(path: Path) -> ast.Module:
    """In a thread of its own: browser tests leave this one in a greenlet, where ast trips."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(ast.parse, path.read_text(encoding="utf-8")).result()


def rows() -> list[tuple[str, ...]]:
    return ROW.findall((ROOT / "docs" / "GLOSSARY.md").read_text(encoding="utf-8"))


def classes() -> set[str]:
    return {
        node.name
        for path in (ROOT / "compliance").rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
    }


def test_each_word_is_a_class() -> None:
    words = {row[0] for row in rows()}

    assert len(words) > 20
    assert words - classes() == set()


def test_each_word_has_its_chinese() -> None:
    assert [
        word for word, chinese, _, meaning in rows() if not re.search("[一-鿿]", chinese + meaning)
    ] == []


def test_each_room_with_tables_has_its_word() -> None:
    """What a room keeps is named in the glossary; tables that serve it may follow its name."""
    words = {row[0] for row in rows()}
    nameless = {}
    for path in (ROOT / "compliance").rglob("models.py"):
        tables = {
            node.name
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.ClassDef)
            and any("__tablename__" in ast.unparse(statement) for statement in node.body)
        }
        if tables and not tables & words:
            nameless[path.parent.name] = tables

    assert nameless == {}


def test_each_word_stands_there_once() -> None:
    words = [row[0] for row in rows()]

    assert sorted(words) == sorted(set(words))
