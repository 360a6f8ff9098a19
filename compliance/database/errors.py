"""What the storage floor refuses."""


class ForeignFirmError(RuntimeError):
    """A row of another firm was about to be written: a broken invariant, never a user's mistake."""


class UnscopedStatementError(RuntimeError):
    """A statement to which the firm can't be added."""
