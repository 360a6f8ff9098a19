"""The repository stands on its own: no machine's paths, no registry's address, no cheats."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Put together here so that this file doesn't find itself.
MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"work/",
            r"(?<![\w.])/" + r"root/",
            r"(?<![\w.])/" + r"home/\w",
            r"py" + r"pi\.org",
            r"python" + r"hosted\.org",
            r"registry\.npm" + r"js",
            r"deb\.deb" + r"ian\.org",
            r"--extra-" + r"index-url",
        ]
    )
)
LEFT_OPEN = re.compile(
    r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X(?!-))\b|raise NotImplemented" + r"Error"
)
KNOWS_THE_TEST = re.compile(
    r"PYTEST_|[\"']pytest[\"']|sys\.modules|current_app\.testing|app\.testing"
)
EXCUSES = re.compile(r"pytest\.mark\.(?:skip|xfail)\b|pytest\.xfail\(|assert\s+True\b")
GIVES_UP = re.compile(r"pytest\.skip\(|pytest\.mark\.skipif|unittest\.skip")


@cache
def tracked() -> tuple[Path, ...]:
    """Files under version control, so that a build's leavings don't count."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def hits(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    found = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return found


def under(*folders: str, suffix: str = ".py") -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix == suffix and path.relative_to(ROOT).parts[0] in folders
    ]


def test_no_path_of_a_machine_and_no_registry_host() -> None:
    assert hits(MACHINE, list(tracked())) == []


def test_nothing_is_left_open() -> None:
    code = [path for path in tracked() if path.suffix in (".py", ".html", ".js", ".css", ".yaml")]
    ours = [path for path in code if "vendor" not in path.parts]

    assert hits(LEFT_OPEN, ours) == []


def test_the_application_cannot_tell_that_it_is_tested() -> None:
    assert hits(KNOWS_THE_TEST, under("compliance")) == []


def test_no_test_excuses_itself() -> None:
    assert hits(EXCUSES, under("tests")) == []


def test_only_missing_services_skip_tests() -> None:
    allowed = {ROOT / "tests" / "support" / "services.py", Path(__file__)}
    others = [path for path in under("tests") if path not in allowed]

    assert hits(GIVES_UP, others) == []


def test_the_secrets_and_data_of_an_installation_are_not_committed() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    private = re.compile(r"^instance/|\.(?:db|sqlite3?|pem|key|p12|pfx|env)$|(?:^|/)\.env$")

    assert [name for name in names if private.search(name)] == []


def test_scripts_can_be_run() -> None:
    scripts = [
        *(ROOT / "script" / name for name in ("setup", "server", "test")),
        ROOT / ".ci" / "run",
    ]

    assert all(path.stat().st_mode & 0o111 for path in scripts)
