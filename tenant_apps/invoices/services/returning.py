"""Credit notes that follow from money that goes back, and what they do to the ledger."""

from datetime import datetime
from uuid import UUID

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money, total
from shared_apps.organizations.selectors import organization_settings
from tenant_apps.invoices.models import CreditNote, Invoice, InvoiceSettlement, Status
from tenant_apps.invoices.selectors import left_to_credit, open_amount
from tenant_apps.invoices.services.crediting import Crediting, write_credit_note
from tenant_apps.invoices.shares import gross_of
from tenant_apps.ledger.services import AccountCode, EntryKind, NewEntry, NewPosting, post_entry
from tenant_apps.returns.selectors import refund_facts


class SaleNotInvoiced(DomainError):
    """A refund cannot take a price back that no invoice asks for."""

    code, status = "sale_not_invoiced", 409
    message = "Less of this deal is invoiced than the refund takes off; amend the deal instead."


def credit_refunded_sale(*, refund_id: UUID, actor: Actor, at: datetime) -> None:
    """Credit open invoices of the deal, newest first, for a refund that reduces the sale.

    The refund has opened as much of them again. Records InvoiceCredited for each.
    Raises: SaleNotInvoiced.
    """
    refund = refund_facts(refund_id)
    if not refund.reduces_sale or refund.deal_id is None:
        return
    rest = refund.money
    issued = Invoice.objects.filter(deal_id=refund.deal_id, status=Status.ISSUED).with_settled()
    crediting = Crediting(reason=refund.reason, reduces_sale=True, actor=actor)
    for invoice in issued.order_by("-year", "-sequence"):
        part = min(rest, open_amount(invoice))
        if part:
            write_credit_note(invoice, part, crediting=crediting, at=at)
            rest -= part
    if rest:
        raise SaleNotInvoiced


def credit_reversed_payment(*, payment_id: UUID, actor: Actor, at: datetime) -> None:
    """Take back the parts of invoices that were made for money which is not there.

    Only where invoices follow the money: an invoice that was due without it stays open. Records
    InvoiceCredited for each.
    """
    if organization_settings().invoice_when != "on_verification":
        return
    crediting = Crediting(reason="The payment was reversed.", reduces_sale=False, actor=actor)
    lost = InvoiceSettlement.objects.filter(payment_id=payment_id, settled_at=at, amount__lt=0)
    for row in lost.select_related("invoice").order_by("pk"):
        invoice, money = row.invoice, -money_of(row.amount, row.currency)
        left = gross_of([share for _, share in left_to_credit(invoice)], currency=row.currency)
        part = min(money, left)
        if part and not invoice.is_draft:
            write_credit_note(invoice, part, crediting=crediting, at=at)


def post_sale_reduction(*, credit_note_id: UUID, event_id: UUID, at: datetime) -> None:
    """Post a credit note that reduces the sale: Dr refunds and tax / Cr receivable."""
    note = CreditNote.objects.select_related("invoice").get(pk=credit_note_id)
    if not note.reduces_sale:
        return
    sides = (
        (AccountCode.REFUNDS, money_of(note.net, note.currency)),
        (AccountCode.TAX_PAYABLE, money_of(note.tax, note.currency)),
    )
    debits = [_posting(note, account, debit=money) for account, money in sides if money]
    whole = total((money for _, money in sides), currency=note.currency)
    postings = (*debits, _posting(note, AccountCode.RECEIVABLE, credit=whole))
    entry = NewEntry(
        kind=EntryKind.CREDIT_NOTE, event_id=event_id, at=at, postings=postings, memo=note.number
    )
    post_entry(entry=entry)


def _posting(
    note: CreditNote,
    account: AccountCode,
    *,
    debit: Money | None = None,
    credit: Money | None = None,
) -> NewPosting:
    return NewPosting(
        account=account,
        debit=debit,
        credit=credit,
        client_id=note.invoice.client_id,
        deal_id=note.deal_id,
        invoice_id=note.invoice_id,
    )
