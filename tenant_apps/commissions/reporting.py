"""Sums over credits and lines, for dashboards. Amounts per currency, computed in SQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet, Sum

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.commissions.models import CollectedCredit, CommissionLine

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyCommission:
    """The commission accrued in one month and currency."""

    month: str
    amount: Money


def collected_between(
    *, payee_ids: Collection[UUID] | None, first: date, last: date
) -> list[Money]:
    """Return what the people were credited with for money applied in the days [first, last].

    Net of tax, credited by split; `payee_ids` None is everyone. One amount per currency, by code.
    """
    credited = CollectedCredit.objects.filter(applied_on__range=(first, last))
    sums = _of(credited, payee_ids).values("currency").annotate(sum=Sum("base"))
    return [money_of(row["sum"], row["currency"]) for row in sums.order_by("currency")]


def commission_between(
    *, payee_ids: Collection[UUID] | None, first: date, last: date
) -> list[Money]:
    """Return the commission accrued for commission days in [first, last], per currency."""
    lines = CommissionLine.objects.filter(commission_on__range=(first, last))
    sums = _of(lines, payee_ids).values("currency").annotate(sum=Sum("amount"))
    return [money_of(row["sum"], row["currency"]) for row in sums.order_by("currency")]


def commission_by_month(
    *, payee_ids: Collection[UUID] | None, first: date, last: date
) -> list[MonthlyCommission]:
    """Return the commission accrued in [first, last] by month and currency, in that order.

    Months without a line are left out.
    """
    lines = CommissionLine.objects.filter(commission_on__range=(first, last))
    sums = _of(lines, payee_ids).values("period", "currency").annotate(sum=Sum("amount"))
    return [
        MonthlyCommission(month=row["period"], amount=money_of(row["sum"], row["currency"]))
        for row in sums.order_by("period", "currency")
    ]


def _of(rows: QuerySet[M], payee_ids: Collection[UUID] | None) -> QuerySet[M]:
    return rows if payee_ids is None else rows.filter(payee_id__in=payee_ids)
