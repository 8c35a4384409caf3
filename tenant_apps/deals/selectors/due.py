"""What is open of the instalments of won deals, by their day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Value
from django.db.models.lookups import GreaterThan

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.deals.models import Deal, DealStatus, Instalment
from tenant_apps.deals.selectors.lists import with_money


@dataclass(frozen=True, kw_only=True, slots=True)
class DueInstalment:
    """An instalment that is not covered: by money, credit notes or write-offs."""

    deal_id: UUID
    instalment_id: UUID
    due_on: date
    open: Money


def open_instalments(*, since: date, until: date) -> list[DueInstalment]:
    """Return the uncovered instalments of won deals due from one day to another. Two queries."""
    due = Instalment.objects.filter(
        version=OuterRef("current_version"), due_on__gte=since, due_on__lte=until
    )
    won = Deal.objects.filter(Exists(due), status=DealStatus.WON)
    owing = with_money(won, until).filter(GreaterThan(F("outstanding_amount"), Value(0)))
    in_order = Instalment.objects.order_by("due_on", "position")
    deals = owing.select_related("current_version").prefetch_related(
        Prefetch("current_version__instalments", queryset=in_order)
    )
    found = [part for deal in deals.order_by("pk") for part in _open_parts(deal)]
    return [part for part in found if since <= part.due_on <= until]


def _open_parts(deal: Deal) -> list[DueInstalment]:
    """Return what is open of each instalment: what is covered covers those due first."""
    version = deal.current_version
    outstanding = money_of(vars(deal)["outstanding_amount"], version.currency)
    covered = money_of(version.total, version.currency) - outstanding
    parts = []
    for row in version.instalments.all():
        amount = money_of(row.amount, version.currency)
        taken = min(covered, amount)
        covered -= taken
        if taken < amount:
            part = DueInstalment(
                deal_id=deal.pk, instalment_id=row.pk, due_on=row.due_on, open=amount - taken
            )
            parts.append(part)
    return parts
