"""The audit trail: append-only entries, chained by a keyed hash within each firm.

In: an actor, an action, a subject. Out: entries and `verify`. Never updates or deletes.
"""

from compliance.audit.anchors import FILE_NAME as ANCHOR_FILE
from compliance.audit.anchors import last_noted, note_heads, read_anchors
from compliance.audit.models import AuditEntry, AuditHead
from compliance.audit.operations import Head, record, set_audit_key, stand_in_line
from compliance.audit.queries import (
    Anchor,
    TrailFilter,
    actions_of_trail,
    count_trail,
    head_hash,
    heads,
    trail,
    verify,
)

__all__ = [
    "ANCHOR_FILE",
    "Anchor",
    "AuditEntry",
    "AuditHead",
    "Head",
    "TrailFilter",
    "actions_of_trail",
    "count_trail",
    "head_hash",
    "heads",
    "last_noted",
    "note_heads",
    "read_anchors",
    "record",
    "set_audit_key",
    "stand_in_line",
    "trail",
    "verify",
]
