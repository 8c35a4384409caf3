"""Where a client stands with us, and all that happened between us."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, QuerySet, Value
from django.db.models.lookups import Exact

from shared_apps.audit.selectors import list_events_about
from shared_apps.kernel.money import Money
from tenant_apps.access.scopes import has_permission
from tenant_apps.clients.selectors import visible_clients, with_names
from tenant_apps.deals.selectors import overdue_by_client, visible_deals
from tenant_apps.invoices.selectors import visible_invoices
from tenant_apps.ledger.selectors import open_balances_of_client
from tenant_apps.payments.selectors import money_in_review, visible_payments
from tenant_apps.payments.standing import AccountStatus, with_account_status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared_apps.audit.models import EventRecord
    from tenant_apps.accounts.models import User
    from tenant_apps.clients.models import Client
    from tenant_apps.deals.models import Deal

MONEY = "payments.view"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountBalance:
    """What a client owes, how much of it past its day, and their credit, in one currency."""

    outstanding: Money
    overdue: Money
    credit: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientAccount:
    """A client's standing on one day; money in review counts in no balance yet."""

    status: AccountStatus
    balances: tuple[AccountBalance, ...]
    in_review: tuple[Money, ...]


def list_account_statuses(
    *, viewer: "User", today: date, status: str | None = None
) -> "QuerySet[Client]":
    """Return the clients that the viewer may see the money of, with their account status.

    Raises: PermissionRefused.
    """
    clients = with_names(visible_clients(viewer, MONEY).filter(archived_at=None))
    clients = with_account_status(clients, today=today)
    if status:
        clients = clients.filter(Exact(F("account_status"), Value(status)))
    return clients.order_by("name", "pk")


def account_of(client: "Client", *, today: date) -> ClientAccount:
    """Return where a client stands. The caller has checked who may see it."""
    overdue = {money.currency: money for money in overdue_of(client.pk, today=today)}
    balances = tuple(
        AccountBalance(
            outstanding=balance.outstanding,
            overdue=overdue.get(balance.currency, Money.zero(balance.currency)),
            credit=balance.credit,
        )
        for balance in open_balances_of_client(client.pk)
    )
    (rated,) = with_account_status(type(client).objects.filter(pk=client.pk), today=today)
    return ClientAccount(
        status=AccountStatus(vars(rated)["account_status"]),
        balances=balances,
        in_review=tuple(money_in_review(client.pk)),
    )


def overdue_of(client_id: UUID, *, today: date) -> list[Money]:
    """Return what a client owes past its day, a sum per currency."""
    return overdue_by_client([client_id], today=today).get(client_id, [])


def activity_of(client: "Client", *, viewer: "User") -> "QuerySet[EventRecord]":
    """Return what happened to a client and to those of its deals and papers the viewer may see."""
    subjects: dict[str, Any] = {"clients.client": [client.pk]}
    for subject_type, (permission, visible) in _BELOW.items():
        if has_permission(viewer, permission):
            rows = visible(viewer).filter(client_id=client.pk)
            subjects[subject_type] = rows.order_by().values_list("pk", flat=True)
    return list_events_about(subjects)


def activity_of_deal(deal: "Deal", *, viewer: "User") -> "QuerySet[EventRecord]":
    """Return what happened to a deal and to those of its papers the viewer may see."""
    subjects: dict[str, Any] = {"deals.deal": [deal.pk]}
    for subject_type in ("payments.payment", "invoices.invoice"):
        permission, visible = _BELOW[subject_type]
        if has_permission(viewer, permission):
            rows = visible(viewer).filter(deal_id=deal.pk)
            subjects[subject_type] = rows.order_by().values_list("pk", flat=True)
    return list_events_about(subjects)


_BELOW: "Mapping[str, tuple[str, Callable[[User], QuerySet[Any]]]]" = {
    "deals.deal": ("deals.view", visible_deals),
    "payments.payment": (MONEY, visible_payments),
    "invoices.invoice": ("invoices.view", visible_invoices),
}
