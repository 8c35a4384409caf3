"""Figures over many deals, computed in SQL: what dashboards and proofs read."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Exists,
    F,
    Func,
    OuterRef,
    QuerySet,
    Sum,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, TruncDate, TruncMonth
from moneyed import CURRENCIES

from shared_apps.kernel.models import AmountField, money_of
from shared_apps.kernel.money import Money, exponent_of
from shared_apps.tenancy.context import current_tenant
from tenant_apps.deals.models import Deal, DealStatus, DealVersion, SalesCreditSplit
from tenant_apps.deals.selectors import CreditedShare
from tenant_apps.deals.selectors.terms import splits_on


class _Share(Func):
    """What people are credited with of a won deal's net; NULL where they are not credited.

    The net is divided among the people credited on the day of the win by largest remainder, in
    whole minor units, ties to the earlier split: allocate() of the kernel, in SQL.
    """

    output_field = AmountField()
    template = """(
        SELECT sum(part * power(10::numeric, -exponent)) FROM (
            SELECT exact.*, floor(share) + CASE WHEN
                row_number() OVER (ORDER BY share - floor(share) DESC, split_id)
                <= units - sum(floor(share)) OVER () THEN 1 ELSE 0 END AS part
            FROM (
                SELECT split.id AS split_id, split.payee_id, won.payees, exponent.of AS exponent,
                       won.net * power(10::numeric, exponent.of) AS units,
                       won.net * power(10::numeric, exponent.of) * split.share_percent * 0.01
                       AS share
                FROM (SELECT %(expressions)s) AS won (id, won_on, net, currency, exponents, payees)
                CROSS JOIN LATERAL (
                    SELECT coalesce((won.exponents::jsonb ->> won.currency)::int, 2) AS of
                ) exponent
                JOIN deals_salescreditsplit split ON split.deal_id = won.id
                 AND (split.valid_from IS NULL OR split.valid_from <= won.won_on)
                 AND (split.valid_to IS NULL OR split.valid_to > won.won_on)
            ) exact
        ) parts WHERE payee_id = ANY(payees)
    )"""


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


def with_booked(deals: QuerySet[Deal], *, payee_ids: Collection[UUID] | None) -> QuerySet[Deal]:
    """Annotate `booked_amount`: what a won deal counts for as booked, NULL where it does not.

    That is its net, with `payee_ids` only what these people are credited with by the splits of the
    day of the win; None is everyone.
    """
    part = F(NET) if payee_ids is None else _share_of(payee_ids)
    return deals.annotate(booked_amount=Case(When(status=DealStatus.WON, then=part)))


def sum_booked(deals: QuerySet[Deal]) -> list[Money]:
    """Return the sum of `booked_amount` per currency, by code. One query."""
    rows = deals.order_by().values(CURRENCY).annotate(sum=Sum("booked_amount")).order_by(CURRENCY)
    return [money_of(row["sum"], row[CURRENCY]) for row in rows if row["sum"] is not None]


def booked_between(*, payee_ids: Collection[UUID] | None, first: date, last: date) -> list[Money]:
    """Return the net of the deals won in the days [first, last], per currency, by code.

    Days are the organization's; what counts for whom, `with_booked` says.
    """
    return sum_booked(_won_between(payee_ids, first, last))


def booked_by_month(
    *, payee_ids: Collection[UUID] | None, first: date, last: date
) -> list[MonthlyBooking]:
    """Return what booked_between sums, by the month of the win and the currency, in that order.

    Months without a win are left out. One query.
    """
    month = TruncMonth("won_at", tzinfo=ZoneInfo(current_tenant().timezone))
    won = _won_between(payee_ids, first, last).annotate(month=month)
    sums = won.values("month", CURRENCY).annotate(sum=Sum("booked_amount"))
    return [
        MonthlyBooking(f"{row['month']:%Y-%m}", money_of(row["sum"], row[CURRENCY]))
        for row in sums.order_by("month", CURRENCY)
        if row["sum"] is not None
    ]


def _won_between(payee_ids: Collection[UUID] | None, first: date, last: date) -> QuerySet[Deal]:
    start, end = _instants(first, last)
    won = Deal.objects.filter(status=DealStatus.WON, won_at__gte=start, won_at__lt=end)
    if payee_ids is not None:
        credited = SalesCreditSplit.objects.filter(deal=OuterRef("pk"), payee_id__in=payee_ids)
        won = won.filter(Exists(credited))
    return with_booked(won, payee_ids=payee_ids)


def _share_of(payee_ids: Collection[UUID]) -> _Share:
    ids = ArrayField(UUIDField())
    return _Share(
        F("pk"),
        TruncDate("won_at", tzinfo=ZoneInfo(current_tenant().timezone)),
        F(NET),
        F(CURRENCY),
        Value(_other_exponents()),
        Cast(Value(list(payee_ids), output_field=ids), ids),
    )


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
