"""A tiny catalogue that a test may spoil, and the real editions."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from compliance.catalogue import (
    CatalogueError,
    Edition,
    Fault,
    check_catalogue,
    editions,
    forget,
    load_edition,
)

TINY = Path(__file__).parent / "tiny"
TODAY = date(2026, 11, 25)
Edit = tuple[str, str, str]  # file, text that stands once in it, what replaces it


@dataclass(frozen=True)
class Catalogue:
    """A copy of the tiny catalogue below a folder of its own."""

    root: Path

    def path(self, file: str) -> Path:
        own = self.root / "tiny" / "2026.1" / file
        return own if own.exists() else self.root / file

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.path(file)
        source = path.read_text("utf-8")
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {file}"
        path.write_text(source.replace(old, new), "utf-8")

    def load(self, version: str = "2026.1") -> Edition:
        forget()
        return load_edition("tiny", version, self.root)

    def faults(self) -> tuple[Fault, ...]:
        return check_catalogue(self.root)

    def refusal(self) -> tuple[Fault, ...]:
        """The faults for which loading is refused."""
        with pytest.raises(CatalogueError) as caught:
            self.load()
        return caught.value.faults

    def next_edition(self, changes: str, *edits: Edit) -> Edition:
        """A copy of the edition as 2026.2, with `changes` stated and edited."""
        folder = self.root / "tiny" / "2026.2"
        shutil.copytree(self.root / "tiny" / "2026.1", folder)
        (folder / "law_dates.yaml").unlink(missing_ok=True)
        frame = folder / "questionnaire.yaml"
        source = frame.read_text("utf-8").replace("version: '2026.1'", "version: '2026.2'")
        frame.write_text(source + changes, "utf-8")
        for file, old, new in edits:
            source = (folder / file).read_text("utf-8")
            assert source.count(old) == 1, old
            (folder / file).write_text(source.replace(old, new), "utf-8")
        return self.load("2026.2")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    root = tmp_path / "questionnaires"
    shutil.copytree(TINY, root)
    yield Catalogue(root)
    forget()


@pytest.fixture(scope="session", params=[f"{e.questionnaire_id} {e.version}" for e in editions()])
def edition(request: pytest.FixtureRequest) -> Edition:
    """Each real edition."""
    questionnaire_id, version = str(request.param).split()
    return load_edition(questionnaire_id, version)


@pytest.fixture
def spoilt(catalogue: Catalogue) -> Callable[..., tuple[Fault, ...]]:
    """What the check says after one edit."""

    def spoil(file: str, old: str, new: str) -> tuple[Fault, ...]:
        catalogue.edit(file, old, new)
        return catalogue.faults()

    return spoil
