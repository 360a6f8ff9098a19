"""Backups of an installation, and archives of one firm.

In: a database, a data folder, a passphrase. Out: one file, verified before anything is restored
from it. Knows tables and files, not their meaning.
"""

from compliance.backup.archive import Manifest, read_archive, write_archive
from compliance.backup.errors import (
    BrokenArchiveError,
    DatabaseProgramError,
    InUseError,
    NotEmptyError,
)
from compliance.backup.firms import delete_firm, export_firm, sealed_since
from compliance.backup.installation import create, restore
from compliance.backup.occupancy import occupy

__all__ = [
    "BrokenArchiveError",
    "DatabaseProgramError",
    "InUseError",
    "Manifest",
    "NotEmptyError",
    "create",
    "delete_firm",
    "export_firm",
    "occupy",
    "read_archive",
    "restore",
    "sealed_since",
    "write_archive",
]
