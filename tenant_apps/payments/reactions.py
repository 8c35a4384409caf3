"""What follows from verified payments and won deals."""

from dataclasses import dataclass, replace

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.kernel.money import Money
from tenant_apps.clients.events import ClientAnonymised, ClientsMerged
from tenant_apps.deals.events import DealRecovered, DealWon
from tenant_apps.ledger.services import AccountCode, NewEntry, NewPosting, post_entry
from tenant_apps.payments import services
from tenant_apps.payments.events import PaymentApplied, PaymentVerified
from tenant_apps.payments.selectors import PaymentFacts, payment_facts


@reaction("payments.post_cash_received")
def post_cash_received(event: PaymentVerified, occurrence: Occurrence) -> None:
    """Post the verified money: it came in, and until it is applied it is the client's credit."""
    facts = payment_facts(event.payment_id)
    money = facts.verified_amount or facts.amount
    movement = Movement(AccountCode.CASH_CLEARING, AccountCode.CLIENT_CREDIT, money)
    _post("payment_verified", movement, facts=facts, occurrence=occurrence)


@reaction("payments.apply_payment")
def apply_payment(event: PaymentVerified, occurrence: Occurrence) -> None:
    """Apply the verified money when its deal is won."""
    cause = services.Cause(event_id=occurrence.event_id, actor=occurrence.actor)
    services.apply_payment(payment_id=event.payment_id, cause=cause, at=occurrence.recorded_at)


@reaction("payments.apply_verified_money")
def apply_verified_money(event: DealWon | DealRecovered, occurrence: Occurrence) -> None:
    """Apply the verified money that waited for the deal to be won."""
    cause = services.Cause(event_id=occurrence.event_id, actor=occurrence.actor)
    services.apply_waiting_money(deal_id=event.deal_id, cause=cause, at=occurrence.recorded_at)


@reaction("payments.post_application")
def post_application(event: PaymentApplied, occurrence: Occurrence) -> None:
    """Post the applied money: the client's credit pays what the deal owes; or it is given back."""
    facts = payment_facts(event.payment_id)
    money = Money.of(event.amount, event.currency)
    movement = Movement(AccountCode.CLIENT_CREDIT, AccountCode.RECEIVABLE, money)
    if money.amount < 0:
        movement = Movement(AccountCode.RECEIVABLE, AccountCode.CLIENT_CREDIT, -money)
    _post("payment_application", movement, facts=facts, occurrence=occurrence)


@reaction("payments.move_payments_of_client")
def move_payments_of_client(event: ClientsMerged, occurrence: Occurrence) -> None:
    """Give a duplicate's payments to the client that takes over."""
    services.move_payments(client_id=event.client_id, duplicate_id=event.duplicate_id)


@reaction("payments.refuse_payments_in_review")
def refuse_payments_in_review(event: ClientAnonymised, occurrence: Occurrence) -> None:
    """Keep a client's name while verifiers look at payments of the client."""
    services.refuse_payments_in_review(client_id=event.client_id)


@dataclass(frozen=True)
class Movement:
    """Money from the credited to the debited account."""

    debited: AccountCode
    credited: AccountCode
    money: Money


def _post(kind: str, movement: Movement, *, facts: PaymentFacts, occurrence: Occurrence) -> None:
    blank = NewPosting(
        account=movement.debited,
        client_id=facts.client_id,
        deal_id=facts.deal_id,
        payment_id=facts.id,
    )
    postings = (
        replace(blank, debit=movement.money),
        replace(blank, account=movement.credited, credit=movement.money),
    )
    entry = NewEntry(
        kind=kind,
        event_id=occurrence.event_id,
        at=occurrence.recorded_at,
        memo=facts.code,
        postings=postings,
    )
    post_entry(entry=entry)
