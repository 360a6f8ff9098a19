"""Reports are made in a process of their own, within limits."""

from pathlib import Path
from typing import Any

import pytest

from compliance.answers import bundle_json
from compliance.reports import RenderingFailedError, render_in_child, verify
from tests.reports import samples

pytestmark = pytest.mark.slow


def order(**more: Any) -> dict[str, Any]:
    return {"bundle": bundle_json(samples.typical()), "variant": "executive", **more}


def test_the_child_makes_the_file_and_tells_its_progress(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []

    made = render_in_child(
        order(), tmp_path / "report.pdf", lambda page, pages: heard.append((page, pages))
    )

    content = (tmp_path / "report.pdf").read_bytes()
    assert made["extension"] == "pdf"
    assert made["size"] == len(content)
    assert 2 <= made["pages"] <= 4
    assert heard
    assert all(1 <= page <= pages for page, pages in heard)
    assert verify(content).genuine


def test_what_extras_say_comes_through(tmp_path: Path) -> None:
    extras = samples.extras(samples.typical()).as_json()

    render_in_child(order(extras=extras, training=True), tmp_path / "report.pdf")

    assert verify((tmp_path / "report.pdf").read_bytes()).genuine


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"format": "exe"}, "unknown form"),
        ({"bundle": {}}, "answers: found nothing"),
        ({"language": "fr"}, "fr"),
        ({"variant": "poem"}, "poem"),
        ({"extras": {"actions": [{}]}}, "extras"),
    ],
)
def test_an_order_that_cannot_be_made_is_refused_in_words(
    tmp_path: Path, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(RenderingFailedError, match=words):
        render_in_child(order(**wrong), tmp_path / "report.pdf")

    assert list(tmp_path.iterdir()) == []


def test_a_report_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(RenderingFailedError, match="time-limit"):
        render_in_child(order(variant="full"), tmp_path / "report.pdf", wall_s=0.3)

    assert list(tmp_path.iterdir()) == []


def test_who_no_longer_wants_it_stops_the_child(tmp_path: Path) -> None:
    class Cancelled(Exception):  # noqa: N818
        pass

    def tell(page: int, pages: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        render_in_child(order(variant="full"), tmp_path / "report.pdf", tell)

    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    from compliance.reports import RendererMissingError
    from compliance.reports.typesetting import renderer

    true_import = builtins.__import__

    def without_pango(name: str, *rest: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return true_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_pango)

    with pytest.raises(RendererMissingError, match=r"apt-get install .*libpango-1\.0-0"):
        renderer.__wrapped__()
