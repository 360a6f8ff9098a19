"""Evidence: references and files of a firm, each supporting any number of answers.

In: a reference or a file's bytes. Out: stored items and their links to questions. Files lie by
digest outside the web root. Knows nothing of scores or pages.
"""

from compliance.evidence.checking import ENDINGS, LARGEST, Checked, check_file, clean_name
from compliance.evidence.errors import EvidenceError, NoSuchEvidenceError, RefusedFileError, Why
from compliance.evidence.models import EvidenceItem, EvidenceLink
from compliance.evidence.operations import (
    Particulars,
    add_evidence,
    evidence_of_firm,
    find_evidence,
    link_evidence,
    links_of_firm,
    unlink_evidence,
)
from compliance.evidence.store import Store

__all__ = [
    "ENDINGS",
    "LARGEST",
    "Checked",
    "EvidenceError",
    "EvidenceItem",
    "EvidenceLink",
    "NoSuchEvidenceError",
    "Particulars",
    "RefusedFileError",
    "Store",
    "Why",
    "add_evidence",
    "check_file",
    "clean_name",
    "evidence_of_firm",
    "find_evidence",
    "link_evidence",
    "links_of_firm",
    "unlink_evidence",
]
