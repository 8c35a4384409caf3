"""Figures over many payments: what dashboards read."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, Sum

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money, allocate, total
from tenant_apps.deals.reporting import credited_deal_ids, shares_of_deals
from tenant_apps.payments.models import Payment, PaymentQuerySet, Status


@dataclass(frozen=True, slots=True)
class Awaiting:
    """What waits for a verifier in one currency: how much, and in how many payments.

    `amount` is what the people asked for are credited with, `whole` what the payments add up to.
    """

    amount: Money
    count: int
    whole: Money


def awaiting_verification(*, payee_ids: Collection[UUID] | None, on: date) -> list[Awaiting]:
    """Return the submitted payments, gross, per currency, by code.

    With `payee_ids` a payment counts by what these people are credited with on the day `on`; a
    payment without a deal counts whole for its maker. None is everyone.
    """
    return sum_awaiting(awaiting_payments(payee_ids=payee_ids, on=on), payee_ids=payee_ids, on=on)


def awaiting_payments(*, payee_ids: Collection[UUID] | None, on: date) -> PaymentQuerySet:
    """Return the payments that awaiting_verification counts."""
    submitted = Payment.objects.filter(status=Status.SUBMITTED)
    if payee_ids is None:
        return submitted
    is_theirs = Q(deal=None, maker_id__in=payee_ids)
    return submitted.filter(is_theirs | Q(deal_id__in=credited_deal_ids(payee_ids, on)))


def sum_awaiting(
    payments: PaymentQuerySet, *, payee_ids: Collection[UUID] | None, on: date
) -> list[Awaiting]:
    """Return what these payments count for, per currency, by code.

    The queue is short by nature, so its few split payments are divided here, not in SQL.
    """
    if payee_ids is None:
        sums = payments.order_by().values("currency").annotate(sum=Sum("amount"), count=Count("pk"))
        wholes = [
            (money_of(row["sum"], row["currency"]), row["count"])
            for row in sums.order_by("currency")
        ]
        return [Awaiting(amount=whole, count=count, whole=whole) for whole, count in wholes]
    found = list(payments.order_by("currency", "pk"))
    parts = shares_awaiting(found, payee_ids=payee_ids, on=on)
    amounts: dict[str, list[tuple[Money, Money]]] = defaultdict(list)
    for payment in found:
        amounts[payment.currency].append((parts[payment.pk], payment.money))
    return [
        Awaiting(
            amount=total((part for part, _whole in each), currency=currency),
            count=len(each),
            whole=total((whole for _part, whole in each), currency=currency),
        )
        for currency, each in amounts.items()
    ]


def shares_awaiting(
    payments: Sequence[Payment], *, payee_ids: Collection[UUID] | None, on: date
) -> dict[UUID, Money]:
    """Return what each of the payments counts for, by its id. At most one query."""
    if payee_ids is None:
        return {payment.pk: payment.money for payment in payments}
    shares = shares_of_deals({each.deal_id for each in payments if each.deal_id}, on=on)
    counted: dict[UUID, Money] = {}
    for payment in payments:
        credited = shares.get(payment.deal_id, ()) if payment.deal_id else ()
        parts = allocate(payment.money, weights=[share.share_percent for share in credited] or [1])
        whose = [share.user_id for share in credited] or [payment.maker_id]
        theirs = (part for part, who in zip(parts, whose, strict=True) if who in payee_ids)
        counted[payment.pk] = total(theirs, currency=payment.currency)
    return counted
