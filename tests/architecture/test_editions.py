"""Published editions are frozen: `questionnaires/PUBLISHED` holds the digests of today's files.

A failing test here means that a published question was changed: write a new edition instead.
"""

import re

import pytest

from compliance.catalogue import load_edition
from compliance.settings import ROOT

LINE = re.compile(r"^([a-z0-9-]+)/(\d{4}\.\d+) (sha256:[0-9a-f]{64})$", re.MULTILINE)
PUBLISHED = LINE.findall((ROOT / "questionnaires" / "PUBLISHED").read_text(encoding="utf-8"))


def test_every_folder_of_an_edition_is_published() -> None:
    folders = {
        f"{path.parent.parent.name}/{path.parent.name}"
        for path in (ROOT / "questionnaires").glob("*/*/questionnaire.yaml")
    }

    assert folders == {f"{name}/{version}" for name, version, _digest in PUBLISHED}


@pytest.mark.parametrize(
    ("questionnaire", "version", "digest"), PUBLISHED, ids=[line[1] for line in PUBLISHED]
)
def test_a_published_edition_is_what_it_was(questionnaire: str, version: str, digest: str) -> None:
    assert load_edition(questionnaire, version).digest == digest
