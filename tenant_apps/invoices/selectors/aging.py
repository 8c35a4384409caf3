"""How old the open invoices are: in buckets of days after their due day, per currency."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from shared_apps.kernel.models import AmountField, money_of
from shared_apps.kernel.money import Money, total
from tenant_apps.invoices.models import (
    CreditNote,
    InvoiceLoss,
    InvoiceQuerySet,
    InvoiceSettlement,
    Status,
)
from tenant_apps.invoices.selectors.buckets import BUCKETS
from tenant_apps.invoices.selectors.lists import VIEW, visible_invoices

if TYPE_CHECKING:
    from datetime import datetime

    from tenant_apps.accounts.models import User


@dataclass(frozen=True, kw_only=True, slots=True)
class AgingRow:
    """What one client (or everybody) owes on invoices in one currency, by age."""

    client_id: UUID | None
    client_code: str
    client_name: str
    currency: str
    buckets: dict[str, Money]

    @property
    def open(self) -> Money:
        """Return what is open in all buckets."""
        return total(self.buckets.values(), currency=self.currency)


def aging_by_client(*, viewer: "User", as_of: date, until: "datetime") -> list[AgingRow]:
    """Return what each client owes on the invoices that the viewer may see, on a day. One query.

    `until` is the end of that day: money and credit notes of later are not counted, invoices issued
    later are not there. Raises: PermissionRefused.
    """
    keys = ("client_id", "client__code", "client__name", "currency")
    rows = _sums(viewer, as_of, until, *keys)
    return _rows(rows, *keys)


def aging_totals(*, viewer: "User", as_of: date, until: "datetime") -> list[AgingRow]:
    """Return what all clients together owe, a row per currency. One query; see aging_by_client."""
    return _rows(_sums(viewer, as_of, until, "currency"), "currency")


def _sums(viewer: "User", as_of: date, until: "datetime", *keys: str) -> "QuerySet[Any, Any]":
    invoices = visible_invoices(viewer, VIEW).filter(status=Status.ISSUED, issued_on__lte=as_of)
    aged = _with_age(invoices, as_of, until).filter(open_on__gt=0)
    sums: QuerySet[Any, Any] = aged.values(*keys, "age").annotate(sum=Sum("open_on"))
    return sums.order_by(*keys, "age")


def _with_age(invoices: InvoiceQuerySet, as_of: date, until: "datetime") -> "QuerySet[Any, Any]":
    """Add what is open of each invoice on a day, and the bucket that it lies in."""
    settled = InvoiceSettlement.objects.filter(invoice=OuterRef("pk"), settled_at__lt=until)
    credited = CreditNote.objects.filter(invoice=OuterRef("pk"), issued_at__lt=until)
    lost = InvoiceLoss.objects.filter(invoice=OuterRef("pk"), noted_at__lt=until)
    gone = _sum_of(settled, "amount") + _sum_of(credited, "total") + _sum_of(lost, "amount")
    left = F("total") - gone
    whens = [
        When(Q(due_on__gte=as_of - timedelta(days=days)), then=Value(name))
        for name, days in BUCKETS.items()
        if days is not None
    ]
    age = Case(*whens, default=Value("days_over_90"), output_field=CharField())
    return invoices.annotate(open_on=left, age=age)


def _sum_of(rows: "QuerySet[Any]", field: str) -> Coalesce:
    sums = rows.order_by().values("invoice").annotate(sum=Sum(field)).values("sum")
    return Coalesce(Subquery(sums), Decimal(0), output_field=AmountField())


def _rows(found: "QuerySet[Any, Any]", *keys: str) -> list[AgingRow]:
    rows: dict[tuple[Any, ...], AgingRow] = {}
    for each in found:
        key, currency = tuple(each[name] for name in keys), each["currency"]
        row = rows.setdefault(
            key,
            AgingRow(
                client_id=each.get("client_id"),
                client_code=each.get("client__code", ""),
                client_name=each.get("client__name", ""),
                currency=currency,
                buckets={name: Money.zero(currency) for name in BUCKETS},
            ),
        )
        row.buckets[each["age"]] = money_of(each["sum"], currency)
    return list(rows.values())
