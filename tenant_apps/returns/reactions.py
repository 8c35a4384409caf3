"""What follows from money that leaves, and from money that a deal has taken."""

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.kernel.money import Money
from tenant_apps.ledger.services import AccountCode, EntryKind, NewEntry, NewPosting, post_entry
from tenant_apps.payments.events import PaymentApplied
from tenant_apps.payments.selectors import payment_facts
from tenant_apps.returns.events import ChargebackLost, PaymentReversed, RefundSent
from tenant_apps.returns.services import write_off_remainder

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
