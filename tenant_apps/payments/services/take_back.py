"""Take money of a verified payment back: first what no deal has taken, then from its deal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.models import AmountField, money_of
from shared_apps.kernel.money import Money, total
from tenant_apps.payments.events import PaymentUnapplied
from tenant_apps.payments.exchange import Exchanged, give_taken, take_used
from tenant_apps.payments.models import Payment, PaymentApplication, Status
from tenant_apps.payments.selectors import applied_by_deal
from tenant_apps.payments.services.apply import Cause, Cover, record_move, store_covers
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
    field = "/amount"


class Returned(StrEnum):
    """Why money of a payment is not there any more: the column that counts it."""

    REFUNDED = "refunded_amount"
    CHARGED_BACK = "charged_back_amount"
    REVERSED = "reversed_amount"


@transaction.atomic(savepoint=False)
def take_back(
    *,
    payment_id: UUID,
    money: Money,
    returned: Returned,
    cause: Cause,
    at: datetime,
    off_deal: UUID | None = None,
) -> Money:
    """Take money out of a verified payment; return the part that its deals had to give back.

    What no deal has taken goes first; with `off_deal`, a deal in the payment's currency, what that
    one has taken. Locks deal, then payment; records PaymentUnapplied for what deals give back. The
    caller posts the money that leaves the client's credit.
    Raises: PaymentNotVerified, MoreThanPaymentHolds, TooSmallToDivide, Payment.DoesNotExist.
    """
    payment = lock_payment(payment_id)
    check_holds(payment, money)
    given = _take_off_first(payment, off_deal, money, cause=cause, at=at)
    free = payment.unapplied_money - given
    rest = max(money - given - free, Money.zero(money.currency))
    if rest:
        unapply(payment, rest, cause=cause, at=at)
    column = returned.value
    setattr(payment, column, getattr(payment, column) + money.amount)
    payment.save(update_fields=[column])
    return given + rest


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
            unapply_from(payment, deal_id, part, cause=cause, at=at)
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


def unapply(payment: Payment, money: Money, *, cause: Cause, at: datetime) -> None:
    """Take a locked payment's money, in its currency, off its deals, from what is due last.

    The money is the client's credit again. Records PaymentUnapplied for each deal.
    Raises: TooSmallToDivide.
    """
    covered = _covered(payment)
    whole = {cover.instalment_id: cover.money for _deal_id, cover in covered}
    uses = [Part(instalment_id, each.used) for instalment_id, each in whole.items()]
    taken = {
        part.instalment_id: take_used(part.amount, of=whole[part.instalment_id])
        for part in uncover_latest_first(money, covered=uses)
    }
    is_all = money == total((part.amount for part in uses), currency=money.currency)
    # a cover too small to have used anything goes with the rest
    _take_off(payment, covered, whole if is_all else taken, cause=cause, at=at)


def unapply_from(
    payment: Payment, deal_id: UUID, money: Money, *, cause: Cause, at: datetime
) -> None:
    """Take a locked payment's money off one deal, `money` being in the deal's currency.

    The money is the client's credit again. Records PaymentUnapplied. Raises: TooSmallToDivide.
    """
    covered = [each for each in _covered(payment) if each[0] == deal_id]
    whole = {cover.instalment_id: cover.money for _deal_id, cover in covered}
    takes = [Part(instalment_id, each.taken) for instalment_id, each in whole.items()]
    taken = {
        part.instalment_id: give_taken(part.amount, of=whole[part.instalment_id])
        for part in uncover_latest_first(money, covered=takes)
    }
    _take_off(payment, covered, taken, cause=cause, at=at)


def _take_off_first(
    payment: Payment, deal_id: UUID | None, money: Money, *, cause: Cause, at: datetime
) -> Money:
    """Let one deal give back up to `money`, as much as it has; return how much that was."""
    if deal_id is None:
        return Money.zero(money.currency)
    held = money_of(applied_by_deal(payment.pk).get(deal_id, Decimal(0)), money.currency)
    given = min(money, held)
    if given:
        unapply_from(payment, deal_id, given, cause=cause, at=at)
    return given


def _take_off(
    payment: Payment,
    covered: Sequence[tuple[UUID, Cover]],
    taken: Mapping[UUID, Exchanged],
    *,
    cause: Cause,
    at: datetime,
) -> None:
    """Take these parts off the instalments of each deal, in the order given."""
    by_deal: dict[UUID, list[Cover]] = {}
    for deal_id, cover in covered:
        if cover.instalment_id in taken:
            back = Cover(cover.instalment_id, -taken[cover.instalment_id])
            by_deal.setdefault(deal_id, []).append(back)
    for deal_id, covers in by_deal.items():
        store_covers(payment, deal_id, covers, cause=cause, at=at)
        currency = covers[0].money.taken.currency
        moved = Exchanged(
            total((each.money.used for each in covers), currency=payment.currency),
            total((each.money.taken for each in covers), currency=currency),
        )
        payment.applied_amount += moved.used.amount
        payment.save(update_fields=["applied_amount"])
        record_move(PaymentUnapplied, payment, deal_id, moved, cause=cause, at=at)


def _covered(payment: Payment) -> list[tuple[UUID, Cover]]:
    """Return what the payment covers of each instalment, with its deal, what is due last first."""
    rows = PaymentApplication.objects.filter(payment=payment)
    summed = rows.values("deal_id", "instalment_id", "instalment__due_on", "currency")
    used = Sum(Coalesce("used_amount", "amount", output_field=AmountField()))
    latest = summed.annotate(sum=Sum("amount"), used=used).order_by(
        "-instalment__due_on", "-instalment_id"
    )
    return [
        (
            row["deal_id"],
            Cover(
                row["instalment_id"],
                Exchanged(
                    money_of(row["used"], payment.currency), money_of(row["sum"], row["currency"])
                ),
            ),
        )
        for row in latest
        if row["sum"] > Decimal(0)
    ]
