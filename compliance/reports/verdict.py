"""What verification says of a report: findings, and what exactly differs."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from compliance.language import Text
from compliance.reports.signing import Signature


class Finding(StrEnum):
    """What is wrong with an altered report."""

    FILES_CHANGED = "files_changed"  # an attachment is not the one that the manifest names
    FILES_ADDED = "files_added"  # an attachment that the manifest does not name
    RESULT_DIFFERS = "result_differs"  # the answers give another result
    DIGEST_DIFFERS = "digest_differs"  # answers and result have another digest than stated
    PAGES_DIFFER = "pages_differ"  # what is printed is not what the files give
    INSIDE_DIFFERS = "inside_differs"  # pages are equal; typefaces, tags or other parts are not
    ADDED_AFTERWARDS = "added_afterwards"  # something was appended after the report was made
    SIGNATURE_BROKEN = "signature_broken"
    EDITION_DIFFERS = "edition_differs"  # this program's questionnaire of that name is another


class Part(StrEnum):
    """What a detail is about."""

    FILE_CHANGED = "file_changed"
    FILE_MISSING = "file_missing"
    FILE_ADDED = "file_added"
    ANSWER_CHANGED = "answer_changed"
    ANSWER_ADDED = "answer_added"
    ANSWER_REMOVED = "answer_removed"
    FIGURE = "figure"
    PAGE = "page"
    PAGE_COUNT = "page_count"


@dataclass(frozen=True, slots=True)
class Detail:
    """One difference. `stated` is what the file has, `found` what it would have to have."""

    part: Part
    name: str  # of a file, a question, a figure; the number of a page
    stated: str = ""
    found: str = ""
    label: Text | None = None  # what a question asks, a module is called

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.part.value,
            "name": self.name,
            "stated": self.stated,
            "found": self.found,
            "label": self.label.as_json() if self.label else None,
        }

    def __str__(self) -> str:
        """In English, for the command line."""
        words = _WORDS[self.part].format(name=self.name, stated=self.stated, found=self.found)
        return f"{words} ({self.label.en})" if self.label else words


_WORDS = {
    Part.FILE_CHANGED: "{name} is not the file that the report was made with",
    Part.FILE_MISSING: "{name} was taken out",
    Part.FILE_ADDED: "{name} was put in",
    Part.ANSWER_CHANGED: "{name}: the answer was changed",
    Part.ANSWER_ADDED: "{name}: the answer was added",
    Part.ANSWER_REMOVED: "{name}: the answer was removed",
    Part.FIGURE: "{name}: the file says {stated}, its answers give {found}",
    Part.PAGE: "page {name} is another",
    Part.PAGE_COUNT: "{stated} pages instead of {found}",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found."""

    findings: tuple[Finding, ...]
    details: tuple[Detail, ...]
    pages_compared: bool  # False: made by another version of the program
    firm: str
    as_of: date | None  # None where the answers are not there
    digest: str
    score: float | None
    grade: str | None
    made_by: str
    signature: Signature

    @property
    def genuine(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        return {
            "genuine": self.genuine,
            "findings": [finding.value for finding in self.findings],
            "details": [detail.as_json() for detail in self.details],
            "pages_compared": self.pages_compared,
            "firm": self.firm,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "digest": self.digest,
            "score": self.score,
            "grade": self.grade,
            "made_by": self.made_by,
            "signature": self.signature.state.value,
            "signer": self.signature.signer,
            "fingerprint": self.signature.fingerprint,
        }
