"""What follows from applied money, and from deals that change under their invoices."""

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.kernel.money import Money
from tenant_apps.clients.events import ClientsMerged
from tenant_apps.deals.events import DealAmended, DealCancelled, DealReopened
from tenant_apps.invoices.services import (
    AppliedMoney,
    adjust_invoices,
    give_up_invoices,
    move_invoices,
    settle_invoices,
)
from tenant_apps.payments.events import PaymentApplied


@reaction("invoices.issue_for_applied_money")
def issue_for_applied_money(event: PaymentApplied, occurrence: Occurrence) -> None:
    """Let the money meet open invoices, and invoice what is not invoiced yet."""
    applied = AppliedMoney(
        payment_id=event.payment_id,
        deal_id=event.deal_id,
        money=Money.of(event.amount, event.currency),
        event_id=occurrence.event_id,
        actor=occurrence.actor,
    )
    settle_invoices(applied=applied, at=occurrence.recorded_at)


@reaction("invoices.give_up_invoices")
def give_up_invoices_of_deal(event: DealReopened | DealCancelled, occurrence: Occurrence) -> None:
    """Discard the drafts of a deal that is no longer won; an issued invoice forbids the move."""
    give_up_invoices(deal_id=event.deal_id, actor=occurrence.actor, at=occurrence.recorded_at)


@reaction("invoices.adjust_invoices")
def adjust_invoices_of_deal(event: DealAmended, occurrence: Occurrence) -> None:
    """Discard the drafts of a deal with new terms; invoices beyond the new total forbid them."""
    adjust_invoices(deal_id=event.deal_id, actor=occurrence.actor, at=occurrence.recorded_at)


@reaction("invoices.move_invoices_of_client")
def move_invoices_of_client(event: ClientsMerged, occurrence: Occurrence) -> None:
    """List a duplicate's invoices under the client that takes over."""
    move_invoices(client_id=event.client_id, duplicate_id=event.duplicate_id)
