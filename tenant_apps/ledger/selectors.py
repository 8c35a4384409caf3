"""Reads of the ledger; sums are made by the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from shared_apps.kernel.models import AmountField, money_of
from shared_apps.kernel.money import Money
from tenant_apps.ledger.chart import CHART, AccountCode
from tenant_apps.ledger.models import NET, Account, JournalEntry, Posting
from tenant_apps.ledger.statements import OF_CLIENTS

__all__ = [
    "AccountCode",
    "DealPosition",
    "EntryFilters",
    "TrialBalanceRow",
    "applied_amount",
    "applied_to_deal",
    "applied_to_deals",
    "balance_of",
    "deals_with_bad_debt",
    "get_entry",
    "holds_cash",
    "last_applied_on",
    "list_accounts",
    "list_entries",
    "open_balances_of_client",
    "outstanding_amount",
    "outstanding_of_deal",
    "owes_something",
    "positions_of_deals",
    "received_amount",
    "received_for_deal",
    "trial_balance",
]

_APPLIED = Q(account_id=AccountCode.RECEIVABLE, payment_id__isnull=False)


def balance_of(
    account: AccountCode,
    *,
    currency: str,
    client_id: UUID | None = None,
    deal_id: UUID | None = None,
) -> Money:
    """Return an account's balance in one currency, of one client or deal when named.

    Positive on the account's own side: debit for receivable, cash_clearing and expenses, credit
    for client_credit, revenue and tax_payable.
    """
    postings = Posting.objects.filter(account_id=account, currency=currency)
    if client_id:
        postings = postings.filter(client_id=client_id)
    if deal_id:
        postings = postings.filter(deal_id=deal_id)
    net = _net(postings, currency)
    return net if CHART[account].is_debit_positive else -net


def _net(postings: QuerySet[Posting], currency: str) -> Money:
    net: Decimal | None = postings.aggregate(net=Sum(NET))["net"]
    return money_of(net or Decimal(0), currency)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientBalance:
    """What a client owes and has to its credit, in one currency."""

    currency: str
    outstanding: Money
    credit: Money


def open_balances_of_client(client_id: UUID) -> list[ClientBalance]:
    """Return the client's balances that are not zero, by currency. One query."""
    rows = (
        Posting.objects.filter(client_id=client_id, account_id__in=OF_CLIENTS)
        .values("currency")
        .annotate(
            outstanding=Sum(NET, filter=Q(account_id=AccountCode.RECEIVABLE)),
            credit=Sum(NET, filter=Q(account_id=AccountCode.CLIENT_CREDIT)),
        )
        .order_by("currency")
    )
    return [
        ClientBalance(
            currency=row["currency"],
            outstanding=money_of(row["outstanding"] or Decimal(0), row["currency"]),
            credit=-money_of(row["credit"] or Decimal(0), row["currency"]),
        )
        for row in rows
        if row["outstanding"] or row["credit"]
    ]


def owes_something(client: OuterRef) -> Exists:
    """Return a condition for another app's query: its client owes money in some currency."""
    postings = Posting.objects.filter(client_id=client, account_id=AccountCode.RECEIVABLE)
    owed = postings.order_by().values("currency").annotate(net=Sum(NET)).filter(net__gt=0)
    return Exists(owed)


def applied_to_deal(deal_id: UUID, currency: str) -> Money:
    """Return the verified money that has reduced the deal's receivable."""
    return -_net(Posting.objects.filter(_APPLIED, deal_id=deal_id, currency=currency), currency)


def applied_to_deals(deal_ids: Iterable[UUID]) -> dict[UUID, Money]:
    """Return the applied money of each deal that has any, in one query."""
    positions = positions_of_deals(deal_ids)
    return {deal_id: found.applied for deal_id, found in positions.items() if found.applied}


def applied_amount(*, deal: OuterRef, currency: OuterRef) -> Combinable:
    """Return an expression for another app's query: the verified money applied to its deal."""
    return _per_deal(_APPLIED, -Sum(NET), deal=deal, currency=currency)


def outstanding_amount(*, deal: OuterRef, currency: OuterRef) -> Combinable:
    """Return an expression for another app's query: what is owed on its deal."""
    receivable = Q(account_id=AccountCode.RECEIVABLE)
    return _per_deal(receivable, Sum(NET), deal=deal, currency=currency)


def received_amount(*, deal: OuterRef, currency: OuterRef) -> Combinable:
    """Return an expression for another app's query: the verified money received for its deal."""
    cash = Q(account_id=AccountCode.CASH_CLEARING)
    return _per_deal(cash, Sum(NET), deal=deal, currency=currency)


def _per_deal(
    condition: Q, measure: Combinable, *, deal: OuterRef, currency: OuterRef
) -> Combinable:
    sums = (
        Posting.objects.filter(condition, deal_id=deal, currency=currency)
        .order_by()
        .values("deal_id")
        .annotate(amount=measure)
        .values("amount")
    )
    return Coalesce(Subquery(sums), Decimal(0), output_field=AmountField())


def outstanding_of_deal(deal_id: UUID, currency: str) -> Money:
    """Return what is still owed on the deal: its receivable balance."""
    return balance_of(AccountCode.RECEIVABLE, currency=currency, deal_id=deal_id)


def received_for_deal(deal_id: UUID, currency: str) -> Money:
    """Return the verified money that came in for the deal, applied or not."""
    return balance_of(AccountCode.CASH_CLEARING, currency=currency, deal_id=deal_id)


