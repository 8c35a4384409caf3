"""What later reactions do, in words: dead letters are reactions that were given up."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from shared_apps.platform_admin.console.words import Text

REACTIONS: Mapping[str, Text] = {
    "access.tell_administrators": _("Tell the platform who administers the organization"),
    "accounts.keep_login_hint": _("Tell the platform which addresses sign in there"),
    "accounts.send_invitation": _("E-mail the invitation"),
    "accounts.send_password_reset": _("E-mail the link for a new password"),
    "accounts.tell_second_factors_reset": _("E-mail that the second factor was reset"),
    "invoices.deliver_mail": _("E-mail to a client"),
    "invoices.keep_credit_note_paper": _("Make the PDF of a credit note"),
    "invoices.keep_invoice_paper": _("Make the PDF of an invoice"),
    "invoices.send_issued_invoice": _("E-mail an invoice just issued"),
    "notifications.push_changed": _("Bring open pages up to date"),
    "notifications.tell_approver_made": _("Notify: somebody may decide from now on"),
    "notifications.tell_assigned_reviewer": _("Notify: a review was given"),
    "notifications.tell_discount_deciders": _("Notify: a discount waits"),
    "notifications.tell_discount_requester": _("Notify: a discount was decided"),
    "notifications.tell_finance_invoice_draft": _("Notify: an invoice could not be issued"),
    "notifications.tell_impersonation": _("Notify: an operator's visit"),
    "notifications.tell_instalment_due_soon": _("Notify: an instalment is due soon"),
    "notifications.tell_instalment_overdue": _("Notify: an instalment is overdue"),
    "notifications.tell_mail_failed": _("Notify: an e-mail was refused"),
    "notifications.tell_maker_decision": _("Notify: a payment came back"),
    "notifications.tell_owner_payment_verified": _("Notify: a payment was verified"),
    "notifications.tell_payee_commission_accrued": _("Notify: commission accrued"),
    "notifications.tell_payment_unverified": _("Notify: a payment has waited for a day"),
    "notifications.tell_requester_decision": _("Notify: a return was decided"),
    "notifications.tell_return_deciders": _("Notify: a return waits"),
    "notifications.tell_review_overdue": _("Notify: a review is overdue"),
    "notifications.tell_role_approves": _("Notify: a role decides more"),
    "notifications.tell_successor": _("Notify: work was handed over"),
    "notifications.tell_tolerance_raised": _("Notify: the tolerance was raised"),
    "notifications.tell_verifiers": _("Notify: a payment waits"),
    "organizations.mail_workspaces": _("E-mail the list of workspaces"),
    "organizations.send_sign_up_code": _("E-mail the code of a sign-up"),
}
