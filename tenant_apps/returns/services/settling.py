"""What an approved return does to the money."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import worded
from tenant_apps.deals.selectors import lock_deal
from tenant_apps.deals.services import write_off_deal
from tenant_apps.ledger.selectors import outstanding_of_deal
from tenant_apps.payments.selectors import payment_money_of
from tenant_apps.payments.services import (
    Cause,
    MoreThanPaymentHolds,
    PaymentNotVerified,
    Returned,
    lock_deals_of,
    reverse_payment,
    take_back,
)
from tenant_apps.returns.events import (
    ChargebackLost,
    PaymentReversed,
    RefundFailed,
    RefundSent,
)
from tenant_apps.returns.models import Return, Status

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class RefundNotApproved(DomainError):
    """Only an approved refund can be sent, once."""

    code, status = "refund_not_approved", 409
    message = "Only an approved refund that was not sent yet can be sent or called failed."


class MoreOwedThanAsked(DomainError):
    """The deal owes more by now than the write-off was asked for."""

    code, status = "more_owed_than_asked", 409
    message = "The deal owes more than this asks to give up; refuse it, and let it be asked anew."


@transaction.atomic
def send_refund(*, return_id: UUID, reference: str, by: "User", at: datetime) -> Return:
    """Note that an approved refund has left, under the bank's reference: now the money moves.

    Locks deal, payment, then the refund; records PaymentUnapplied for what the deal gives back, and
    RefundSent.
    Raises: RefundNotApproved, MoreThanPaymentHolds, ValidationFailed, Return.DoesNotExist.
    """
    if not reference.strip():
        raise ValidationFailed.at("/reference", "Give the bank's reference.", code="required")
    refund = lock_return(return_id)
    if not refund.is_approved_refund:
        raise RefundNotApproved
    refund.reference, refund.sent_at = reference.strip(), at
    move_return(refund, Status.SENT, "reference", "sent_at", by_id=by.pk, at=at)
    take_back(
        payment_id=_payment_of(refund),
        money=refund.money,
        returned=Returned.REFUNDED,
        cause=Cause(event_id=uuid7(), actor=by.actor),
        at=at,
        off_deal=refund.deal_id if refund.reduces_sale else None,
    )
    sent = RefundSent(
        payment_id=_payment_of(refund),
        return_id=refund.pk,
        amount=refund.amount,
        currency=refund.currency,
    )
    record(sent, actor=by.actor, at=at, after={"reference": refund.reference})
    return refund


@transaction.atomic
def fail_refund(*, return_id: UUID, reason: str, by: "User", at: datetime) -> Return:
    """Note that an approved refund could not be sent; no money moves. Records RefundFailed.

    Raises: RefundNotApproved, ValidationFailed, Return.DoesNotExist.
    """
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say what went wrong.", code="required")
    refund = lock_return(return_id)
    if not refund.is_approved_refund:
        raise RefundNotApproved
    refund.failure = reason.strip()
    move_return(refund, Status.FAILED, "failure", by_id=by.pk, at=at)
    event = RefundFailed(return_id=refund.pk, kind=refund.kind)
    record(event, actor=by.actor, at=at, reason=refund.failure)
    return refund


def check_refundable(asked: Return, *, checker: "User", at: datetime) -> None:
    """Refuse to approve a refund of money that went another way meanwhile; it moves when sent.

    Raises: PaymentNotVerified, MoreThanPaymentHolds.
    """
    payment = payment_money_of(_payment_of(asked))
    if not payment.is_verified:
        raise PaymentNotVerified
    if asked.money > payment.held:
        raise MoreThanPaymentHolds(_held_by_now(payment.held))


def reverse(asked: Return, *, checker: "User", at: datetime) -> None:
    """Undo the payment of an approved reversal; records PaymentUnapplied and PaymentReversed.

    Just what was asked for: money may have gone back meanwhile. Raises: MoreThanPaymentHolds.
    """
    held = payment_money_of(_payment_of(asked)).held
    if held != asked.money:
        raise MoreThanPaymentHolds(_held_by_now(held))
    cause = Cause(event_id=uuid7(), actor=checker.actor)
    money = reverse_payment(payment_id=_payment_of(asked), cause=cause, at=at)
    event = PaymentReversed(
        payment_id=_payment_of(asked),
        return_id=asked.pk,
        amount=money.amount,
        currency=money.currency,
    )
    states = {"before": {"status": "verified"}, "after": {"status": "reversed"}}
    record(event, actor=checker.actor, at=at, reason=asked.reason, **states)


def charge_back(asked: Return, *, checker: "User", at: datetime) -> None:
    """Take the money of a lost chargeback out; records PaymentUnapplied and ChargebackLost."""
    take_back(
        payment_id=_payment_of(asked),
        money=asked.money,
        returned=Returned.CHARGED_BACK,
        cause=Cause(event_id=uuid7(), actor=checker.actor),
        at=at,
    )
    event = ChargebackLost(
        payment_id=_payment_of(asked),
        return_id=asked.pk,
        amount=asked.amount,
        currency=asked.currency,
    )
    record(event, actor=checker.actor, at=at, reason=asked.reason)


def write_off(asked: Return, *, checker: "User", at: datetime) -> None:
    """Give up what is owed on the deal of an approved write-off; records DealWrittenOff.

    Never more than was asked for. Raises: MoreOwedThanAsked.
    """
    if asked.deal_id is None:
        raise TypeError(f"{asked} is about no deal.")
    if outstanding_of_deal(asked.deal_id, asked.currency) > asked.money:
        raise MoreOwedThanAsked
    write_off_deal(deal_id=asked.deal_id, reason=asked.reason, actor=checker.actor, at=at)


def _held_by_now(held: Money) -> str:
    return worded("The payment holds %(held)s by now: reject this and ask anew.", held=held)


def _payment_of(asked: Return) -> UUID:
    if asked.payment_id is None:
        raise TypeError(f"{asked} is about no payment.")
    return asked.payment_id


def lock_return(return_id: UUID) -> Return:
    """Return a return, locked after the deals of its money. Raises: Return.DoesNotExist."""
    about = Return.objects.only("deal_id", "payment_id").get(pk=return_id)
    if about.payment_id is not None:
        lock_deals_of(about.payment_id)
    elif about.deal_id is not None:
        lock_deal(about.deal_id)
    return Return.objects.select_for_update(no_key=True, of=("self",)).get(pk=return_id)


def move_return(
    asked: Return, status: Status, *fields: str, by_id: UUID | None, at: datetime
) -> None:
    """Keep a new status, and fields that changed with it. The caller records why."""
    asked.status = status
    asked.save(update_fields=["status", *fields, *asked.mark_changed(by_id=by_id, at=at)])
