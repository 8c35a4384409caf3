"""What invoices forbid their deal: it sits below them and cannot ask."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from tenant_apps.deals.selectors import deal_terms, lock_deal
from tenant_apps.invoices.events import InvoiceDiscarded
from tenant_apps.invoices.models import Invoice, InvoiceLine, Status
from tenant_apps.invoices.selectors import credited_amount, invoiced_shares
from tenant_apps.invoices.shares import gross_of


class DealIsInvoiced(DomainError):
    """The deal has an issued invoice, which stands until it is credited."""

    code, status = "deal_is_invoiced", 409
    message = "An invoice of this deal is issued; it has to be credited first."


class AmendedBelowInvoiced(DomainError):
    """More has been invoiced than the deal would cost."""

    code, status = "amended_below_invoiced", 409
    message = "More of this deal is invoiced than the new total; credit the difference first."


@transaction.atomic(savepoint=False)
def give_up_invoices(*, deal_id: UUID, actor: Actor, at: datetime) -> None:
    """Discard the drafts of a deal that is no longer won. Locks the deal; see discard_drafts.

    Issued invoices, all credited in full, belong to a sale that has ended: when the deal is won
    again, the whole of it is to be invoiced.
    Raises: DealIsInvoiced.
    """
    lock_deal(deal_id)
    refuse_invoiced(deal_id)
    end_sale(deal_id=deal_id, at=at)
    discard_drafts(deal_id=deal_id, actor=actor, at=at)


def refuse_invoiced(deal_id: UUID) -> None:
    """Refuse to end the sale of a deal whose invoices are not credited in full.

    Raises: DealIsInvoiced.
    """
    issued = Invoice.objects.of_present_sale().filter(deal_id=deal_id, status=Status.ISSUED)
    if any(credited_amount(invoice) < invoice.total_money for invoice in issued.with_settled()):
        raise DealIsInvoiced


def end_sale(*, deal_id: UUID, at: datetime) -> None:
    """Count a deal's issued invoices as invoiced no more; runs under the deal's lock."""
    issued = Invoice.objects.of_present_sale().filter(deal_id=deal_id, status=Status.ISSUED)
    issued.update(sale_ended_at=at)


@transaction.atomic(savepoint=False)
def adjust_invoices(*, deal_id: UUID, actor: Actor, at: datetime) -> None:
    """Discard the drafts of a deal with new terms, and keep what is invoiced within them.

    Locks the deal. Raises: AmendedBelowInvoiced.
    """
    lock_deal(deal_id)
    discard_drafts(deal_id=deal_id, actor=actor, at=at)
    terms = deal_terms(deal_id)
    invoiced = invoiced_shares(deal_id, currency=terms.currency)
    if gross_of(list(invoiced.values()), currency=terms.currency) > terms.total:
        raise AmendedBelowInvoiced


def discard_drafts(*, deal_id: UUID, actor: Actor, at: datetime) -> None:
    """Delete the drafts of a deal that no money has met; each records InvoiceDiscarded."""
    drafts = Invoice.objects.filter(deal_id=deal_id, status=Status.DRAFT, settlements=None)
    for draft in drafts.order_by("pk"):
        after = {"total": str(draft.total_money)}
        record(InvoiceDiscarded(invoice_id=draft.pk), actor=actor, at=at, before=after)
        InvoiceLine.objects.filter(invoice=draft).delete()
        draft.delete()
