"""Pay an invoice with the credit that its client has."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import worded
from tenant_apps.deals.selectors import lock_deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import open_amount
from tenant_apps.invoices.services.crediting import InvoiceNotIssued
from tenant_apps.payments.selectors import PaymentCredit, credit_of_client
from tenant_apps.payments.services import Allocation, NothingToApply, apply_credit

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


@transaction.atomic
def pay_with_credit(*, invoice_id: UUID, amount: Money | None, by: "User", at: datetime) -> Invoice:
    """Let credit of the client, the oldest payment first, meet an issued invoice before any other.

    Without an amount it is as much as there is and as is open. Locks the deals of the invoice and
    of the payments by id, then the payments; records PaymentApplied and InvoiceSettled.
    Raises: InvoiceNotIssued, NothingToApply, ValidationFailed, MakerIsChecker for whoever made one
    of the payments or gains by the deal, Invoice.DoesNotExist.
    """
    about = Invoice.objects.only("deal_id", "client_id", "currency").get(pk=invoice_id)
    _lock_deals(about)
    invoice = Invoice.objects.with_settled().get(pk=invoice_id)
    if invoice.is_draft:
        raise InvoiceNotIssued("Credit meets an issued invoice; issue the draft first.")
    rest = _wanted(invoice, amount)
    for credit in credit_of_client(invoice.client_id, currency=invoice.currency):
        part = min(rest, credit.money)
        if part:
            _apply(invoice, credit, part, by=by, at=at)
            rest -= part
    if amount is not None and rest:
        message = worded("The client's credit is %(rest)s short of that.", rest=rest)
        raise ValidationFailed.at("/amount", message, code="max_value")
    return invoice


def _lock_deals(invoice: Invoice) -> None:
    """Lock whatever deals the money comes from and goes to, by id: the order of every movement."""
    held = credit_of_client(invoice.client_id, currency=invoice.currency)
    for deal_id in sorted({invoice.deal_id, *(each.deal_id for each in held if each.deal_id)}):
        lock_deal(deal_id)


def check_payable(invoice: Invoice) -> Money:
    """Return what is open of an invoice whose client has credit. Raises: NothingToApply."""
    left = open_amount(invoice)
    if not left:
        raise NothingToApply("Nothing is open on this invoice; there is nothing to pay.")
    if not credit_of_client(invoice.client_id, currency=invoice.currency):
        raise NothingToApply(
            worded("This client has no credit in %(currency)s.", currency=invoice.currency)
        )
    return left


def _wanted(invoice: Invoice, amount: Money | None) -> Money:
    left = check_payable(invoice)
    if amount is None:
        return left
    if amount.currency != invoice.currency:
        message = worded("The invoice is in %(currency)s.", currency=invoice.currency)
        raise ValidationFailed.at("/amount", message, code="currency_mismatch")
    if amount > left:
        raise ValidationFailed.at(
            "/amount", worded("Only %(left)s is open.", left=left), code="max_value"
        )
    return amount


def _apply(
    invoice: Invoice, credit: PaymentCredit, part: Money, *, by: "User", at: datetime
) -> None:
    allocation = Allocation(deal=invoice.deal_id, amount=part, invoice_id=invoice.pk)
    apply_credit(payment_id=credit.payment_id, allocations=[allocation], by=by, at=at)
