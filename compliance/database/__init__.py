"""Storage floor: tables' base, sessions, and tenancy in one place.

In: a database URL and a firm id. Out: `Base`, `FirmOwned`, `UtcDateTime` for models and the only
ways to a session: `firm_session` (writes), `firm_reading` (reads), `shared_session` (tables that
belong to no firm) and, for operators only, `all_firms_session`. Knows no word of the field.
"""

from compliance.database.base import (
    AppendOnly,
    Base,
    FirmLinked,
    FirmOwned,
    UtcDateTime,
    firm_key,
    new_id,
)
from compliance.database.engine import DatabaseFault, is_away, is_full, is_reachable, make_engine
from compliance.database.errors import ForeignFirmError, UnscopedStatementError
from compliance.database.schema import SchemaError, load_models
from compliance.database.statements import FirmStatement, SharedStatement, own_firm
from compliance.database.tenancy import (
    FirmSession,
    FirmsSession,
    all_firms_reading,
    all_firms_session,
    firm_reading,
    firm_session,
    firms_reading,
    shared_reading,
    shared_row,
    shared_session,
)

__all__ = [
    "AppendOnly",
    "Base",
    "DatabaseFault",
    "FirmLinked",
    "FirmOwned",
    "FirmSession",
    "FirmStatement",
    "FirmsSession",
    "ForeignFirmError",
    "SchemaError",
    "SharedStatement",
    "UnscopedStatementError",
    "UtcDateTime",
    "all_firms_reading",
    "all_firms_session",
    "firm_key",
    "firm_reading",
    "firm_session",
    "firms_reading",
    "is_away",
    "is_full",
    "is_reachable",
    "load_models",
    "make_engine",
    "new_id",
    "own_firm",
    "shared_reading",
    "shared_row",
    "shared_session",
]
