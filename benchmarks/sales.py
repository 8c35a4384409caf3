"""Deals by the thousand, in the tables of the product's own models.

The services enter one deal after the other, with its events, which a list does not read. Here the
rows that a list does read are inserted in bulk: deal, version, instalment and credit.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.ids import uuid7
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import NewClient, create_client
from tenant_apps.deals.models import Deal, DealVersion, Instalment, SalesCreditSplit

CLIENTS = 20
DEALS_PER_INSERT = 2000
FIRST_DAY = date(2026, 1, 1)
STATUSES = ("open", "won", "draft", "open")


@dataclass(frozen=True)
class _Sale:
    deal: Deal
    version: DealVersion
    instalment: Instalment
    split: SalesCreditSplit


def fill_deals(*, owner: User, count: int) -> None:
    """Insert so many deals of the owner, half of them open, a quarter won."""
    clients = _find_clients(owner)
    first = Deal.objects.count()
    for start in range(first, first + count, DEALS_PER_INSERT):
        stop = min(start + DEALS_PER_INSERT, first + count)
        _insert([_sale(number, owner, clients) for number in range(start, stop)])


def _find_clients(owner: User) -> list[Client]:
    found = list(Client.objects.order_by("pk"))
    return found or [
        create_client(new=NewClient(name=f"Client {number:02}"), by=owner, at=utc_now())
        for number in range(CLIENTS)
    ]


def _sale(number: int, owner: User, clients: list[Client]) -> _Sale:
    day = FIRST_DAY + timedelta(days=number % 300)
    status = STATUSES[number % len(STATUSES)]
    amount = Decimal(100 + number % 900)
    deal, version = Deal(id=uuid7()), DealVersion(id=uuid7())
    deal.code, deal.name = f"B-{number:07}", f"Deal {number:07}"
    deal.client, deal.owner, deal.current_version = clients[number % len(clients)], owner, version
    deal.deal_on, deal.status = day, status
    deal.won_at = utc_now() if status == "won" else None
    version.deal, version.number, version.currency = deal, 1, "USD"
    version.net = version.total = amount
    version.tax = Decimal(0)
    return _Sale(
        deal,
        version,
        Instalment(version=version, position=1, due_on=day, amount=amount),
        SalesCreditSplit(deal=deal, payee=owner, share_percent=Decimal(100)),
    )


@transaction.atomic
def _insert(sales: list[_Sale]) -> None:
    Deal.objects.bulk_create(sale.deal for sale in sales)
    DealVersion.objects.bulk_create(sale.version for sale in sales)
    Instalment.objects.bulk_create(sale.instalment for sale in sales)
    SalesCreditSplit.objects.bulk_create(sale.split for sale in sales)
