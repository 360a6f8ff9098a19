"""What can be wrong with evidence, as facts of the field."""

from enum import StrEnum


class Why(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND = "kind"  # its ending is none of those that are taken
    CONTENT = "content"  # its content is not what its ending says, or is damaged
    ACTIVE = "active"  # it carries macros, scripts or links that act by themselves
    ARCHIVE = "archive"  # its inner archive is too large, nested, encrypted or points outside


class EvidenceError(Exception):
    """Base of this room's errors."""


class RefusedFileError(EvidenceError):
    """A file that is not taken; `why` says which rule it breaks."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"the file is refused: {why}")
        self.why = why


class NoSuchEvidenceError(EvidenceError):
    """No evidence of this firm has that id, or its file is gone."""
