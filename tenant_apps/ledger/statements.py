"""A client's statement of account: what stands between us and them, movement by movement.

The balance is what the client owes less what we owe the client (receivable - client credit). Money
that only moves from credit to a deal changes neither, so applications do not show.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.ledger.chart import AccountCode
from tenant_apps.ledger.models import NET, Posting

OF_CLIENTS = (AccountCode.RECEIVABLE, AccountCode.CLIENT_CREDIT)


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementLine:
    """One movement: positive raises what the client owes; `balance` is that after it."""

    entry_id: UUID
    posted_on: date
    kind: str
    memo: str
    amount: Money
    balance: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """The movements of a period in one currency, between two balances."""

    currency: str
    opening: Money
    lines: tuple[StatementLine, ...]
    closing: Money


def statement_of(
    client_id: UUID, *, currency: str, since: date | None = None, until: date | None = None
) -> Statement:
    """Return the client's statement in one currency; both days belong to it. Two queries."""
    postings = Posting.objects.filter(
        client_id=client_id, currency=currency, account_id__in=OF_CLIENTS
    )
    opening = _sum(postings.filter(entry__posted_on__lt=since)) if since else Decimal(0)
    rows = _movements(postings, since=since, until=until)
    lines = tuple(_lines(rows, currency=currency, balance=opening))
    closing = lines[-1].balance if lines else money_of(opening, currency)
    return Statement(
        currency=currency, opening=money_of(opening, currency), lines=lines, closing=closing
    )


def currencies_of_client(client_id: UUID) -> list[str]:
    """Return the currencies in which something was ever posted for the client."""
    postings = Posting.objects.filter(client_id=client_id, account_id__in=OF_CLIENTS)
    return list(postings.order_by("currency").values_list("currency", flat=True).distinct())


def _movements(
    postings: QuerySet[Posting], *, since: date | None, until: date | None
) -> Iterable[Mapping[str, Any]]:
    if since:
        postings = postings.filter(entry__posted_on__gte=since)
    if until:
        postings = postings.filter(entry__posted_on__lte=until)
    fields = ("entry_id", "entry__posted_on", "entry__occurred_at", "entry__kind", "entry__memo")
    moved = postings.values(*fields).annotate(net=Sum(NET)).exclude(net=0)
    return list(moved.order_by("entry__posted_on", "entry__occurred_at", "entry_id"))


def _sum(postings: QuerySet[Posting]) -> Decimal:
    net: Decimal | None = postings.aggregate(net=Sum(NET))["net"]
    return net or Decimal(0)


def _lines(
    rows: Iterable[Mapping[str, Any]], *, currency: str, balance: Decimal
) -> Iterator[StatementLine]:
    for row in rows:
        balance += row["net"]
        yield StatementLine(
            entry_id=row["entry_id"],
            posted_on=row["entry__posted_on"],
            kind=row["entry__kind"],
            memo=row["entry__memo"],
            amount=money_of(row["net"], currency),
            balance=money_of(balance, currency),
        )
