"""What can be done with people and their sign-ins."""

from tenant_apps.accounts.services.invitations import accept_invitation, issue_invitation
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
    reactivate_person,
    suspend_person,
    update_person,
)
from tenant_apps.accounts.services.sign_in import (
    SignInAttempt,
    SignInOutcome,
    SignInRefused,
    sign_in,
)
from tenant_apps.accounts.services.sign_ins import (
    TokenPair,
    end_sign_in,
    issue_tokens,
    open_sign_in,
    refresh_tokens,
)
from tenant_apps.accounts.services.ws_tickets import issue_ticket, redeem_ticket

__all__ = [
    "EmailTaken",
    "ExternalIdTaken",
    "NewPerson",
    "PersonChanges",
    "SignInAttempt",
    "SignInOutcome",
    "SignInRefused",
    "TokenPair",
    "WrongStatus",
    "accept_invitation",
    "activate_person",
    "change_password",
    "create_operator",
    "create_person",
    "end_sign_in",
    "invite_person",
    "issue_invitation",
    "issue_ticket",
    "issue_tokens",
    "open_sign_in",
    "reactivate_person",
    "redeem_ticket",
    "refresh_tokens",
    "replace_required_password",
    "require_password_change",
    "sign_in",
    "suspend_person",
    "update_person",
]
