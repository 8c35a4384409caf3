"""Decide on a payment: four eyes, once, bound to the content that was seen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from tenant_apps.approvals.selectors import verified_amount_of
from tenant_apps.approvals.services import (
    AlreadyDecided,
    FailureReason,
    NewDecision,
    Outcome,
    Verdict,
    decide,
    end_lease,
)
from tenant_apps.deals.selectors import deal_terms
from tenant_apps.payments.events import (
    PaymentChangesRequested,
    PaymentEvent,
    PaymentRejected,
    PaymentVerified,
)
from tenant_apps.payments.models import Payment, PaymentEvidence, Status
from tenant_apps.payments.services.allocating import plan_allocations
from tenant_apps.payments.services.checks import check_currency
from tenant_apps.payments.services.inputs import Approval, Refusal
from tenant_apps.payments.services.lookup import find_proofs, without_repeats
from tenant_apps.payments.services.reviewing import (
    PaymentAlreadyDecided,
    lock_for_decision,
    refuse_held_by_another,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class RateNotConfirmed(DomainError):
    """The verifier did not repeat the rate of a payment in another currency than its deal's."""

    code, status = "rate_not_confirmed", 409
    message = "Compare the payment's rate with its source, and repeat it."
    field = "/fx_rate"


@transaction.atomic
def approve_payment(
    *, payment_id: UUID, checker: "User", approval: Approval, at: datetime
) -> Payment:
    """Approve a submitted payment. Locks deal, then payment.

    When the policy is met the payment is verified and records PaymentVerified, whose atomic
    reactions post the cash, apply it, accrue commission and invoice; else it waits for the others.
    Raises: PaymentAlreadyDecided, MakerIsChecker, PermissionRefused, ReviewHeldByAnother,
    DecisionNeedsReason, ContentChanged, StaleVersion, PaymentDoesNotFitDeal, VerifiedAmountRefused,
    Payment.DoesNotExist.
    """
    payment = lock_for_decision(payment_id, checker=checker, seen=approval.expected_version, at=at)
    check_currency(payment, deal=deal_terms(payment.deal_id) if payment.deal_id else None)
    decision = NewDecision(
        actor_id=checker.pk,
        verdict=Verdict.APPROVE,
        content_hash=approval.content_hash or payment.content_hash,
        verified=approval.verified,
        reason=approval.reason,
        evidence=approval.evidence,
    )
    _confirm_rate(payment, approval)
    if approval.allocations:
        plan_allocations(payment, approval.allocations)
    outcome = _enter(payment, decision, at)
    _keep_evidence(payment, decision, approval.evidence_files, by=checker)
    if outcome is Outcome.APPROVED:
        _verify(payment, checker=checker, approval=approval, at=at)
    return payment


@transaction.atomic
def reject_payment(*, payment_id: UUID, checker: "User", refusal: Refusal, at: datetime) -> Payment:
    """Reject a submitted payment for good. Locks deal, then payment; records PaymentRejected.

    Raises: PaymentAlreadyDecided, MakerIsChecker, PermissionRefused, ReviewHeldByAnother,
    DecisionNeedsReason, ContentChanged, StaleVersion.
    """
    payment = lock_for_decision(payment_id, checker=checker, seen=refusal.expected_version, at=at)
    refusal = replace(refusal, failure_reason=refusal.failure_reason or FailureReason.OTHER)
    _refuse(payment, refusal, Verdict.REJECT, checker=checker, at=at)
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
    Raises: PaymentAlreadyDecided, MakerIsChecker, PermissionRefused, ReviewHeldByAnother,
    DecisionNeedsReason, ContentChanged, StaleVersion.
    """
    payment = lock_for_decision(payment_id, checker=checker, seen=refusal.expected_version, at=at)
    _refuse(payment, refusal, Verdict.REQUEST_CHANGES, checker=checker, at=at)
    event = PaymentChangesRequested(payment_id=payment.pk, reason=refusal.reason)
    payment.decision_reason = refusal.reason
    _close(payment, Status.CHANGES_REQUESTED, event=event, checker=checker, at=at)
    return payment


def _enter(payment: Payment, decision: NewDecision, at: datetime) -> Outcome:
    """Enter the decision; the review is over with it. Another's live review stops it."""
    refuse_held_by_another(payment, checker_id=decision.actor_id, at=at)
    end_lease(subject_id=payment.pk, at=at)
    try:
        return decide(subject_id=payment.pk, decision=decision, at=at)
    except AlreadyDecided:
        raise PaymentAlreadyDecided from None


def _confirm_rate(payment: Payment, approval: Approval) -> None:
    """Refuse an approval that does not repeat the payment's rate. Raises: RateNotConfirmed."""
    if payment.fx_rate is not None and approval.fx_rate != payment.fx_rate:
        raise RateNotConfirmed


def _refuse(
    payment: Payment, refusal: Refusal, verdict: Verdict, *, checker: "User", at: datetime
) -> None:
    decision = NewDecision(
        actor_id=checker.pk,
        verdict=verdict,
        content_hash=refusal.content_hash or payment.content_hash,
        reason=refusal.reason,
        failure_reason=refusal.failure_reason if verdict is Verdict.REJECT else "",
        evidence=refusal.evidence,
    )
    _enter(payment, decision, at)
    _keep_evidence(payment, decision, refusal.evidence_files, by=checker)


def _keep_evidence(
    payment: Payment, decision: NewDecision, file_ids: Sequence[UUID], *, by: "User"
) -> None:
    """Keep the files that the verifier laid beside the decision. Raises: ValidationFailed."""
    files = without_repeats(find_proofs(file_ids, by=by, field="/evidence_files"))
    PaymentEvidence.objects.bulk_create(
        PaymentEvidence(
            payment=payment, decision_id=decision.id, file_id=file.file_id, sha256=file.sha256
        )
        for file in files
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
    "planned_allocations",
)


def _shown(payment: Payment) -> str | None:
    return str(payment.verified_money) if payment.verified_money else None
