"""What is overdue of a client's won deals, and whether one has gone bad."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThan

from shared_apps.kernel.models import AmountField, money_of
from shared_apps.kernel.money import Money
from tenant_apps.deals.models import Deal, DealStatus, Instalment
from tenant_apps.deals.selectors.lists import with_money

CURRENCY = "current_version__currency"


def _late_deals(today: date) -> QuerySet[Deal]:
    """Return the won deals of which instalments due before `today` are not covered."""
    won = Deal.objects.filter(status=DealStatus.WON)
    late = Least(
        F("due_amount") - F("applied_amount"), F("outstanding_amount"), output_field=AmountField()
    )
    with_late = with_money(won, today).annotate(late_amount=late)
    return with_late.filter(GreaterThan(F("late_amount"), Value(0)))


def overdue_by_client(client_ids: Iterable[UUID], *, today: date) -> dict[UUID, list[Money]]:
    """Return what each client owes past its day, a sum per currency. One query."""
    late = _late_deals(today).filter(client_id__in=list(client_ids))
    rows = (
        late.values("client_id", CURRENCY)
        .annotate(sum=Sum("late_amount"))
        .order_by("client_id", CURRENCY)
    )
    overdue: dict[UUID, list[Money]] = {}
    for row in rows:
        overdue.setdefault(row["client_id"], []).append(money_of(row["sum"], row[CURRENCY]))
    return overdue


def won_deals_due(*, until: date) -> QuerySet[Deal]:
    """Return the won deals with an instalment due on a day or before it, unordered."""
    due = Instalment.objects.filter(version=OuterRef("current_version"), due_on__lte=until)
    return Deal.objects.filter(Exists(due), status=DealStatus.WON)


def has_late_deal(client: OuterRef, *, today: date) -> Exists:
    """Return a condition for another app's query: a deal of its client is overdue."""
    return Exists(_late_deals(today).filter(client_id=client))


def has_bad_deal(client: OuterRef) -> Exists:
    """Return a condition for another app's query: a deal of its client was written off."""
    return Exists(Deal.objects.filter(client_id=client, status=DealStatus.BAD_DEBT))
