"""Evidence: references and files of a firm, each supporting any number of answers.

In: a reference or a file's bytes. Out: stored items and their links to questions. Files lie by
digest outside the web root. Knows nothing of scores or pages.
"""

from compliance.evidence.models import EvidenceItem, EvidenceLink

__all__ = ["EvidenceItem", "EvidenceLink"]
