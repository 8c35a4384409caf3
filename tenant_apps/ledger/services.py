"""Writes of the ledger: append only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.ledger.chart import CHART, AccountCode, EntryKind
from tenant_apps.ledger.models import NET, Account, JournalEntry, Posting
from tenant_apps.ledger.selectors import has_postings

__all__ = [
    "AccountCode",
    "CurrencyLocked",
    "EntryKind",
    "InvalidPosting",
    "NewEntry",
    "NewPosting",
    "UnbalancedEntry",
    "move_client_balances",
    "post_entry",
    "refuse_once_posted",
    "seed_accounts",
]


class UnbalancedEntry(DomainError):
    """Debits and credits of one currency differ: a defect in our own posting rules."""

    code, status = "unbalanced_entry", 409
    message = "The journal entry does not balance."


class InvalidPosting(DomainError):
    """A posting has both sides, no side, or a negative amount."""

    code, status = "invalid_posting", 409
    message = "A posting has one positive side."


class CurrencyLocked(DomainError):
    """Money was posted: the books of an organization are kept in one currency for good."""

    code, status = "currency_locked", 409
    message = (
        "Money has been posted, so the currency cannot change any more. "
        "Found another organization to keep books in another currency."
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPosting:
    """One side of an entry: `debit` or `credit`, and whom and what it concerns."""

    account: AccountCode
    debit: Money | None = None
    credit: Money | None = None
    client_id: UUID | None = None
    deal_id: UUID | None = None
    payment_id: UUID | None = None
    invoice_id: UUID | None = None

    @property
    def money(self) -> Money:
        """Return the amount of the one side that is set. Raises: InvalidPosting."""
        given = [side for side in (self.debit, self.credit) if side is not None]
        if len(given) != 1 or given[0].amount <= 0:
            raise InvalidPosting
        return given[0]

    @property
    def signed(self) -> Decimal:
        """Return the amount, a credit as a negative number."""
        return self.money.amount if self.debit is not None else -self.money.amount


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEntry:
    """A movement to be. `event_id` names the event behind it; `at` is when it happened."""

    kind: EntryKind
    event_id: UUID
    at: datetime
    postings: tuple[NewPosting, ...]
    memo: str = ""


def post_entry(*, entry: NewEntry) -> UUID:
    """Post a balanced entry and return its id. The same kind and event post once only.

    Raises: UnbalancedEntry, InvalidPosting, IntegrityError on a second posting of the event.
    """
    _check_balance(entry.postings)
    posted = JournalEntry(
        kind=entry.kind,
        event_id=entry.event_id,
        occurred_at=entry.at,
        posted_on=local_day_of(entry.at),
        memo=entry.memo[:300],
    )
    # no savepoint: what fails here must undo the event that it follows from
    with transaction.atomic(savepoint=False):
        posted.save(force_insert=True)
        Posting.objects.bulk_create(_row(posted.pk, posting) for posting in entry.postings)
    return posted.pk


def move_client_balances(
    *, client_id: UUID, duplicate_id: UUID, event_id: UUID, at: datetime
) -> None:
    """Post what stands for one client over to another: per account, deal, payment and invoice.

    The caller holds off new postings of both. Nothing is posted when nothing stands.
    """
    what = ("account_id", "currency", "deal_id", "payment_id", "invoice_id")
    rows = Posting.objects.filter(client_id=duplicate_id).values(*what).annotate(net=Sum(NET))
    postings = [
        posting
        for row in rows.order_by(*what)
        if row["net"]
        for posting in (
            _moved(row, duplicate_id, -row["net"]),
            _moved(row, client_id, row["net"]),
        )
    ]
    if postings:
        entry = NewEntry(
            kind=EntryKind.CLIENTS_MERGED, event_id=event_id, at=at, postings=tuple(postings)
        )
        post_entry(entry=entry)


def _moved(row: Mapping[str, Any], client_id: UUID, net: Decimal) -> NewPosting:
    money = money_of(abs(net), row["currency"])
    return NewPosting(
        account=AccountCode(row["account_id"]),
        debit=money if net > 0 else None,
        credit=money if net < 0 else None,
        client_id=client_id,
        deal_id=row["deal_id"],
        payment_id=row["payment_id"],
        invoice_id=row["invoice_id"],
    )


def _check_balance(postings: Iterable[NewPosting]) -> None:
    sums: dict[str, Decimal] = {}
    for posting in postings:
        currency = posting.money.currency
        sums[currency] = sums.get(currency, Decimal(0)) + posting.signed
    if not sums or any(sums.values()):
        raise UnbalancedEntry


def _row(entry_id: UUID, posting: NewPosting) -> Posting:
    return Posting(
        entry_id=entry_id,
        account_id=posting.account,
        debit=posting.debit.amount if posting.debit else Decimal(0),
        credit=posting.credit.amount if posting.credit else Decimal(0),
        currency=posting.money.currency,
        client_id=posting.client_id,
        deal_id=posting.deal_id,
        payment_id=posting.payment_id,
        invoice_id=posting.invoice_id,
    )


def seed_accounts() -> None:
    """Give an organization the chart of accounts; accounts that exist are left alone."""
    Account.objects.bulk_create(
        [
            Account(
                code=code,
                name=kind.name,
                kind=kind.kind,
                is_debit_positive=kind.is_debit_positive,
            )
            for code, kind in CHART.items()
        ],
        ignore_conflicts=True,
    )


def refuse_once_posted() -> None:
    """Refuse what may change only before the first posting. Raises: CurrencyLocked."""
    if has_postings():
        raise CurrencyLocked
