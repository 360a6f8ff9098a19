"""Each direct dependency is pinned with hashes, explained and used."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def direct(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {
        re.split(r"[\[<>=!~ ;]", line)[0].lower()
        for line in lines
        if line and not line.startswith(("#", "-"))
    }


def pinned(name: str) -> dict[str, int]:
    """Package -> number of its hashes."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return {
        line.split("==")[0].split("[")[0].lower(): line.count("--hash=sha256:")
        for line in text.splitlines()
        if "==" in line and not line.lstrip().startswith("#")
    }


def explained() -> set[str]:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    packages = text.split("## System packages")[0]
    rows = re.findall(r"^\| ([a-z0-9-]+) \|", packages, re.MULTILINE)
    return set(rows) - {"package"}


def test_each_direct_dependency_is_explained() -> None:
    assert explained() == direct("requirements.in") | direct("requirements-dev.in")


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_pins_each_dependency_with_hashes(name: str) -> None:
    lock = pinned(f"{name}.txt")

    assert direct(f"{name}.in") <= lock.keys()
    assert all(lock.values())


def test_tests_run_on_the_versions_that_serve() -> None:
    def versions(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))

    server, tests = versions("requirements.txt"), versions("requirements-dev.txt")

    assert {name: tests.get(name) for name in server} == server


def test_each_application_dependency_is_imported() -> None:
    modules = {
        "argon2-cffi": "argon2", "flask-babel": "flask_babel",
        "flask-wtf": "flask_wtf", "pyyaml": "yaml",
        "prometheus-client": "prometheus_client", "python-docx": "docx",
    }  # fmt: skip
    by_name_only = {"psycopg", "granian"}  # SQLAlchemy and script/server take these by name
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("compliance", "migrations")
        for path in (ROOT / folder).rglob("*.py")
    )

    unused = {
        name
        for name in direct("requirements.in") - by_name_only
        if not re.search(rf"^\s*(?:from|import) {modules.get(name, name)}\b", code, re.MULTILINE)
    }

    assert unused == set()
