"""Who is who: firms, people, memberships, roles, sign-in, and the one table of who may do what.

In: a session. Out: `Actor` (a person acting for a firm in a role), `may`, and the verbs of sign-in.
Knows no Flask and no cookie.
"""

from compliance.identity.api_tokens import (
    ApiToken,
    actor_of_api_token,
    api_tokens_of,
    end_api_tokens,
    issue_api_token,
    revoke_api_token,
)
from compliance.identity.errors import (
    AlreadyMemberError,
    CircularGroupError,
    IdentityError,
    LastAdministratorError,
    NoSuchPersonError,
    PasskeyError,
    RoleNotGrantableError,
    StaleLinkError,
    TooManyAttemptsError,
    TrainingStandsAloneError,
    WeakPasswordError,
    WrongCredentialsError,
)
from compliance.identity.firms import colleagues_of, firm_of
from compliance.identity.group_firms import family_of, real_firms_where, set_parent
from compliance.identity.logins import (
    Caller,
    Credentials,
    CurrentLogin,
    Lifetimes,
    find_actor,
    find_login,
    live_logins,
    verify_sign_in,
)
from compliance.identity.models import (
    Firm,
    FirmKind,
    Invitation,
    Login,
    Membership,
    OneTimeToken,
    Passkey,
    Person,
    RecoveryCode,
    SignInAttempts,
)
from compliance.identity.passwords import HASHER, check_password, hash_password, verify_password
from compliance.identity.permissions import GRANTS, Action, Actor, Role, may
from compliance.identity.sealing import SealError, digest, new_token, seal, set_sealing_key, unseal

__all__ = [
    "GRANTS",
    "HASHER",
    "Action",
    "Actor",
    "AlreadyMemberError",
    "ApiToken",
    "Caller",
    "CircularGroupError",
    "Credentials",
    "CurrentLogin",
    "Firm",
    "FirmKind",
    "IdentityError",
    "Invitation",
    "LastAdministratorError",
    "Lifetimes",
    "Login",
    "Membership",
    "NoSuchPersonError",
    "OneTimeToken",
    "Passkey",
    "PasskeyError",
    "Person",
    "RecoveryCode",
    "Role",
    "RoleNotGrantableError",
    "SealError",
    "SignInAttempts",
    "StaleLinkError",
    "TooManyAttemptsError",
    "TrainingStandsAloneError",
    "WeakPasswordError",
    "WrongCredentialsError",
    "actor_of_api_token",
    "api_tokens_of",
    "check_password",
    "colleagues_of",
    "digest",
    "end_api_tokens",
    "family_of",
    "find_actor",
    "find_login",
    "firm_of",
    "hash_password",
    "issue_api_token",
    "live_logins",
    "may",
    "new_token",
    "real_firms_where",
    "revoke_api_token",
    "seal",
    "set_parent",
    "set_sealing_key",
    "unseal",
    "verify_password",
    "verify_sign_in",
]
