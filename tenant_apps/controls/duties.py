"""Which duties one person should not hold together, and which ones a single person should not.

The rules are data. A rule on a permission that the role matrix does not have yet (payouts) waits
for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

HIGH, MEDIUM = "high", "medium"


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What a permission lets a person do; `events` are the traces that doing it leaves."""

    permission: str
    does: str
    events: tuple[str, ...]
    is_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Two duties that together let one person carry a thing through alone, and what could go wrong.

    `first` and `second` are permissions of DUTIES.
    """

    code: str
    first: str
    second: str
    risk: str
    why: str

    @property
    def permissions(self) -> tuple[str, str]:
        """Return both permissions."""
        return self.first, self.second


_DUTIES = (
    Duty(permission="deals.create", does="creates deals", events=("deals.deal_created",)),
    Duty(
        permission="deals.edit",
        does="edits and wins deals",
        events=("deals.deal_changed", "deals.deal_won", "deals.deal_amended"),
    ),
    Duty(
        permission="discounts.approve",
        does="approves discounts",
        events=("deals.discount_approved", "deals.discount_rejected"),
        is_key=True,
    ),
    Duty(
        permission="payments.submit",
        does="submits payments",
        events=("payments.payment_submitted", "payments.payment_resubmitted"),
    ),
    Duty(
        permission="payments.decide",
        does="approves payments",
        events=(
            "payments.payment_verified",
            "payments.payment_rejected",
            "payments.payment_changes_requested",
            "approvals.approval_added",
        ),
        is_key=True,
    ),
    Duty(
        permission="returns.request",
        does="asks for refunds, write-offs and recoveries",
        events=("returns.return_requested",),
    ),
    Duty(
        permission="returns.decide",
        does="approves refunds, write-offs and recoveries",
        events=("returns.return_approved", "returns.return_rejected"),
        is_key=True,
    ),
    Duty(
        permission="returns.send",
        does="sends refunds out",
        events=("returns.refund_sent",),
        is_key=True,
    ),
    Duty(
        permission="invoices.issue",
        does="issues invoices",
        events=("invoices.invoice_issued",),
        is_key=True,
    ),
    Duty(
        permission="approvals.manage",
        does="writes the approval policies",
        events=(
            "approvals.policy_created",
            "approvals.policy_proposed",
            "approvals.policy_retired",
        ),
        is_key=True,
    ),
    Duty(
        permission="plans.manage",
        does="edits commission plans",
        events=(
            "commissions.plan_version_drafted",
            "commissions.plan_version_approved",
            "commissions.payee_assigned",
        ),
        is_key=True,
    ),
    Duty(
        permission="payouts.approve",
        does="approves payouts",
        events=(),
        is_key=True,
    ),
    Duty(
        permission="roles.manage",
        does="gives and takes roles",
        events=("access.role_assigned", "access.role_removed"),
        is_key=True,
    ),
    Duty(
        permission="people.manage",
        does="invites and suspends people",
        events=("accounts.person_invited", "accounts.person_suspended"),
        is_key=True,
    ),
    Duty(
        permission="organization.transfer",
        does="owns the organization",
        events=(),
        is_key=True,
    ),
)
DUTIES: Mapping[str, Duty] = {duty.permission: duty for duty in _DUTIES}
KEY_DUTIES = tuple(duty for duty in _DUTIES if duty.is_key)

CONFLICTS: tuple[Conflict, ...] = (
    Conflict(
        code="submits_and_approves_payments",
        first="payments.submit",
        second="payments.decide",
        risk=HIGH,
        why="Money that never arrived could be entered and verified by one person.",
    ),
    Conflict(
        code="makes_deals_and_approves_payments",
        first="deals.create",
        second="payments.decide",
        risk=HIGH,
        why="An invented sale and its payment could come from one person, with commission on both.",
    ),
    Conflict(
        code="requests_and_approves_refunds",
        first="returns.request",
        second="returns.decide",
        risk=HIGH,
        why="Money could be sent back without anybody else having agreed.",
    ),
    Conflict(
        code="approves_and_sends_refunds",
        first="returns.decide",
        second="returns.send",
        risk=HIGH,
        why="Whoever approves a refund could choose where the money goes.",
    ),
    Conflict(
        code="edits_plans_and_approves_payouts",
        first="plans.manage",
        second="payouts.approve",
        risk=HIGH,
        why="Commission could be raised and paid out by one person.",
    ),
    Conflict(
        code="writes_policies_and_approves_payments",
        first="approvals.manage",
        second="payments.decide",
        risk=MEDIUM,
        why="The rule that asks for a second pair of eyes could be weakened by whoever it binds.",
    ),
    Conflict(
        code="gives_roles_and_approves_payments",
        first="roles.manage",
        second="payments.decide",
        risk=MEDIUM,
        why="Whoever hands out rights could hand them to themselves and use them.",
    ),
    Conflict(
        code="edits_deals_and_approves_discounts",
        first="deals.edit",
        second="discounts.approve",
        risk=MEDIUM,
        why="A price could be cut and agreed to by one person.",
    ),
    Conflict(
        code="edits_plans_and_deals",
        first="plans.manage",
        second="deals.create",
        risk=MEDIUM,
        why="Whoever sells could also write the terms of their own commission.",
    ),
)
