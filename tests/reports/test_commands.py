"""The commands, as a person types them."""

import subprocess
from pathlib import Path

import pytest

from tests.reports import samples

pytestmark = pytest.mark.slow
DEMO = str(samples.ROOT / "questionnaires" / "demo" / "current.json")


def flask(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(samples.ROOT / ".venv" / "bin" / "flask"), *words],
        capture_output=True,
        text=True,
        cwd=samples.ROOT,
        check=False,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "report.pdf"
    done = flask("assessment", "report", DEMO, "-o", str(path), "--variant", "executive")
    assert done.returncode == 0, done.stderr
    return path


def test_a_report_that_was_made_verifies(report: Path) -> None:
    done = flask("report", "verify", str(report))

    assert done.returncode == 0
    assert "genuine" in done.stdout
    assert "other version" not in done.stdout


def test_an_altered_report_is_told_with_what_differs(report: Path, tmp_path: Path) -> None:
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(report.read_bytes() + b"%")

    done = flask("report", "verify", str(altered))

    assert done.returncode == 1
    assert "ALTERED" in done.stdout
    assert "added" in done.stdout


@pytest.mark.parametrize("content", [None, b"", b"no pdf", b"%PDF-1.4 broken"])
def test_what_is_no_report_is_bad_input(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file.pdf"
    if content is not None:
        path.write_bytes(content)

    done = flask("report", "verify", str(path))

    assert done.returncode == 2
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_bundle_makes_no_report(tmp_path: Path) -> None:
    bundle, target = tmp_path / "bad.json", tmp_path / "report.pdf"
    text = Path(DEMO).read_text("utf-8").replace('"value": 2', '"value": 9', 1)
    bundle.write_text(text, "utf-8")

    done = flask("assessment", "report", str(bundle), "-o", str(target))

    assert done.returncode == 2
    assert ".value" in done.stderr
    assert not target.exists()


def test_a_module_report_needs_a_module_there_is(tmp_path: Path) -> None:
    target = str(tmp_path / "report.pdf")
    words = ["assessment", "report", DEMO, "-o", target, "--variant", "module"]

    assert flask(*words).returncode == 2
    assert flask(*words, "--module", "poetry").returncode == 2


def test_two_bundles_compare_and_several_stand_together(tmp_path: Path) -> None:
    earlier = str(samples.ROOT / "questionnaires" / "demo" / "previous.json")
    both, firms = str(tmp_path / "both.pdf"), str(tmp_path / "firms.pdf")

    assert flask("report", "compare", earlier, DEMO, "-o", both, "--lang", "zh").returncode == 0
    assert flask("report", "portfolio", earlier, DEMO, "-o", firms).returncode == 0
    assert flask("report", "verify", both).returncode == 0
    assert flask("report", "verify", firms).returncode == 0