def deals_with_bad_debt() -> list[UUID]:
    """Return the deals of which something stands as given up. One query."""
    lost = Posting.objects.filter(account_id=AccountCode.BAD_DEBT, deal_id__isnull=False)
    sums = lost.values("deal_id").annotate(net=Sum(NET)).filter(net__gt=0)
    return [row["deal_id"] for row in sums.order_by("deal_id") if row["deal_id"]]


def last_applied_on(deal_id: UUID) -> date | None:
    """Return the last day on which a deal took money from a payment or gave it back."""
    postings = Posting.objects.filter(_APPLIED, deal_id=deal_id)
    last: date | None = postings.aggregate(last=Max("entry__posted_on"))["last"]
    return last


def holds_cash(deal_id: UUID) -> bool:
    """Return whether verified money lies on a deal, in whatever currency it came."""
    cash = Posting.objects.filter(account_id=AccountCode.CASH_CLEARING, deal_id=deal_id)
    sums = cash.values("currency").annotate(net=Sum(NET)).filter(net__gt=0)
    return sums.exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class DealPosition:
    """A deal's money: still owed, applied to it, and received for it (applied or not)."""

    outstanding: Money
    applied: Money
    received: Money


def positions_of_deals(deal_ids: Iterable[UUID]) -> dict[UUID, DealPosition]:
    """Return the position of each deal that has postings, in one query.

    A deal whose currency changed before it was won again counts where it is not at zero.
    """
    rows = (
        Posting.objects.filter(deal_id__in=list(deal_ids))
        .values("deal_id", "currency")
        .annotate(
            outstanding=Sum(NET, filter=Q(account_id=AccountCode.RECEIVABLE)),
            applied=Sum(NET, filter=_APPLIED),
            received=Sum(NET, filter=Q(account_id=AccountCode.CASH_CLEARING)),
        )
        .order_by("deal_id", "currency")
    )
    positions: dict[UUID, DealPosition] = {}
    for row in rows:
        deal_id = row["deal_id"]
        has_terms = row["outstanding"] or row["applied"]
        # cash of another currency alone says nothing about the deal in its own
        if deal_id and (has_terms or (row["received"] and deal_id not in positions)):
            positions[deal_id] = _position(row)
    return positions


def _position(row: Mapping[str, Any]) -> DealPosition:
    currency: str = row["currency"]
    return DealPosition(
        outstanding=money_of(row["outstanding"] or Decimal(0), currency),
        applied=-money_of(row["applied"] or Decimal(0), currency),
        received=money_of(row["received"] or Decimal(0), currency),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialBalanceRow:
    """The sums of one account in one currency; `balance` is positive on the account's own side."""

    account: str
    name: str
    debit: Money
    credit: Money
    balance: Money


def trial_balance(*, as_of: date | None = None) -> list[TrialBalanceRow]:
    """Return debits, credits and balance per account and currency, up to a day when named.

    Per currency the debits equal the credits, always.
    """
    postings = Posting.objects.all()
    if as_of:
        postings = postings.filter(entry__posted_on__lte=as_of)
    rows = (
        postings.values("account_id", "currency")
        .annotate(debits=Sum("debit"), credits=Sum("credit"))
        .order_by("currency", "account_id")
    )
    return [_trial_balance_row(row) for row in rows]


def _trial_balance_row(row: Mapping[str, Any]) -> TrialBalanceRow:
    kind = CHART[AccountCode(row["account_id"])]
    debit = money_of(row["debits"], row["currency"])
    credit = money_of(row["credits"], row["currency"])
    return TrialBalanceRow(
        account=row["account_id"],
        name=kind.name,
        debit=debit,
        credit=credit,
        balance=debit - credit if kind.is_debit_positive else credit - debit,
    )


def has_postings() -> bool:
    """Return whether any money was ever posted."""
    return JournalEntry.objects.exists()


def list_accounts() -> QuerySet[Account]:
    """Return the chart of accounts in order of code."""
    return Account.objects.order_by("code")


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryFilters:
    """What a reader of the journal may ask for; None asks nothing."""

    account: str | None = None
    currency: str | None = None
    kind: str | None = None
    client_id: UUID | None = None
    deal_id: UUID | None = None
    payment_id: UUID | None = None
    posted_from: date | None = None
    posted_to: date | None = None


def list_entries(*, filters: EntryFilters) -> QuerySet[JournalEntry]:
    """Return journal entries with their postings, newest first."""
    entries = JournalEntry.objects.filter(_entry_conditions(filters))
    postings = _posting_conditions(filters)
    if postings:
        matching = Posting.objects.filter(**postings).values("entry_id")
        entries = entries.filter(pk__in=matching)
    return entries.prefetch_related(_with_postings()).order_by("-occurred_at", "-pk")


def _entry_conditions(filters: EntryFilters) -> Q:
    asked = {
        "kind": filters.kind,
        "posted_on__gte": filters.posted_from,
        "posted_on__lte": filters.posted_to,
    }
    return Q(**{name: value for name, value in asked.items() if value is not None})


def _posting_conditions(filters: EntryFilters) -> dict[str, Any]:
    asked = {
        "account_id": filters.account,
        "currency": filters.currency,
        "client_id": filters.client_id,
        "deal_id": filters.deal_id,
        "payment_id": filters.payment_id,
    }
    return {name: value for name, value in asked.items() if value is not None}


def get_entry(*, entry_id: UUID) -> JournalEntry:
    """Return one entry with its postings. Raises: JournalEntry.DoesNotExist."""
    return JournalEntry.objects.prefetch_related(_with_postings()).get(pk=entry_id)


def _with_postings() -> "Prefetch[str, QuerySet[Posting], str]":
    return Prefetch("postings", queryset=Posting.objects.order_by("pk"))
