"""How a client stands on a day, as dashboards, policies and the risk of a payment see it."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Case, CharField, OuterRef, QuerySet, Value, When

from tenant_apps.clients.selectors import clients_by_id
from tenant_apps.deals.selectors import has_bad_deal, has_late_deal
from tenant_apps.ledger.selectors import owes_something

if TYPE_CHECKING:
    from tenant_apps.clients.models import Client


class AccountStatus(StrEnum):
    """How worried one should be, from worst to best: the worst that is true is the status."""

    BAD_DEBT = "bad_debt"
    OVERDUE = "overdue"
    PENDING = "pending"
    CLEAR = "clear"


def with_account_status(clients: "QuerySet[Client]", *, today: date) -> "QuerySet[Client]":
    """Annotate `account_status`: bad_debt, overdue, pending or clear, as of `today`."""
    client = OuterRef("pk")
    status = Case(
        When(has_bad_deal(client), then=Value(AccountStatus.BAD_DEBT)),
        When(has_late_deal(client, today=today), then=Value(AccountStatus.OVERDUE)),
        When(owes_something(client), then=Value(AccountStatus.PENDING)),
        default=Value(AccountStatus.CLEAR),
        output_field=CharField(),
    )
    return clients.annotate(account_status=status)


def account_status_of(client_id: UUID, *, today: date) -> AccountStatus:
    """Return how a client stands on a day. Raises: KeyError for an unknown client."""
    client = clients_by_id([client_id])[client_id]
    rated = with_account_status(type(client).objects.filter(pk=client_id), today=today).get()
    return AccountStatus(vars(rated)["account_status"])
