"""What can be wrong with an archive or its target."""


class BackupError(Exception):
    """Base of this room's errors; the text is one line that says what to do."""


class BrokenArchiveError(BackupError):
    """The archive is damaged, cut off, of an unknown format, or the passphrase is wrong."""


class NotEmptyError(BackupError):
    """There is data where the archive would be restored."""


class InUseError(BackupError):
    """Something serves from the target of a restore, or something is being restored into it."""


class DatabaseProgramError(BackupError):
    """pg_dump or pg_restore is missing or failed."""
