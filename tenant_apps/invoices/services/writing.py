"""Store invoices: drafts, issued ones, and the money that meets them."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, StaleVersion
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money
from tenant_apps.deals.selectors import DealTerms, deal_terms, lock_deal
from tenant_apps.invoices.events import InvoiceDrafted, InvoiceIssued
from tenant_apps.invoices.models import Invoice, InvoiceLine
from tenant_apps.invoices.services.composing import (
    Composed,
    check_amount,
    compose,
    left_to_invoice,
)
from tenant_apps.invoices.services.issuing import ISSUED_FIELDS, Parties, parties_of, put_number

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

BY_HAND = gettext_noop("Drafted by hand.")


class DealNotWon(DomainError):
    """Only what a client has agreed to can be invoiced."""

    code, status = "deal_not_won", 409
    message = "Only a won deal can be invoiced."


class InvoiceAlreadyIssued(DomainError):
    """The invoice has its number already."""

    code, status = "invoice_already_issued", 409
    message = "This invoice is issued already; an issued invoice does not change."


class BillingDetailsMissing(DomainError):
    """The invoice would not say who invoices whom."""

    code, status = "billing_details_missing", 409
    message = "The billing details are incomplete."


@transaction.atomic
def draft_invoice(*, deal_id: UUID, amount: Money | None, by: "User", at: datetime) -> Invoice:
    """Draft an invoice for a part of a won deal, by default for everything that is left.

    Locks the deal; records InvoiceDrafted. A draft takes no number.
    Raises: DealNotWon, NothingToInvoice, ValidationFailed, Deal.DoesNotExist.
    """
    lock_deal(deal_id)
    terms = deal_terms(deal_id)
    check_won(terms)
    left = left_to_invoice(terms)
    whole = check_amount(amount, left=left, terms=terms)
    composed = compose(whole, left=left, terms=terms, by_id=by.pk, at=at)
    return store_draft(composed, reason=BY_HAND, actor=by.actor, at=at)


def check_invoiceable(deal_id: UUID) -> None:
    """Refuse where no invoice can be drafted. Raises: DealNotWon, NothingToInvoice."""
    terms = deal_terms(deal_id)
    check_won(terms)
    check_amount(None, left=left_to_invoice(terms), terms=terms)


def check_won(terms: DealTerms) -> None:
    """Refuse to invoice what no client has agreed to. Raises: DealNotWon."""
    if terms.status != "won":
        raise DealNotWon


@transaction.atomic
def issue_invoice(
    *, invoice_id: UUID, expected_version: int | None = None, by: "User", at: datetime
) -> Invoice:
    """Issue a draft: number, snapshots, hash. Locks deal, invoice, then the series.

    Records InvoiceIssued.
    Raises: InvoiceAlreadyIssued, BillingDetailsMissing, StaleVersion, Invoice.DoesNotExist.
    """
    lock_deal(Invoice.objects.values_list("deal_id", flat=True).get(pk=invoice_id))
    invoice = Invoice.objects.select_for_update(no_key=True, of=("self",)).get(pk=invoice_id)
    if not invoice.is_draft:
        raise InvoiceAlreadyIssued
    if expected_version not in {None, invoice.version}:
        raise StaleVersion
    parties = parties_of(invoice)
    if parties.missing:
        raise BillingDetailsMissing(parties.missing)
    issue(invoice, parties=parties, actor=by.actor, at=at)
    return invoice


def issue(invoice: Invoice, *, parties: Parties, actor: Actor, at: datetime) -> None:
    """Issue a stored draft whose row is safe from others; records InvoiceIssued."""
    lines = list(invoice.lines.order_by("position"))
    put_number(invoice, lines=lines, parties=parties, at=at)
    invoice.version += 1
    invoice.save(update_fields=ISSUED_FIELDS)
    record(InvoiceIssued(invoice_id=invoice.pk), actor=actor, at=at, after=_issued(invoice))


def store_draft(composed: Composed, *, reason: str, actor: Actor, at: datetime) -> Invoice:
    """Store a composed invoice as a draft; records InvoiceDrafted."""
    invoice = composed.invoice
    invoice.draft_reason = reason
    _insert(composed)
    event = InvoiceDrafted(invoice_id=invoice.pk, reason=reason)
    record(event, actor=actor, at=at, after={"total": str(invoice.total_money)})
    return invoice


def store_issued_or_draft(composed: Composed, *, actor: Actor, at: datetime) -> Invoice:
    """Store a composed invoice, issued when the billing details are complete, else as a draft.

    Missing details never stop the money. Records InvoiceIssued or InvoiceDrafted.
    """
    invoice = composed.invoice
    parties = parties_of(invoice)
    if parties.missing:
        return store_draft(composed, reason=parties.missing, actor=actor, at=at)
    put_number(invoice, lines=composed.lines, parties=parties, at=at)
    _insert(composed)
    record(InvoiceIssued(invoice_id=invoice.pk), actor=actor, at=at, after=_issued(invoice))
    return invoice


def _insert(composed: Composed) -> None:
    composed.invoice.save(force_insert=True)
    InvoiceLine.objects.bulk_create(composed.lines)


def _issued(invoice: Invoice) -> dict[str, object]:
    return {"number": invoice.number, "total": str(invoice.total_money)}
