"""What follows from verified payments and won deals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.kernel.money import Money
from tenant_apps.clients.events import ClientAnonymised, ClientsMerged
from tenant_apps.deals.events import DealChanged, DealCreditChanged, DealRecovered, DealWon
from tenant_apps.ledger.services import AccountCode, EntryKind, NewEntry, NewPosting, post_entry
from tenant_apps.payments import services
from tenant_apps.payments.events import PaymentApplied, PaymentVerified
from tenant_apps.payments.selectors import PaymentFacts, payment_facts


@reaction("payments.post_cash_received")
def post_cash_received(event: PaymentVerified, occurrence: Occurrence) -> None:
    """Post the verified money: it came in, and until it is applied it is the client's credit."""
    facts = payment_facts(event.payment_id)
    money = facts.verified_amount or facts.amount
    postings = [
        Leg(AccountCode.CASH_CLEARING, facts).posting(money, is_debit=True),
        Leg(AccountCode.CLIENT_CREDIT, facts).posting(money, is_debit=False),
    ]
    _post(EntryKind.PAYMENT_VERIFIED, postings, facts=facts, occurrence=occurrence)


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
    """Post the applied money: the client's credit pays what the deal owes; or it is given back.

    Cash that another deal has received is received for the one that takes it from now on. Money
    of another currency passes through the account of FX differences, each side at its own amount.
    """
    facts = payment_facts(event.payment_id)
    taking = replace(facts, deal_id=event.deal_id)
    money = Money.of(abs(event.amount), event.currency)
    credit = Leg(AccountCode.CLIENT_CREDIT, facts)
    moves = [Move(credit, Leg(AccountCode.RECEIVABLE, taking), money)]
    used = money
    if event.used_amount is not None:
        used = Money.of(abs(event.used_amount), event.used_currency)
        between = Leg(AccountCode.FX_DIFFERENCE, taking)
        moves = [Move(credit, between, used), Move(between, moves[0].credited, money)]
    if facts.deal_id != event.deal_id:
        cash = AccountCode.CASH_CLEARING
        moves.append(Move(Leg(cash, taking), Leg(cash, facts), used))
    some = [move for move in moves if move.money]  # a yen's last dinar may have used no yen
    postings = [each for move in some for each in move.postings(is_back=event.amount < 0)]
    _post(EntryKind.PAYMENT_APPLICATION, postings, facts=facts, occurrence=occurrence)


@reaction("payments.note_who_gains")
def note_who_gains(event: DealChanged | DealCreditChanged, occurrence: Occurrence) -> None:
    """Keep whoever decided on money that a deal has taken from gaining by the deal."""
    services.note_who_gains(deal_id=event.deal_id, at=occurrence.recorded_at)


@reaction("payments.move_payments_of_client")
def move_payments_of_client(event: ClientsMerged, occurrence: Occurrence) -> None:
    """Give a duplicate's payments to the client that takes over."""
    services.move_payments(client_id=event.client_id, duplicate_id=event.duplicate_id)


@reaction("payments.refuse_payments_in_review")
def refuse_payments_in_review(event: ClientAnonymised, occurrence: Occurrence) -> None:
    """Keep a client's name while verifiers look at payments of the client."""
    services.refuse_payments_in_review(client_id=event.client_id)


@dataclass(frozen=True)
class Leg:
    """One side of a movement: an account, and the payment and deal that it concerns."""

    account: AccountCode
    facts: PaymentFacts

    def posting(self, money: Money, *, is_debit: bool) -> NewPosting:
        """Return the posting of an amount on one side."""
        return NewPosting(
            account=self.account,
            debit=money if is_debit else None,
            credit=None if is_debit else money,
            client_id=self.facts.client_id,
            deal_id=self.facts.deal_id,
            payment_id=self.facts.id,
        )


@dataclass(frozen=True)
class Move:
    """Money from the credited to the debited leg."""

    debited: Leg
    credited: Leg
    money: Money

    def postings(self, *, is_back: bool) -> tuple[NewPosting, NewPosting]:
        """Return both sides, turned round when the money comes back."""
        return (
            self.debited.posting(self.money, is_debit=not is_back),
            self.credited.posting(self.money, is_debit=is_back),
        )


def _post(
    kind: EntryKind, postings: Sequence[NewPosting], *, facts: PaymentFacts, occurrence: Occurrence
) -> None:
    entry = NewEntry(
        kind=kind,
        event_id=occurrence.event_id,
        at=occurrence.recorded_at,
        memo=facts.code,
        postings=tuple(postings),
    )
    post_entry(entry=entry)
