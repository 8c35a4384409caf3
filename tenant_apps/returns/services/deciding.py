"""Decide on a return: four eyes, once, bound to what was asked."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from tenant_apps.approvals.services import (
    AlreadyDecided,
    NewDecision,
    Outcome,
    Verdict,
    decide,
)
from tenant_apps.returns.events import ReturnApproved, ReturnRejected
from tenant_apps.returns.models import Kind, Return, Status
from tenant_apps.returns.services.gaining import refuse_who_gains
from tenant_apps.returns.services.recovering import recover
from tenant_apps.returns.services.settling import (
    charge_back,
    check_refundable,
    lock_return,
    reverse,
    write_off,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class ReturnAlreadyDecided(DomainError):
    """It was approved or rejected before, or by the same person."""

    code, status = "return_already_decided", 409
    message = "This does not wait for your decision any more."


@transaction.atomic
def approve_return(
    *, return_id: UUID, checker: "User", content_hash: str, reason: str = "", at: datetime
) -> Return:
    """Approve a return. Locks its deal, then its row; records ReturnApproved.

    A reversal, a lost chargeback, a write-off and a recovery take effect at once; a refund, whose
    money must still be there, when it is sent.
    Raises: ReturnAlreadyDecided, MakerIsChecker, NotADecider, ContentChanged, and what keeps the
    effect from happening (MoreThanPaymentHolds, MoreOwedThanAsked, WriteOffNotPosted ...),
    Return.DoesNotExist.
    """
    asked = _lock(return_id)
    refuse_who_gains(asked, checker=checker, at=at)
    outcome = _enter(asked, Verdict.APPROVE, checker, content_hash, reason, at)
    if outcome is not Outcome.APPROVED:
        return asked
    event = ReturnApproved(return_id=asked.pk, kind=asked.kind)
    _close(asked, Status.APPROVED, event, checker=checker, at=at)
    _EFFECTS[Kind(asked.kind)](asked, checker=checker, at=at)
    return asked


@transaction.atomic
def reject_return(
    *, return_id: UUID, checker: "User", content_hash: str, reason: str, at: datetime
) -> Return:
    """Refuse a return, or note that a chargeback was won. Locks deal, then its row.

    Records ReturnRejected; no money moves.
    Raises: ReturnAlreadyDecided, MakerIsChecker, NotADecider, ContentChanged, DecisionNeedsReason,
    Return.DoesNotExist.
    """
    asked = _lock(return_id)
    refuse_who_gains(asked, checker=checker, at=at)
    _enter(asked, Verdict.REJECT, checker, content_hash, reason, at)
    event = ReturnRejected(return_id=asked.pk, kind=asked.kind)
    _close(asked, Status.REJECTED, event, checker=checker, at=at, reason=reason)
    return asked


def _lock(return_id: UUID) -> Return:
    asked = lock_return(return_id)
    if not asked.is_requested:
        raise ReturnAlreadyDecided
    return asked


def _enter(
    asked: Return, verdict: Verdict, checker: "User", content_hash: str, reason: str, at: datetime
) -> Outcome:
    decision = NewDecision(
        actor_id=checker.pk, verdict=verdict, content_hash=content_hash, reason=reason
    )
    try:
        return decide(subject_id=asked.pk, decision=decision, at=at)
    except AlreadyDecided:
        raise ReturnAlreadyDecided from None


def _close(
    asked: Return,
    status: Status,
    event: ReturnApproved | ReturnRejected,
    *,
    checker: "User",
    at: datetime,
    reason: str = "",
) -> None:
    before = {"status": asked.status}
    asked.status, asked.decided_by_id, asked.decided_at = status, checker.pk, at
    changed = asked.mark_changed(by_id=checker.pk, at=at)
    asked.save(update_fields=["status", "decided_by_id", "decided_at", *changed])
    after = {"status": status.value}
    record(event, actor=checker.actor, at=at, before=before, after=after, reason=reason)


_EFFECTS = {
    Kind.REFUND: check_refundable,
    Kind.REVERSAL: reverse,
    Kind.CHARGEBACK: charge_back,
    Kind.WRITE_OFF: write_off,
    Kind.RECOVERY: recover,
}
