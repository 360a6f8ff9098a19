"""Who is who: firms, people, memberships, roles, and the one table of who may do what.

In: a session. Out: `Actor` (a person acting for a firm in a role) and `may`. Knows no Flask.
"""

from compliance.identity.firms import firm_of
from compliance.identity.models import Firm, FirmKind, Membership, Person
from compliance.identity.permissions import GRANTS, Action, Actor, Role, may
from compliance.identity.queries import HASHER, find_actor, verify_sign_in

__all__ = [
    "GRANTS",
    "HASHER",
    "Action",
    "Actor",
    "Firm",
    "FirmKind",
    "Membership",
    "Person",
    "Role",
    "find_actor",
    "firm_of",
    "may",
    "verify_sign_in",
]
