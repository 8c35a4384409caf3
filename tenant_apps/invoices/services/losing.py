"""Give up what the invoices of a deal ask for, and expect it again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money
from tenant_apps.deals.selectors import deal_terms, lock_deal
from tenant_apps.invoices.events import InvoiceExpectedAgain, InvoiceWrittenOff
from tenant_apps.invoices.models import Invoice, InvoiceLoss
from tenant_apps.invoices.selectors import lost_amount, open_invoices
from tenant_apps.invoices.services.guarding import discard_drafts


@transaction.atomic(savepoint=False)
def write_off_invoices(*, deal_id: UUID, event_id: UUID, actor: Actor, at: datetime) -> None:
    """Give up what is open of a deal's invoices: the deal owes nothing any more.

    No reminder asks for it, and it does not age. Drafts that no money has met are discarded. Locks
    the deal; records InvoiceWrittenOff.
    """
    lock_deal(deal_id)
    discard_drafts(deal_id=deal_id, actor=actor, at=at)
    for each in open_invoices(deal_id, currency=deal_terms(deal_id).currency):
        _note(each.invoice, each.open, event_id=event_id, at=at)
        event = InvoiceWrittenOff(invoice_id=each.invoice.pk)
        record(event, actor=actor, at=at, after={"amount": str(each.open)})


@transaction.atomic(savepoint=False)
def expect_invoices_again(*, deal_id: UUID, event_id: UUID, actor: Actor, at: datetime) -> None:
    """Ask for what was given up of a deal's invoices again, those of a sale that ended excepted.

    Locks the deal; records InvoiceExpectedAgain.
    """
    lock_deal(deal_id)
    invoices = Invoice.objects.of_present_sale().filter(deal_id=deal_id).with_settled()
    for invoice in invoices.order_by("pk"):
        lost = lost_amount(invoice)
        if lost:
            _note(invoice, -lost, event_id=event_id, at=at)
            event = InvoiceExpectedAgain(invoice_id=invoice.pk)
            record(event, actor=actor, at=at, after={"amount": str(lost)})


def _note(invoice: Invoice, money: Money, *, event_id: UUID, at: datetime) -> None:
    InvoiceLoss.objects.create(
        invoice=invoice,
        amount=money.amount,
        currency=money.currency,
        event_id=event_id,
        noted_at=at,
    )
