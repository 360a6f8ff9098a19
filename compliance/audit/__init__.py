"""The audit trail: append-only entries, chained by a keyed hash within each firm.

In: an actor, an action, a subject. Out: entries and `verify`. Never updates or deletes.
"""

from compliance.audit.models import AuditEntry, AuditHead
from compliance.audit.operations import record, set_audit_key
from compliance.audit.queries import head_hash, verify

__all__ = ["AuditEntry", "AuditHead", "head_hash", "record", "set_audit_key", "verify"]
