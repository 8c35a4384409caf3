"""What follows from applied money."""

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.kernel.money import Money
from tenant_apps.invoices.services import AppliedMoney, settle_invoices
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
