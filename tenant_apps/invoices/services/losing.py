"""Give up what the invoices of a deal ask for, and expect it again."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.deals.selectors import deal_terms, lock_deal
from tenant_apps.invoices.events import (
    InvoiceExpectedAgain,
    InvoiceLossTakenBack,
    InvoiceWrittenOff,
)
from tenant_apps.invoices.models import Invoice, InvoiceLoss
from tenant_apps.invoices.selectors import lost_amount, open_amount, open_invoices
from tenant_apps.invoices.services.guarding import discard_drafts
from tenant_apps.ledger.services import AccountCode, EntryKind, NewEntry, NewPosting, post_entry
from tenant_apps.returns.services import request_write_off

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.returns.models import Return


class InvoiceNotOpen(DomainError):
    """Nothing of the invoice is asked for: it is a draft, paid, credited or given up."""

    code, status = "invoice_not_open", 409
    message = "Nothing of this invoice is open, so there is nothing to give up."


@transaction.atomic
def ask_to_give_up(*, invoice_id: UUID, reason: str, by: "User", at: datetime) -> "Return":
    """Ask for an open invoice to be given up: with all that its deal owes, in one write-off.

    Others decide on it. Locks the deal; records ReturnRequested.
    Raises: InvoiceNotOpen, and whatever request_write_off raises.
    """
    deal_id = Invoice.objects.values_list("deal_id", flat=True).get(pk=invoice_id)
    lock_deal(deal_id)
    invoice = Invoice.objects.with_settled().get(pk=invoice_id)
    if invoice.is_draft or not open_amount(invoice):
        raise InvoiceNotOpen
    return request_write_off(deal_id=deal_id, reason=reason, by=by, at=at)


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


@transaction.atomic(savepoint=False)
def take_back_loss(*, invoice_id: UUID, credited: Money, actor: Actor, at: datetime) -> None:
    """Take back what was given up of an invoice as far as a credit note is about to take it off.

    A credit note takes what is open first, then what was given up, and only then what was paid:
    nobody gets money back that nobody has paid. Runs under the deal's lock; records
    InvoiceLossTakenBack.
    """
    invoice = Invoice.objects.with_settled().get(pk=invoice_id)
    part = min(credited - open_amount(invoice), lost_amount(invoice))
    if part.amount <= 0:
        return
    event = InvoiceLossTakenBack(
        invoice_id=invoice.pk,
        deal_id=invoice.deal_id,
        amount=part.amount,
        currency=part.currency,
    )
    row = record(event, actor=actor, at=at, after={"amount": str(part)})
    _note(invoice, -part, event_id=row.pk, at=at)


def post_loss_taken_back(*, event: InvoiceLossTakenBack, event_id: UUID, at: datetime) -> None:
    """Post that what was given up is owed again: Dr receivable / Cr bad debt."""
    invoice = Invoice.objects.get(pk=event.invoice_id)
    money = money_of(event.amount, event.currency)
    about = partial(
        NewPosting, client_id=invoice.client_id, deal_id=event.deal_id, invoice_id=invoice.pk
    )
    postings = (
        about(account=AccountCode.RECEIVABLE, debit=money),
        about(account=AccountCode.BAD_DEBT, credit=money),
    )
    entry = NewEntry(
        kind=EntryKind.LOSS_TAKEN_BACK,
        event_id=event_id,
        at=at,
        postings=postings,
        memo=invoice.number or "",
    )
    post_entry(entry=entry)


def _note(invoice: Invoice, money: Money, *, event_id: UUID, at: datetime) -> None:
    InvoiceLoss.objects.create(
        invoice=invoice,
        amount=money.amount,
        currency=money.currency,
        event_id=event_id,
        noted_at=at,
    )
