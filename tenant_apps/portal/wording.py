"""The words for states and kinds, each with the tone in which a pill shows it."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


class Word(NamedTuple):
    """A label and its tone: ok, warn, bad, info or plain."""

    label: Text
    tone: str = "plain"


WORDS: Mapping[str, Mapping[str, Word]] = {
    "deal": {
        "draft": Word(_("Draft")),
        "open": Word(_("Open"), "info"),
        "won": Word(_("Won"), "ok"),
        "lost": Word(_("Lost"), "bad"),
        "cancelled": Word(_("Cancelled")),
        "bad_debt": Word(_("Bad debt"), "bad"),
    },
    "project": {
        "planning": Word(_("Planned"), "info"),
        "in_progress": Word(_("In progress"), "ok"),
        "on_hold": Word(_("On hold"), "warn"),
        "completed": Word(_("Completed")),
        "cancelled": Word(_("Cancelled")),
    },
    "progress": {
        "unpaid": Word(_("Unpaid")),
        "partially_paid": Word(_("Part paid"), "info"),
        "paid": Word(_("Paid"), "ok"),
        "overpaid": Word(_("Overpaid"), "warn"),
        "overdue": Word(_("Overdue"), "bad"),
    },
    "payment": {
        "draft": Word(_("Draft")),
        "submitted": Word(_("Awaiting verification"), "warn"),
        "changes_requested": Word(_("Changes requested"), "info"),
        "verified": Word(_("Verified"), "ok"),
        "rejected": Word(_("Rejected"), "bad"),
        "reversed": Word(_("Reversed"), "bad"),
        "withdrawn": Word(_("Withdrawn")),
    },
    "invoice": {
        "draft": Word(_("Draft")),
        "unpaid": Word(_("Unpaid"), "warn"),
        "partially_paid": Word(_("Part paid"), "info"),
        "paid": Word(_("Paid"), "ok"),
        "overdue": Word(_("Overdue"), "bad"),
        "credited": Word(_("Credited")),
        "uncollectible": Word(_("Uncollectible"), "bad"),
    },
    "invoices": {
        "draft": Word(_("Draft")),
        "open": Word(_("To be paid")),
        "overdue": Word(_("Overdue")),
    },
    "mail": {
        "queued": Word(_("On its way"), "info"),
        "sent": Word(pgettext_lazy("mail", "Sent"), "ok"),
        "failed": Word(_("Refused"), "bad"),
        "bounced": Word(_("Came back"), "bad"),
    },
    "age": {
        "current": Word(_("Not due yet"), "info"),
        "days_1_30": Word(_("1 to 30 days late"), "warn"),
        "days_31_60": Word(_("31 to 60 days late"), "warn"),
        "days_61_90": Word(_("61 to 90 days late"), "bad"),
        "days_over_90": Word(_("Over 90 days late"), "bad"),
    },
    "client": {
        "prospect": Word(_("Prospect"), "info"),
        "active": Word(_("Active"), "ok"),
        "dormant": Word(_("Dormant")),
    },
    "account": {
        "clear": Word(_("Clear"), "ok"),
        "pending": Word(_("Owes, not due"), "warn"),
        "overdue": Word(_("Overdue"), "bad"),
        "bad_debt": Word(_("Bad debt"), "bad"),
    },
    "entry": {
        "deal_won": Word(_("Deal won")),
        "deal_amended": Word(_("Deal amended")),
        "deal_reversed": Word(_("Deal taken back")),
        "payment_verified": Word(_("Payment")),
        "payment_application": Word(_("Credit applied")),
        "refund_sent": Word(_("Refund")),
        "reversal": Word(_("Reversal")),
        "chargeback": Word(_("Chargeback")),
        "credit_note": Word(_("Credit note")),
        "write_off": Word(_("Write-off")),
        "remainder": Word(_("Remainder written off")),
        "write_off_recovered": Word(_("Write-off taken back")),
        "loss_taken_back": Word(_("Loss taken back")),
        "clients_merged": Word(_("Clients joined")),
    },
    "return_kind": {
        "refund": Word(_("Refund")),
        "reversal": Word(_("Reversal")),
        "chargeback": Word(_("Chargeback")),
        "write_off": Word(_("Write-off")),
        "recovery": Word(_("Recovery")),
    },
    "return": {
        "requested": Word(_("Awaiting decision"), "warn"),
        "approved": Word(_("Approved"), "ok"),
        "rejected": Word(_("Rejected"), "bad"),
        "withdrawn": Word(_("Withdrawn")),
        "sent": Word(_("Sent"), "ok"),
        "failed": Word(_("Failed"), "bad"),
        "recovered": Word(_("Expected again"), "info"),
    },
    "chargeback": {
        "requested": Word(_("At the bank"), "warn"),
        "approved": Word(_("Lost"), "bad"),
        "rejected": Word(_("Won back"), "ok"),
        "withdrawn": Word(_("Withdrawn")),
    },
    "risk": {
        "high": Word(_("High risk"), "bad"),
        "medium": Word(_("Medium risk"), "warn"),
        "low": Word(_("Low risk")),
    },
    "line": {
        "accrued": Word(_("Accrued"), "info"),
        "earned": Word(_("Earned"), "ok"),
        "on_statement": Word(_("On a statement"), "info"),
        "approved": Word(_("Approved"), "ok"),
        "in_payout": Word(_("In payout"), "info"),
        "paid": Word(_("Paid"), "ok"),
    },
    "verdict": {
        "approve": Word(_("Approved"), "ok"),
        "reject": Word(_("Rejected"), "bad"),
        "request_changes": Word(_("Changes requested"), "info"),
    },
    "method": {
        "bank_transfer": Word(_("Bank transfer")),
        "card": Word(_("Card")),
        "cash": Word(_("Cash")),
        "cheque": Word(_("Cheque")),
        "wallet": Word(_("Wallet")),
        "other": Word(_("Other")),
    },
    "failure": {
        "insufficient_funds": Word(_("Insufficient funds")),
        "bank_decline": Word(_("Declined by the bank")),
        "technical_error": Word(_("Technical error")),
        "cheque_bounce": Word(_("The cheque bounced")),
        "not_received": Word(_("Not received")),
        "duplicate": Word(_("Duplicate")),
        "other": Word(_("Other")),
    },
    "contact": {
        "call": Word(_("Call")),
        "meeting": Word(_("Meeting")),
        "email": Word(_("E-mail")),
        "other": Word(_("Other")),
    },
    "instalment": {
        "deposit": Word(_("Deposit")),
        "instalment": Word(_("Instalment")),
        "milestone": Word(_("Milestone")),
    },
    "proof": {
        "password": Word(_("password")),
        "totp": Word(_("authenticator app")),
        "recovery_code": Word(_("recovery code")),
        "passkey": Word(_("passkey")),
        "sso": Word(_("single sign-on")),
    },
    "person": {
        "active": Word(_("Active"), "ok"),
        "invited": Word(_("Invited"), "warn"),
        "suspended": Word(_("Suspended"), "bad"),
    },
    "key": {
        "open": Word(_("Works"), "ok"),
        "ended": Word(_("Ended")),
        "revoked": Word(_("Revoked"), "bad"),
    },
    "scope": {
        "all": Word(_("All"), "ok"),
        "team": Word(_("Team"), "info"),
        "peers": Word(_("Peers")),
        "own": Word(_("Own")),
    },
    "audit": {
        "sign_in": Word(_("Sign-ins")),
        "sign_in_failure": Word(_("Failed sign-ins")),
        "session": Word(_("Sessions ended")),
        "password": Word(_("Passwords")),
        "second_factor": Word(_("Second factors")),
        "person": Word(pgettext_lazy("room", "People")),
        "role": Word(_("Roles")),
        "key": Word(_("API keys")),
        "policy": Word(_("Policies")),
        "settings": Word(_("Settings")),
        "access": Word(_("Access")),
        "approvals": Word(_("Approvals")),
        "clients": Word(_("Clients")),
        "commissions": Word(_("Commission")),
        "deals": Word(_("Deals")),
        "documents": Word(_("Files")),
        "invoices": Word(_("Invoices")),
        "organizations": Word(_("Organization")),
        "payments": Word(_("Payments")),
        "projects": Word(_("Projects")),
        "returns": Word(_("Refunds and returns")),
        "teams": Word(_("Teams")),
        "handovers": Word(_("Hand-overs")),
        "audit": Word(_("Dead letters")),
    },
    "invoice_when": {
        "on_verification": Word(_("When money is verified")),
        "on_win": Word(_("When a deal is won")),
        "days_before_due": Word(_("Some days before an instalment is due")),
    },
    "treatment": {
        "taxed": Word(_("Taxed")),
        "exempt": Word(_("Exempt from tax")),
        "reverse_charge": Word(_("The client owes the tax")),
    },
    "subject": {
        "payments.payment": Word(_("Payments")),
        "returns.refund": Word(_("Refunds")),
        "returns.reversal": Word(_("Reversals")),
        "returns.chargeback": Word(_("Chargebacks")),
        "returns.write_off": Word(_("Write-offs")),
        "returns.recovery": Word(_("Recoveries")),
        "deals.discount": Word(_("Discounts")),
        "plan_version": Word(_("Commission plans")),
        "second_factor_reset": Word(_("Resets of second factors")),
        "approval_policy": Word(_("Approval policies")),
    },
    "policy": {
        "in_force": Word(_("In force"), "ok"),
        "proposed": Word(_("Waits for a second administrator"), "warn"),
        "retirement_asked": Word(_("Retirement asked for"), "warn"),
        "retired": Word(_("Retired")),
    },
    "connection": {
        "required": Word(_("Required"), "ok"),
        "enabled": Word(_("Enabled"), "ok"),
        "disabled": Word(_("Disabled")),
    },
    "control": {
        "high": Word(_("High risk"), "bad"),
        "medium": Word(_("Medium risk"), "warn"),
    },
    "finding": {
        "self_check": Word(_("Decided on one's own work"), "bad"),
        "blocked_decision": Word(_("Decided within a day after a reset"), "bad"),
        "checker_concentration": Word(_("Checks nearly everything of a kind"), "warn"),
        "pair_concentration": Word(_("Only one person checks this work"), "warn"),
    },
    "conflict": {
        "submits_and_approves_payments": Word(_("Submits and approves payments")),
        "makes_deals_and_approves_payments": Word(_("Makes deals and approves payments")),
        "requests_and_approves_refunds": Word(_("Asks for refunds and approves them")),
        "approves_and_sends_refunds": Word(_("Approves refunds and sends them")),
        "edits_plans_and_approves_payouts": Word(_("Edits plans and approves payouts")),
        "writes_policies_and_approves_payments": Word(
            _("Writes the policies and approves payments")
        ),
        "gives_roles_and_approves_payments": Word(_("Gives roles and approves payments")),
        "edits_deals_and_approves_discounts": Word(_("Edits deals and approves discounts")),
        "edits_plans_and_deals": Word(_("Edits plans and makes deals")),
    },
    "role": {
        "owner": Word(_("Owner")),
        "admin": Word(_("Organization admin")),
        "finance": Word(_("Finance")),
        "verifier": Word(_("Verifier")),
        "team_lead": Word(_("Team lead")),
        "salesperson": Word(_("Salesperson")),
        "auditor": Word(_("Auditor")),
        "reviewer": Word(_("Reviewer")),
        "team_member": Word(_("Team member")),
        "platform_operator": Word(_("Operator")),
    },
}


def word_for(kind: str, value: str) -> Word:
    """Return the word for a value; one that nobody has named yet is shown as it is written."""
    return WORDS[kind].get(value) or Word(value.replace("_", " ").capitalize())


def role_label(code: str, name: str = "") -> Text:
    """Return the name of a role; those of the organization's own have the one they were given."""
    found = WORDS["role"].get(code)
    return found.label if found else name or code


def choices_of(kind: str) -> list[tuple[str, Text]]:
    """Return the values of a kind with their labels, for a select."""
    return [(value, word.label) for value, word in WORDS[kind].items()]
