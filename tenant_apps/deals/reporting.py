"""Figures over many deals, computed in SQL: what dashboards and proofs read."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth
from moneyed import CURRENCIES

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money, exponent_of
from shared_apps.tenancy.context import current_tenant
from tenant_apps.deals.models import Deal, DealStatus, DealVersion, SalesCreditSplit
from tenant_apps.deals.selectors import CreditedShare
from tenant_apps.deals.selectors.terms import splits_on

# Each won deal's net is divided among the people credited on the day of the win by largest
# remainder, in whole minor units, ties to the earlier split: allocate() of the kernel, in SQL.
_BOOKED_PARTS = """
    WITH won AS (
        SELECT deal.id, version.currency, (deal.won_at AT TIME ZONE %(zone)s)::date AS won_on,
               version.net * power(10::numeric, exponent.of) AS units, exponent.of AS exponent
        FROM deals_deal deal
        JOIN deals_dealversion version ON version.id = deal.current_version_id
        CROSS JOIN LATERAL (
            SELECT coalesce((%(exponents)s::jsonb ->> version.currency)::int, 2) AS of
        ) exponent
        WHERE deal.status = 'won' AND deal.won_at >= %(start)s AND deal.won_at < %(end)s
    ), exact AS (
        SELECT won.*, split.id AS split_id, split.payee_id,
               won.units * split.share_percent * 0.01 AS share
        FROM won
        JOIN deals_salescreditsplit split ON split.deal_id = won.id
         AND (split.valid_from IS NULL OR split.valid_from <= won.won_on)
         AND (split.valid_to IS NULL OR split.valid_to > won.won_on)
    ), parts AS (
        SELECT exact.*, floor(share) + CASE WHEN
            row_number() OVER (PARTITION BY id ORDER BY share - floor(share) DESC, split_id)
            <= units - sum(floor(share)) OVER (PARTITION BY id) THEN 1 ELSE 0 END AS part
        FROM exact
    )
"""
_BOOKED_BY_SPLIT = f"""{_BOOKED_PARTS}
    SELECT currency, sum(part * power(10::numeric, -exponent))
    FROM parts WHERE payee_id = ANY(%(payees)s)
    GROUP BY currency ORDER BY currency
"""  # noqa: S608  two constants of this file
_BOOKED_BY_MONTH = f"""{_BOOKED_PARTS}
    SELECT to_char(won_on, 'YYYY-MM') AS month, currency,
           sum(part * power(10::numeric, -exponent))
    FROM parts WHERE payee_id = ANY(%(payees)s)
    GROUP BY month, currency ORDER BY month, currency
"""  # noqa: S608  same


CURRENCY, NET = "current_version__currency", "current_version__net"


@dataclass(frozen=True, slots=True)
class MonthlyBooking:
    """The net of the deals won in one month ("2026-03") and currency."""

    month: str
    amount: Money


@dataclass(frozen=True, slots=True)
class VersionAmounts:
    """The price of one version of a deal."""

    version_id: UUID
    net: Money
    total: Money


def version_amounts(version_ids: Iterable[UUID]) -> dict[UUID, VersionAmounts]:
    """Return the prices of the versions, by id; unknown ids are left out. One query."""
    rows = DealVersion.objects.filter(pk__in=set(version_ids)).order_by("pk")
    return {
        pk: VersionAmounts(pk, money_of(net, currency), money_of(total, currency))
        for pk, net, total, currency in rows.values_list("pk", "net", "total", "currency")
    }


def current_amounts(deal_id: UUID) -> VersionAmounts:
    """Return the price of the deal's current version. One query. Raises: Deal.DoesNotExist."""
    row = Deal.objects.select_related("current_version").get(pk=deal_id)
    version = row.current_version
    net, total = (money_of(part, version.currency) for part in (version.net, version.total))
    return VersionAmounts(version.pk, net, total)


def credited_deal_ids(payee_ids: Collection[UUID], on: date) -> QuerySet[SalesCreditSplit, UUID]:
    """Return the ids of the deals that the people are credited on at a day, for a subquery."""
    splits = splits_on(on).filter(payee_id__in=payee_ids)
    return splits.order_by("deal_id").values_list("deal_id", flat=True)


def shares_of_deals(deal_ids: Iterable[UUID], *, on: date) -> dict[UUID, list[CreditedShare]]:
    """Return who is credited on each deal at a day, in the order of credited_shares. One query."""
    shares: dict[UUID, list[CreditedShare]] = defaultdict(list)
    for split in splits_on(on).filter(deal_id__in=set(deal_ids)).order_by("pk"):
        shares[split.deal_id].append(CreditedShare(split.payee_id, split.share_percent))
    return dict(shares)


def booked_between(*, payee_ids: Collection[UUID] | None, first: date, last: date) -> list[Money]:
    """Return the net of the deals won in the days [first, last], per currency, by code.

    Days are the organization's. With `payee_ids`, only what these people are credited with by the
    splits of the day of the win; None is everyone.
    """
    start, end = _instants(first, last)
    if payee_ids is not None:
        return _booked_by_split(payee_ids, start=start, end=end)
    won = Deal.objects.filter(status=DealStatus.WON, won_at__gte=start, won_at__lt=end)
    rows = won.values(CURRENCY).annotate(sum=Sum(NET)).order_by(CURRENCY)
    return [money_of(row["sum"], row[CURRENCY]) for row in rows]


def booked_by_month(
    *, payee_ids: Collection[UUID] | None, first: date, last: date
) -> list[MonthlyBooking]:
    """Return what booked_between sums, by the month of the win and the currency, in that order.

    Months without a win are left out. One query.
    """
    start, end = _instants(first, last)
    if payee_ids is not None:
        rows = _by_split(_BOOKED_BY_MONTH, payee_ids, start=start, end=end)
        return [MonthlyBooking(month, money_of(sum_, code)) for month, code, sum_ in rows]
    month = TruncMonth("won_at", tzinfo=ZoneInfo(current_tenant().timezone))
    won = Deal.objects.filter(status=DealStatus.WON, won_at__gte=start, won_at__lt=end)
    sums = won.annotate(month=month).values("month", CURRENCY).annotate(sum=Sum(NET))
    return [
        MonthlyBooking(f"{row['month']:%Y-%m}", money_of(row["sum"], row[CURRENCY]))
        for row in sums.order_by("month", CURRENCY)
    ]


def _booked_by_split(payee_ids: Collection[UUID], *, start: datetime, end: datetime) -> list[Money]:
    rows = _by_split(_BOOKED_BY_SPLIT, payee_ids, start=start, end=end)
    return [money_of(amount, currency) for currency, amount in rows]


def _by_split(
    statement: str, payee_ids: Collection[UUID], *, start: datetime, end: datetime
) -> list[Any]:
    values: dict[str, Any] = {
        "zone": current_tenant().timezone,
        "exponents": _other_exponents(),
        "start": start,
        "end": end,
        "payees": list(payee_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the instants at which the days [first, last] begin and end in the organization."""
    zone = ZoneInfo(current_tenant().timezone)
    start = datetime.combine(first, time.min, tzinfo=zone)
    return start, datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)


@lru_cache(maxsize=1)
def _other_exponents() -> str:
    """Return the currencies that do not have two decimals, as JSON."""
    exponents = {code: exponent_of(code) for code in CURRENCIES}
    return json.dumps({code: exponent for code, exponent in exponents.items() if exponent != 2})
