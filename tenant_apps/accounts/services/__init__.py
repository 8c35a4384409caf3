"""What can be done with people and their sign-ins."""

from tenant_apps.accounts.services.door import (
    STATUSES,
    Admission,
    SignInRefused,
    Visit,
    admit,
    second_factor_grace,
)
from tenant_apps.accounts.services.enrolment import (
    NoSecondFactor,
    SecondFactorExists,
    SecondFactorNeeded,
    TotpOffer,
    begin_totp,
    confirm_totp,
    remove_totp,
    replace_recovery_codes,
)
from tenant_apps.accounts.services.handover import (
    digest_of_binding,
    issue_handover,
    redeem_handover,
    vouched,
)
from tenant_apps.accounts.services.invitations import accept_invitation, issue_invitation
from tenant_apps.accounts.services.mfa_resets import (
    OwnSecondFactor,
    ResetDecided,
    ResetNeedsSecond,
    ResetPending,
    approve_mfa_reset,
    decline_mfa_reset,
    request_mfa_reset,
)
from tenant_apps.accounts.services.passkeys import (
    PasskeyAnswer,
    add_passkey,
    begin_passkey,
    begin_passkey_use,
    remove_passkey,
    sign_in_with_passkey,
)
from tenant_apps.accounts.services.passwords import (
    change_password,
    replace_required_password,
    require_password_change,
)
from tenant_apps.accounts.services.people import (
    EmailTaken,
    ExternalIdTaken,
    NewPerson,
    PersonChanges,
    WrongStatus,
    activate_person,
    create_operator,
    create_person,
    invite_person,
    join_person,
    reactivate_person,
    suspend_person,
    update_person,
)
from tenant_apps.accounts.services.provider_rule import ProviderRequired, ProviderRule
from tenant_apps.accounts.services.recent_proof import StepUpRequired, require_recent_proof
from tenant_apps.accounts.services.renewal import refresh_tokens
from tenant_apps.accounts.services.resets import ask_password_reset, reset_password
from tenant_apps.accounts.services.second_factor import SecondStep, WrongCode, finish_sign_in
from tenant_apps.accounts.services.sign_in import SignInAttempt, sign_in
from tenant_apps.accounts.services.sign_ins import (
    TokenPair,
    end_sign_in,
    issue_tokens,
    open_sign_in,
    revoke_other_sign_ins,
    revoke_sign_in,
    sign_person_out,
)
from tenant_apps.accounts.services.spending import spend_once
from tenant_apps.accounts.services.step_up import Evidence, step_up
from tenant_apps.accounts.services.ws_tickets import issue_ticket, redeem_ticket

__all__ = [
    "STATUSES",
    "Admission",
    "EmailTaken",
    "Evidence",
    "ExternalIdTaken",
    "NewPerson",
    "NoSecondFactor",
    "OwnSecondFactor",
    "PasskeyAnswer",
    "PersonChanges",
    "ProviderRequired",
    "ProviderRule",
    "ResetDecided",
    "ResetNeedsSecond",
    "ResetPending",
    "SecondFactorExists",
    "SecondFactorNeeded",
    "SecondStep",
    "SignInAttempt",
    "SignInRefused",
    "StepUpRequired",
    "TokenPair",
    "TotpOffer",
    "Visit",
    "WrongCode",
    "WrongStatus",
    "accept_invitation",
    "activate_person",
    "add_passkey",
    "admit",
    "approve_mfa_reset",
    "ask_password_reset",
    "begin_passkey",
    "begin_passkey_use",
    "begin_totp",
    "change_password",
    "confirm_totp",
    "create_operator",
    "create_person",
    "decline_mfa_reset",
    "digest_of_binding",
    "end_sign_in",
    "finish_sign_in",
    "invite_person",
    "issue_handover",
    "issue_invitation",
    "issue_ticket",
    "issue_tokens",
    "join_person",
    "open_sign_in",
    "reactivate_person",
    "redeem_handover",
    "redeem_ticket",
    "refresh_tokens",
    "remove_passkey",
    "remove_totp",
    "replace_recovery_codes",
    "replace_required_password",
    "request_mfa_reset",
    "require_password_change",
    "require_recent_proof",
    "reset_password",
    "revoke_other_sign_ins",
    "revoke_sign_in",
    "second_factor_grace",
    "sign_in",
    "sign_in_with_passkey",
    "sign_person_out",
    "spend_once",
    "step_up",
    "suspend_person",
    "update_person",
    "vouched",
]
