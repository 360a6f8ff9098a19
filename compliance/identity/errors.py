"""What can be wrong with people, sign-in and invitations."""


class IdentityError(Exception):
    """Base of this room's errors."""


class WrongCredentialsError(IdentityError):
    """E-mail, password or code is not right; never says which."""


class TooManyAttemptsError(IdentityError):
    """Too many failures of late: wait `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"wait {retry_after_s} s")
        self.retry_after_s = retry_after_s


class WeakPasswordError(IdentityError):
    """A new password breaks a rule: short, long, monotonous, common or context."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StaleLinkError(IdentityError):
    """A one-time link is unknown, used, withdrawn or too old."""


class NoSuchPersonError(IdentityError):
    """Nobody of this firm has this id."""


class AlreadyMemberError(IdentityError):
    """The person invited belongs to the firm already."""


class RoleNotGrantableError(IdentityError):
    """Only an administrator makes or unmakes administrators."""


class LastAdministratorError(IdentityError):
    """A firm keeps at least one active administrator."""


class PasskeyError(IdentityError):
    """A passkey's answer could not be verified."""


class CircularGroupError(IdentityError):
    """A firm can't stand below itself in a group."""


class TrainingStandsAloneError(IdentityError):
    """A training firm belongs to no group."""
