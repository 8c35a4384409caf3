"""What happened to people, sign-ins, roles, teams, policies and settings, in words."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from tenant_apps.portal.wording import Text


class Said(NamedTuple):
    """The words for a kind of event, its icon and its tone."""

    text: Text
    icon: str = "dot"
    tone: str = ""


OF_ACCESS: Mapping[str, Said] = {
    "accounts.person_invited": Said(_("Person invited"), "user-plus"),
    "accounts.invitation_issued": Said(_("Invitation sent"), "send"),
    "accounts.invitation_revoked": Said(_("Invitation taken back"), "user-minus", "bad"),
    "accounts.person_created": Said(_("Person entered"), "user-plus"),
    "accounts.person_activated": Said(_("Invitation accepted"), "user-check", "ok"),
    "accounts.person_changed": Said(_("Name or contact changed"), "pencil"),
    "accounts.person_suspended": Said(_("Suspended"), "user-x", "bad"),
    "accounts.person_reactivated": Said(_("Reactivated"), "user-check", "ok"),
    "accounts.person_joined": Said(_("Joined by the provider"), "user-check", "ok"),
    "accounts.picture_changed": Said(_("Picture changed"), "image"),
    "accounts.passkey_renamed": Said(_("Passkey renamed"), "pencil"),
    "accounts.break_glass_used": Said(_("Signed in past the provider"), "shield-alert", "bad"),
    "accounts.impersonation_begun": Said(_("Operator's visit begun"), "eye", "warn"),
    "accounts.impersonation_entered": Said(_("Operator came in"), "log-in", "warn"),
    "accounts.impersonation_ended": Said(_("Operator's visit ended"), "log-out"),
    "accounts.password_changed": Said(_("Password changed"), "key-round"),
    "accounts.password_change_required": Said(_("New password asked for"), "key-round", "warn"),
    "accounts.password_reset_asked": Said(_("Link for a new password asked for"), "key-round"),
    "accounts.person_signed_in": Said(_("Signed in"), "log-in", "ok"),
    "accounts.proof_renewed": Said(_("Proved again who it is"), "badge-check"),
    "accounts.person_signed_out": Said(_("Signed out"), "log-out"),
    "accounts.sign_ins_ended": Said(_("Sign-ins ended"), "log-out", "warn"),
    "accounts.refresh_token_reused": Said(_("Copied token refused"), "shield-alert", "bad"),
    "accounts.second_factor_added": Said(_("Second factor set up"), "shield-check", "ok"),
    "accounts.second_factor_removed": Said(_("Second factor removed"), "shield-off", "warn"),
    "accounts.recovery_codes_made": Said(_("Recovery codes made"), "life-buoy"),
    "accounts.mfa_reset_requested": Said(
        _("Reset of second factor asked for"), "shield-off", "warn"
    ),
    "accounts.mfa_reset_declined": Said(_("Reset of a factor declined"), "shield-check"),
    "accounts.second_factors_reset": Said(_("Second factor reset"), "shield-off", "bad"),
    "accounts.sign_in_failed": Said(_("Sign-in refused"), "circle-alert", "bad"),
    "accounts.service_account_created": Said(_("Program entered"), "bot"),
    "accounts.service_account_suspended": Said(_("Program suspended"), "bot", "bad"),
    "accounts.service_account_resumed": Said(_("Program resumed"), "bot", "ok"),
    "accounts.api_key_issued": Said(_("API key issued"), "key"),
    "accounts.api_key_rotated": Said(_("API key rotated"), "refresh-cw"),
    "accounts.api_key_revoked": Said(_("API key revoked"), "key", "bad"),
    "accounts.api_key_refused": Said(_("API key refused"), "circle-alert", "bad"),
    "accounts.api_key_unknown": Said(_("Unknown API key refused"), "circle-alert", "bad"),
    "access.role_assigned": Said(_("Role given"), "shield-plus", "info"),
    "access.role_removed": Said(_("Role taken"), "shield-minus", "warn"),
    "access.role_created": Said(_("Role made"), "shield-plus"),
    "access.role_changed": Said(_("Role changed"), "shield", "warn"),
    "access.role_archived": Said(_("Role archived"), "archive"),
    "access.role_matrix_applied": Said(_("Built-in roles brought up to date"), "shield"),
    "access.sign_in_policy_changed": Said(_("Sign-in policy changed"), "shield", "warn"),
    "access.everyone_signed_out": Said(_("Everyone signed out"), "log-out", "bad"),
    "teams.team_created": Said(_("Team made"), "network"),
    "teams.team_changed": Said(_("Team changed"), "network"),
    "teams.team_archived": Said(_("Team archived"), "archive"),
    "teams.member_added": Said(_("Joined a team"), "user-plus"),
    "teams.member_removed": Said(_("Left a team"), "user-minus"),
    "approvals.policy_created": Said(_("Approval policy in force"), "scale", "ok"),
    "approvals.policy_proposed": Said(_("Approval policy proposed"), "scale", "warn"),
    "approvals.policy_retirement_asked": Said(
        _("Retirement of a policy asked for"), "scale", "warn"
    ),
    "approvals.policy_retired": Said(_("Approval policy retired"), "scale"),
    "approvals.approval_added": Said(_("One of several approvals given"), "check"),
    "organizations.organization_provisioned": Said(_("Organization founded"), "building-2"),
    "organizations.organization_changed": Said(_("Settings changed"), "settings"),
    "documents.file_stored": Said(_("File uploaded"), "paperclip"),
    "documents.list_exported": Said(_("List taken away as a file"), "download", "info"),
    "commissions.plan_created": Said(_("Commission plan made"), "percent"),
    "commissions.plan_version_drafted": Said(_("Plan terms drafted"), "pencil"),
    "commissions.plan_version_submitted": Said(_("Plan terms handed in"), "send"),
    "commissions.plan_version_approved": Said(_("Plan terms approved"), "badge-check", "ok"),
    "commissions.payee_assigned": Said(_("Person put on a plan"), "percent"),
    "commissions.assignment_ended": Said(_("Person taken off a plan"), "percent"),
    "commissions.commission_accrued": Said(_("Commission accrued"), "percent", "ok"),
    "returns.return_requested": Said(_("Refund or return asked for"), "undo-2", "warn"),
    "returns.return_approved": Said(_("Refund or return approved"), "undo-2", "ok"),
    "returns.return_withdrawn": Said(_("Refund or return taken back"), "undo-2"),
    "returns.return_rejected": Said(_("Refund or return rejected"), "undo-2", "bad"),
    "returns.refund_sent": Said(_("Refund sent"), "undo-2"),
    "deals.discount_requested": Said(_("Discount asked for"), "percent", "warn"),
    "deals.discount_approved": Said(_("Discount approved"), "percent", "ok"),
    "deals.discount_rejected": Said(_("Discount rejected"), "percent", "bad"),
    "sso.connection_created": Said(_("Provider of single sign-on entered"), "plug"),
    "sso.connection_changed": Said(_("Provider of single sign-on changed"), "plug"),
    "sso.connection_tested": Said(_("Provider of single sign-on tested"), "plug"),
    "sso.connection_enabled": Said(_("Provider of single sign-on enabled"), "plug", "ok"),
    "sso.connection_disabled": Said(_("Provider of single sign-on disabled"), "plug", "bad"),
    "sso.connection_removed": Said(_("Provider of single sign-on removed"), "plug", "bad"),
    "sso.person_linked": Said(_("Came through the provider for the first time"), "link"),
    "sso.sign_in_refused": Said(_("Sign-in by the provider refused"), "circle-alert", "bad"),
}
