"""Sums over credits and lines, for dashboards. Amounts per currency, computed in SQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db.models import Model, OuterRef, QuerySet, Subquery, Sum

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.commissions.models import CollectedCredit, CommissionLine

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal

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


def with_collected(
    deals: "QuerySet[Deal]", *, payee_ids: Collection[UUID] | None, first: date, last: date
) -> "QuerySet[Deal]":
    """Annotate `collected_amount`: what collected_between sums, of each deal; NULL without any."""
    credited = CollectedCredit.objects.filter(
        deal=OuterRef("pk"), applied_on__range=(first, last)
    ).order_by()
    summed = _of(credited, payee_ids).values("deal").annotate(sum=Sum("base")).values("sum")
    return deals.annotate(collected_amount=Subquery(summed))


def sum_collected(deals: "QuerySet[Deal]") -> list[Money]:
    """Return the sum of `collected_amount` per currency, by code. One query.

    A deal that has taken money keeps its currency, so its credits are in that of its terms.
    """
    currency = "current_version__currency"
    summed = deals.order_by().values(currency).annotate(sum=Sum("collected_amount"))
    return [
        money_of(row["sum"], row[currency])
        for row in summed.order_by(currency)
        if row["sum"] is not None
    ]


def sum_lines(lines: QuerySet[CommissionLine]) -> list[Money]:
    """Return what the lines add up to, per currency, by code. One query."""
    summed = lines.order_by().values("currency").annotate(sum=Sum("amount"))
    return [money_of(row["sum"], row["currency"]) for row in summed.order_by("currency")]


def commission_between(
    *, payee_ids: Collection[UUID] | None, first: date, last: date
) -> list[Money]:
    """Return the commission accrued for commission days in [first, last], per currency."""
    lines = CommissionLine.objects.filter(commission_on__range=(first, last))
    return sum_lines(_of(lines, payee_ids))


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
