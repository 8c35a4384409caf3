"""Movements as the apps above post them."""

from datetime import datetime
from uuid import UUID, uuid4

from shared_apps.kernel.money import Money
from tenant_apps.ledger.services import AccountCode, EntryKind, NewEntry, NewPosting, post_entry


def post(*postings: NewPosting, at: datetime, event_id: UUID | None = None) -> UUID:
    """Post an entry of some kind."""
    kind = EntryKind.PAYMENT_VERIFIED
    entry = NewEntry(kind=kind, event_id=event_id or uuid4(), at=at, postings=postings)
    return post_entry(entry=entry)


def sell(
    deal_id: UUID,
    net: str,
    *,
    at: datetime,
    tax: str = "0",
    currency: str = "USD",
    client_id: UUID | None = None,
    event_id: UUID | None = None,
) -> UUID:
    """Post the price of a deal."""
    net_money, tax_money = Money.of(net, currency), Money.of(tax, currency)
    postings = [
        NewPosting(
            account=AccountCode.RECEIVABLE,
            debit=net_money + tax_money,
            deal_id=deal_id,
            client_id=client_id,
        ),
        NewPosting(account=AccountCode.REVENUE, credit=net_money, deal_id=deal_id),
    ]
    if tax_money:
        postings.append(
            NewPosting(account=AccountCode.TAX_PAYABLE, credit=tax_money, deal_id=deal_id)
        )
    return post(*postings, at=at, event_id=event_id)


def receive_money(deal_id: UUID, payment_id: UUID, amount: str, *, at: datetime) -> UUID:
    """Post verified money that came in for a deal."""
    money = Money.of(amount, "USD")
    return post(
        NewPosting(
            account=AccountCode.CASH_CLEARING, debit=money, deal_id=deal_id, payment_id=payment_id
        ),
        NewPosting(
            account=AccountCode.CLIENT_CREDIT, credit=money, deal_id=deal_id, payment_id=payment_id
        ),
        at=at,
    )


def apply_money(deal_id: UUID, payment_id: UUID, amount: str, *, at: datetime) -> UUID:
    """Post verified money that pays what a deal owes."""
    money = Money.of(amount, "USD")
    return post(
        NewPosting(
            account=AccountCode.CLIENT_CREDIT, debit=money, deal_id=deal_id, payment_id=payment_id
        ),
        NewPosting(
            account=AccountCode.RECEIVABLE, credit=money, deal_id=deal_id, payment_id=payment_id
        ),
        at=at,
    )
