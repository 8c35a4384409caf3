"""Take money of a verified payment back: first what no deal has taken, then from its deal."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money, total
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.payments.events import PaymentUnapplied
from tenant_apps.payments.models import Payment, PaymentApplication, Status
from tenant_apps.payments.selectors import applied_by_deal
from tenant_apps.payments.services.apply import Cause
from tenant_apps.payments.services.locks import lock_payment
from tenant_apps.payments.waterfall import Part, uncover_latest_first


class PaymentNotVerified(DomainError):
    """Only verified money can go back."""

    code, status = "payment_not_verified", 409
    message = "Only a verified payment can be refunded, charged back or reversed."


class MoreThanPaymentHolds(DomainError):
    """The payment does not hold that much any more."""

    code, status = "more_than_payment_holds", 409
    message = "This payment does not hold so much money any more."


class Returned(StrEnum):
    """Why money of a payment is not there any more: the column that counts it."""

    REFUNDED = "refunded_amount"
    CHARGED_BACK = "charged_back_amount"
    REVERSED = "reversed_amount"


@transaction.atomic(savepoint=False)
def take_back(
    *, payment_id: UUID, money: Money, returned: Returned, cause: Cause, at: datetime
) -> Money:
    """Take money out of a verified payment; return the part that its deal had to give back.

    Locks deal, then payment; records PaymentUnapplied for that part. The caller posts the money
    that leaves the client's credit.
    Raises: PaymentNotVerified, MoreThanPaymentHolds, Payment.DoesNotExist.
    """
    payment = lock_payment(payment_id)
    check_holds(payment, money)
    from_deal = max(money - payment.unapplied_money, Money.zero(money.currency))
    if from_deal:
        unapply(payment, from_deal, cause=cause, at=at)
    column = returned.value
    setattr(payment, column, getattr(payment, column) + money.amount)
    payment.save(update_fields=[column])
    return from_deal


@transaction.atomic(savepoint=False)
def reverse_payment(*, payment_id: UUID, cause: Cause, at: datetime) -> Money:
    """Undo a verified payment: all that it still holds is gone; return how much that was.

    Locks deal, then payment; records PaymentUnapplied for what its deal had taken. The event of the
    change of state is the caller's.
    Raises: PaymentNotVerified, MoreThanPaymentHolds when nothing is left, Payment.DoesNotExist.
    """
    payment = lock_payment(payment_id)
    if not payment.is_verified:
        raise PaymentNotVerified
    held = payment.held_money
    if not held:
        raise MoreThanPaymentHolds("Everything of this payment was returned already.")
    take_back(payment_id=payment_id, money=held, returned=Returned.REVERSED, cause=cause, at=at)
    payment.refresh_from_db()
    payment.status = Status.REVERSED
    payment.save(update_fields=["status", *payment.mark_changed(by_id=None, at=at)])
    return held


@transaction.atomic(savepoint=False)
def release_applied(*, deal_id: UUID, money: Money, cause: Cause, at: datetime) -> None:
    """Give money that a deal has taken back to its payments, the newest first: it is credit again.

    Runs under the deal's lock; locks its payments by id. Records PaymentUnapplied for each.
    Raises: MoreThanPaymentHolds when the deal has not taken so much.
    """
    rows = Payment.objects.select_for_update(no_key=True, of=("self",))
    of_deal = PaymentApplication.objects.filter(deal_id=deal_id).values("payment_id")
    payments = list(rows.filter(pk__in=of_deal, applied_amount__gt=0).order_by("pk"))
    for payment in sorted(payments, key=lambda each: (each.verified_at or at, each.pk))[::-1]:
        held = applied_by_deal(payment.pk).get(deal_id, Decimal(0))
        part = min(money, money_of(held, money.currency))
        if part:
            unapply(payment, part, from_deal=deal_id, cause=cause, at=at)
            money -= part
    if money:
        raise MoreThanPaymentHolds


def check_holds(payment: Payment, money: Money) -> None:
    """Refuse money that a payment does not hold.

    Raises: PaymentNotVerified, MoreThanPaymentHolds.
    """
    if not payment.is_verified:
        raise PaymentNotVerified
    if money.currency != payment.currency or money > payment.held_money:
        raise MoreThanPaymentHolds


def unapply(
    payment: Payment,
    money: Money,
    *,
    from_deal: UUID | None = None,
    cause: Cause,
    at: datetime,
) -> None:
    """Take a locked payment's money off its deals, or off one, from what is due last.

    The money is the client's credit again. Records PaymentUnapplied for each deal.
    """
    covered = _covered(payment, from_deal)
    deals = {part.instalment_id: deal_id for deal_id, part in covered}
    parts = uncover_latest_first(money, covered=[part for _deal_id, part in covered])
    for deal_id in dict.fromkeys(deals[part.instalment_id] for part in parts):
        of_deal = [part for part in parts if deals[part.instalment_id] == deal_id]
        _take_off(payment, deal_id, of_deal, cause=cause, at=at)


def _take_off(
    payment: Payment, deal_id: UUID, parts: Sequence[Part], *, cause: Cause, at: datetime
) -> None:
    PaymentApplication.objects.bulk_create(
        PaymentApplication(
            payment=payment,
            deal_id=deal_id,
            instalment_id=part.instalment_id,
            amount=-part.amount.amount,
            currency=payment.currency,
            cause_event_id=cause.event_id,
            applied_at=at,
        )
        for part in parts
    )
    taken = total((part.amount for part in parts), currency=payment.currency)
    payment.applied_amount -= taken.amount
    payment.save(update_fields=["applied_amount"])
    event = PaymentUnapplied(
        payment_id=payment.pk,
        deal_id=deal_id,
        amount=-taken.amount,
        currency=taken.currency,
        commission_day=local_day_of(payment.verified_at or at),
    )
    record(event, actor=cause.actor, at=at)


def _covered(payment: Payment, deal_id: UUID | None) -> list[tuple[UUID, Part]]:
    """Return what the payment covers of each instalment, with its deal, what is due last first."""
    rows = PaymentApplication.objects.filter(payment=payment)
    if deal_id is not None:
        rows = rows.filter(deal_id=deal_id)
    summed = rows.values("deal_id", "instalment_id", "instalment__due_on")
    latest = summed.annotate(sum=Sum("amount")).order_by("-instalment__due_on", "-instalment_id")
    return [
        (row["deal_id"], Part(row["instalment_id"], money_of(row["sum"], payment.currency)))
        for row in latest
        if row["sum"] > Decimal(0)
    ]
