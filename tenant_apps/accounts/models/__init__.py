"""People and what they come with: sign-ins, second factors, keys of programs."""

from tenant_apps.accounts.models.api_keys import ApiKey
from tenant_apps.accounts.models.attempts import AttemptRow
from tenant_apps.accounts.models.impersonations import LONGEST_VISIT, Impersonation
from tenant_apps.accounts.models.people import PersonStatus, User, UserManager
from tenant_apps.accounts.models.second_factors import MfaReset, RecoveryCode, ResetStatus
from tenant_apps.accounts.models.sign_ins import Proof, SignIn, SignInKind, SpentToken

__all__ = [
    "LONGEST_VISIT",
    "ApiKey",
    "AttemptRow",
    "Impersonation",
    "MfaReset",
    "PersonStatus",
    "Proof",
    "RecoveryCode",
    "ResetStatus",
    "SignIn",
    "SignInKind",
    "SpentToken",
    "User",
    "UserManager",
]
