"""Figures over many payments: what dashboards read."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money, allocate, total
from tenant_apps.deals.reporting import credited_deal_ids, shares_of_deals
from tenant_apps.payments.models import Payment, Status


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
    submitted = Payment.objects.filter(status=Status.SUBMITTED)
    if payee_ids is not None:
        return _credited(submitted, frozenset(payee_ids), on)
    sums = submitted.values("currency").annotate(sum=Sum("amount"), count=Count("pk"))
    rows = [
        (money_of(row["sum"], row["currency"]), row["count"]) for row in sums.order_by("currency")
    ]
    return [Awaiting(amount=whole, count=count, whole=whole) for whole, count in rows]


def _credited(submitted: Any, payee_ids: frozenset[UUID], on: date) -> list[Awaiting]:
    """The queue is short by nature, so its few split payments are divided here, not in SQL."""
    theirs = Q(deal=None, maker_id__in=payee_ids) | Q(deal_id__in=credited_deal_ids(payee_ids, on))
    payments = list(submitted.filter(theirs).order_by("currency", "pk"))
    shares = shares_of_deals({each.deal_id for each in payments if each.deal_id}, on=on)
    amounts: dict[str, list[tuple[Money, Money]]] = defaultdict(list)
    for payment in payments:
        credited = shares.get(payment.deal_id, ())
        parts = allocate(payment.money, weights=[share.share_percent for share in credited] or [1])
        whose = [share.user_id for share in credited] or [payment.maker_id]
        part = (part for part, who in zip(parts, whose, strict=True) if who in payee_ids)
        theirs_of_it = total(part, currency=payment.currency)
        amounts[payment.currency].append((theirs_of_it, payment.money))
    return [
        Awaiting(
            amount=total((part for part, _whole in each), currency=currency),
            count=len(each),
            whole=total((whole for _part, whole in each), currency=currency),
        )
        for currency, each in amounts.items()
    ]
