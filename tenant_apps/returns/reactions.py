"""What follows from money that leaves, and from money that a deal has taken."""

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.kernel.money import Money
from tenant_apps.clients.events import ClientsMerged
from tenant_apps.ledger.services import AccountCode, EntryKind, NewEntry, NewPosting, post_entry
from tenant_apps.payments.events import PaymentApplied
from tenant_apps.payments.selectors import payment_facts
from tenant_apps.returns.events import ChargebackLost, PaymentReversed, RefundSent
from tenant_apps.returns.selectors import refund_facts
from tenant_apps.returns.services import (
    expect_remainders_again,
    move_returns,
    write_off_remainder,
)

KINDS = {
    RefundSent: EntryKind.REFUND_SENT,
    ChargebackLost: EntryKind.CHARGEBACK,
    PaymentReversed: EntryKind.REVERSAL,
}


@reaction("returns.post_money_out")
def post_money_out(
    event: RefundSent | ChargebackLost | PaymentReversed, occurrence: Occurrence
) -> None:
    """Post the money that left: the client's credit and the cash are less."""
    facts = payment_facts(event.payment_id)
    money = Money.of(event.amount, event.currency)
    entry = NewEntry(
        kind=KINDS[type(event)],
        event_id=occurrence.event_id,
        at=occurrence.recorded_at,
        memo=facts.code,
        postings=(
            NewPosting(
                account=AccountCode.CLIENT_CREDIT,
                debit=money,
                client_id=facts.client_id,
                deal_id=facts.deal_id,
                payment_id=facts.id,
            ),
            NewPosting(
                account=AccountCode.CASH_CLEARING,
                credit=money,
                client_id=facts.client_id,
                deal_id=facts.deal_id,
                payment_id=facts.id,
            ),
        ),
    )
    post_entry(entry=entry)


@reaction("returns.write_off_remainder")
def write_off_small_remainder(event: PaymentApplied, occurrence: Occurrence) -> None:
    """Give up what is left to pay when it is within the tolerance."""
    write_off_remainder(deal_id=event.deal_id, currency=event.currency, at=occurrence.recorded_at)


@reaction("returns.expect_remainders_again")
def expect_small_remainders_again(
    event: RefundSent | ChargebackLost | PaymentReversed, occurrence: Occurrence
) -> None:
    """Expect a remainder again whose deal owes the money that left; not of a reduced sale."""
    if isinstance(event, RefundSent) and refund_facts(event.return_id).reduces_sale:
        return
    expect_remainders_again(payment_id=event.payment_id, at=occurrence.recorded_at)


@reaction("returns.move_returns_of_client")
def move_returns_of_client(event: ClientsMerged, occurrence: Occurrence) -> None:
    """Give a duplicate's returns to the client that takes over."""
    move_returns(client_id=event.client_id, duplicate_id=event.duplicate_id)
