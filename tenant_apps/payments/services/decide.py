"""Decide on a payment: four eyes, once, bound to the content that was seen."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, PermissionRefused, StaleVersion
from tenant_apps.access.scopes import scope_of
from tenant_apps.approvals.selectors import verified_amount_of
from tenant_apps.approvals.services import (
    AlreadyDecided,
    FailureReason,
    NewDecision,
    Outcome,
    Verdict,
    decide,
)
from tenant_apps.deals.selectors import deal_terms
from tenant_apps.payments.events import (
    PaymentChangesRequested,
    PaymentEvent,
    PaymentRejected,
    PaymentVerified,
)
from tenant_apps.payments.models import Payment, Status
from tenant_apps.payments.selectors import DECIDE, visible_payments
from tenant_apps.payments.services.checks import check_currency
from tenant_apps.payments.services.inputs import Approval, Refusal
from tenant_apps.payments.services.locks import lock_payment
from tenant_apps.payments.services.parties import refuse_interested

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class PaymentAlreadyDecided(DomainError):
    """The payment was verified, rejected or withdrawn before, or by the same person."""

    code, status = "payment_already_decided", 409
    message = "This payment does not wait for your decision any more."


@transaction.atomic
def approve_payment(
    *, payment_id: UUID, checker: "User", approval: Approval, at: datetime
) -> Payment:
    """Approve a submitted payment. Locks deal, then payment.

    When the policy is met the payment is verified and records PaymentVerified, whose atomic
    reactions post the cash, apply it, accrue commission and invoice; else it waits for the others.
    Raises: PaymentAlreadyDecided, MakerIsChecker, PermissionRefused, DecisionNeedsReason,
    ContentChanged, StaleVersion, PaymentDoesNotFitDeal, VerifiedAmountRefused,
    Payment.DoesNotExist.
    """
    payment = _lock_for_decision(payment_id, checker=checker, seen=approval.expected_version, at=at)
    check_currency(payment, deal=deal_terms(payment.deal_id) if payment.deal_id else None)
    outcome = _enter(
        payment,
        NewDecision(
            actor_id=checker.pk,
            verdict=Verdict.APPROVE,
            content_hash=approval.content_hash or payment.content_hash,
            verified=approval.verified,
            reason=approval.reason,
            evidence=approval.evidence,
        ),
        at,
    )
    if outcome is Outcome.APPROVED:
        _verify(payment, checker=checker, approval=approval, at=at)
    return payment


@transaction.atomic
def reject_payment(*, payment_id: UUID, checker: "User", refusal: Refusal, at: datetime) -> Payment:
    """Reject a submitted payment for good. Locks deal, then payment; records PaymentRejected.

    Raises: PaymentAlreadyDecided, MakerIsChecker, PermissionRefused, DecisionNeedsReason,
    ContentChanged, StaleVersion.
    """
    payment = _lock_for_decision(payment_id, checker=checker, seen=refusal.expected_version, at=at)
    refusal = replace(refusal, failure_reason=refusal.failure_reason or FailureReason.OTHER)
    _enter(payment, _decision_of(refusal, payment, checker, Verdict.REJECT), at)
    event = PaymentRejected(payment_id=payment.pk, reason=refusal.reason)
    payment.decision_reason, payment.failure_reason = refusal.reason, refusal.failure_reason
    _close(payment, Status.REJECTED, event=event, checker=checker, at=at)
    return payment


@transaction.atomic
def request_changes(
    *, payment_id: UUID, checker: "User", refusal: Refusal, at: datetime
) -> Payment:
    """Send a submitted payment back to its maker. Locks deal, then payment.

    Records PaymentChangesRequested.
    Raises: PaymentAlreadyDecided, MakerIsChecker, PermissionRefused, DecisionNeedsReason,
    ContentChanged, StaleVersion.
    """
    payment = _lock_for_decision(payment_id, checker=checker, seen=refusal.expected_version, at=at)
    _enter(payment, _decision_of(refusal, payment, checker, Verdict.REQUEST_CHANGES), at)
    event = PaymentChangesRequested(payment_id=payment.pk, reason=refusal.reason)
    payment.decision_reason = refusal.reason
    _close(payment, Status.CHANGES_REQUESTED, event=event, checker=checker, at=at)
    return payment


def _lock_for_decision(
    payment_id: UUID, *, checker: "User", seen: int | None, at: datetime
) -> Payment:
    payment = lock_payment(payment_id)
    refuse_interested(payment, checker=checker, at=at)
    _require_scope(payment, checker)
    if not payment.is_submitted:
        raise PaymentAlreadyDecided
    if seen is not None and seen != payment.version:
        raise StaleVersion
    return payment


def _require_scope(payment: Payment, checker: "User") -> None:
    if scope_of(checker, DECIDE).user_ids is None:
        return
    if not visible_payments(checker, DECIDE).filter(pk=payment.pk).exists():
        raise PermissionRefused


def _enter(payment: Payment, decision: NewDecision, at: datetime) -> Outcome:
    try:
        return decide(subject_id=payment.pk, decision=decision, at=at)
    except AlreadyDecided:
        raise PaymentAlreadyDecided from None


def _decision_of(
    refusal: Refusal, payment: Payment, checker: "User", verdict: Verdict
) -> NewDecision:
    return NewDecision(
        actor_id=checker.pk,
        verdict=verdict,
        content_hash=refusal.content_hash or payment.content_hash,
        reason=refusal.reason,
        failure_reason=refusal.failure_reason if verdict is Verdict.REJECT else "",
    )


def _verify(payment: Payment, *, checker: "User", approval: Approval, at: datetime) -> None:
    verified = verified_amount_of(payment.pk) or payment.money
    payment.verified_amount, payment.verified_at = verified.amount, at
    payment.decision_reason = approval.reason
    event = PaymentVerified(payment_id=payment.pk)
    _close(payment, Status.VERIFIED, event=event, checker=checker, at=at)


def _close(
    payment: Payment, status: Status, *, event: PaymentEvent, checker: "User", at: datetime
) -> None:
    """Put the outcome onto the row and record it; what follows from it happens within."""
    before = {"status": payment.status}
    payment.status, payment.decided_at, payment.decided_by_id = status, at, checker.pk
    changed = payment.mark_changed(by_id=checker.pk, at=at)
    payment.save(update_fields=[*_DECISION_FIELDS, *changed])
    after = {"status": status.value, "verified_amount": _shown(payment)}
    record(event, actor=checker.actor, at=at, before=before, after=after)
    payment.refresh_from_db(fields=["applied_amount"])


_DECISION_FIELDS = (
    "status",
    "decided_at",
    "decided_by_id",
    "decision_reason",
    "failure_reason",
    "verified_amount",
    "verified_at",
)


def _shown(payment: Payment) -> str | None:
    return str(payment.verified_money) if payment.verified_money else None
