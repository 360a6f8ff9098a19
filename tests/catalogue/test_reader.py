"""The YAML reader agrees with YAML on plain data, and nothing makes it crash."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.catalogue import CatalogueError, Fault, check_catalogue
from compliance.catalogue.loader import build, parse
from compliance.catalogue.source import read_yaml
from tests.catalogue.conftest import TINY

FILES = {path.relative_to(TINY).as_posix(): path.read_bytes() for path in TINY.rglob("*.yaml")}
TEXT = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=12).filter(
    lambda text: text.lower() not in {"y", "n"}  # PyYAML leaves them bare
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


def faults_of(files: dict[str, bytes]) -> tuple[Fault, ...]:
    """What loading refuses; empty where it loads."""
    try:
        build(parse(files), "tiny", "2026.1")
    except CatalogueError as error:
        return error.faults
    return ()


@given(PLAIN, st.booleans())
@settings(max_examples=200)
def test_plain_data_reads_back_to_the_same(content: Any, flow: bool) -> None:
    source = yaml.safe_dump(content, allow_unicode=True, default_flow_style=flow)

    assert read_yaml(source.encode("utf-8"), "x.yaml") == content


@pytest.mark.parametrize(
    ("source", "content"),
    [
        ("2026-11-24", "2026-11-24"),
        ("12:30", "12:30"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".nan", ".nan"),
        ("0.5", 0.5),
        ("-3", -3),
        ("'no'", "no"),
        ("~", None),
    ],
)
def test_only_plain_numbers_are_numbers(source: str, content: object) -> None:
    assert read_yaml(source.encode(), "x.yaml") == content


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "y", "N", "True", "NULL"])
def test_words_that_yaml_would_turn_are_refused(word: str) -> None:
    with pytest.raises(CatalogueError, match="put it in quotes"):
        read_yaml(f"a: {word}".encode(), "x.yaml")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    faults = faults_of({**FILES, "terms.yaml": content})

    assert all(fault.message for fault in faults)


PIECES = [b"", b"\n", b"null", b"[]", b"{}", b"true", b"-1", b"'", b'"', b": ", b"- ", b"&a "]


@st.composite
def spoilt_files(draw: st.DrawFn) -> dict[str, bytes]:
    """The tiny catalogue with one to three cuts, each filled with something else."""
    files = dict(FILES)
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(files)))
        content = files[name]
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        files[name] = content[:start] + draw(st.sampled_from(PIECES)) + content[end:]
    return files


@given(spoilt_files())
@settings(max_examples=200)
def test_spoilt_catalogue_is_read_or_refused_but_never_crashes(files: dict[str, bytes]) -> None:
    assert all(fault.file and fault.message for fault in faults_of(files))


VALUES = st.sampled_from([None, True, 0, -1, 2.5, "", "x", [], ["x", "x"], {}, {"en": "x"}, [[]]])


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(content, dict):
        return found + [p for k, v in content.items() for p in places(v, (*path, k))]
    if isinstance(content, list):
        return found + [p for n, v in enumerate(content) for p in places(v, (*path, n))]
    return found


@given(st.sampled_from(sorted(FILES)), st.integers(0, 10_000), VALUES)
@settings(max_examples=200)
def test_any_value_in_any_field_is_read_or_refused(file: str, number: int, value: Any) -> None:
    content = yaml.safe_load(FILES[file])
    path = places(content)[number % len(places(content))]
    target = content
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    files = {**FILES, file: yaml.safe_dump(content, allow_unicode=True).encode("utf-8")}

    assert all(fault.file and fault.message for fault in faults_of(files))


def test_whole_check_survives_what_the_loader_refuses(tmp_path: Any) -> None:
    folder = tmp_path / "tiny" / "2026.1"
    folder.mkdir(parents=True)
    (folder / "questionnaire.yaml").write_text("- not\n- a mapping\n", "utf-8")

    assert check_catalogue(tmp_path)
