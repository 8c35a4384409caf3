"""What can be done with roles and with the people who have them."""

from tenant_apps.access.services.administrators import tell_administrators
from tenant_apps.access.services.api_keys import (
    KeyTerms,
    issue_api_key,
    revoke_api_key,
    rotate_api_key,
)
from tenant_apps.access.services.assignments import (
    GrantBeyondOwn,
    LastOwner,
    OwnMembership,
    UnknownRole,
    assign_role,
    make_first_owner,
    refuse_beyond_own,
    remove_role,
    set_roles,
)
from tenant_apps.access.services.bulk import BulkAssignment, assign_roles
from tenant_apps.access.services.matrix import BUILT_IN_ROLES, seed_roles
from tenant_apps.access.services.mfa_resets import (
    agree_to_mfa_reset,
    ask_for_mfa_reset,
    check_mfa_reset_of,
    turn_mfa_reset_down,
)
from tenant_apps.access.services.people import (
    NewInvitation,
    check_suspension,
    edit_member,
    force_password_change,
    invite_member_again,
    invite_with_roles,
    reactivate_member,
    suspend_member,
    take_invitation_back,
)
from tenant_apps.access.services.policies import change_sign_in_policy
from tenant_apps.access.services.programs import assign_role_by_program
from tenant_apps.access.services.roles import (
    BuiltInRole,
    RoleInUse,
    RoleNameTaken,
    RoleTerms,
    archive_role,
    change_role,
    create_role,
)
from tenant_apps.access.services.sign_outs import (
    ForcedChanges,
    force_password_changes,
    sign_everyone_out,
    sign_member_out,
)

__all__ = [
    "BUILT_IN_ROLES",
    "BuiltInRole",
    "BulkAssignment",
    "ForcedChanges",
    "GrantBeyondOwn",
    "KeyTerms",
    "LastOwner",
    "NewInvitation",
    "OwnMembership",
    "RoleInUse",
    "RoleNameTaken",
    "RoleTerms",
    "UnknownRole",
    "agree_to_mfa_reset",
    "archive_role",
    "ask_for_mfa_reset",
    "assign_role",
    "assign_role_by_program",
    "assign_roles",
    "change_role",
    "change_sign_in_policy",
    "check_mfa_reset_of",
    "check_suspension",
    "create_role",
    "edit_member",
    "force_password_change",
    "force_password_changes",
    "invite_member_again",
    "invite_with_roles",
    "issue_api_key",
    "make_first_owner",
    "reactivate_member",
    "refuse_beyond_own",
    "remove_role",
    "revoke_api_key",
    "rotate_api_key",
    "seed_roles",
    "set_roles",
    "sign_everyone_out",
    "sign_member_out",
    "suspend_member",
    "take_invitation_back",
    "tell_administrators",
    "turn_mfa_reset_down",
]
