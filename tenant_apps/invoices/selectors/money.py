"""What is open of invoices, and what has met them."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max, Sum

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money, total
from tenant_apps.invoices.models import CreditNote, Invoice, InvoiceSettlement
from tenant_apps.invoices.progress import InvoiceMoney, PaymentStatus, status_of

if TYPE_CHECKING:
    from decimal import Decimal

BAD_DEBT = "bad_debt"


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice that money may still meet."""

    invoice: Invoice
    open: Money


def open_invoices(deal_id: UUID, *, currency: str) -> list[OpenInvoice]:
    """Return the invoices of a deal that are not fully paid: issued ones by number, then drafts."""
    invoices = Invoice.objects.filter(deal_id=deal_id, currency=currency).with_settled()
    ordered = invoices.order_by("year", "sequence", "pk")
    found = [OpenInvoice(invoice, open_amount(invoice)) for invoice in ordered]
    return [each for each in found if each.open]


def open_amount(invoice: Invoice) -> Money:
    """Return what is still to be paid of an invoice that was read with what has met it."""
    rest = _claimed(invoice) - lost_amount(invoice)
    return max(rest, Money.zero(invoice.currency))


def _claimed(invoice: Invoice) -> Money:
    """Return what money has not met and no credit note took back, given up or not."""
    return invoice.total_money - settled_amount(invoice) - credited_amount(invoice)


def settled_amount(invoice: Invoice) -> Money:
    """Return the money that has met an invoice that was read with it."""
    settled: Decimal = vars(invoice)["settled_amount"]
    return money_of(settled, invoice.currency)


def credited_amount(invoice: Invoice) -> Money:
    """Return what credit notes took back of an invoice that was read with it."""
    credited: Decimal = vars(invoice)["credited_amount"]
    return money_of(credited, invoice.currency)


def credits_of(invoice: Invoice) -> list[CreditNote]:
    """Return the credit notes of an invoice that was read with what they took back, by number."""
    if not credited_amount(invoice):
        return []
    return sorted(invoice.credit_notes.all(), key=lambda note: (note.year, note.sequence))


def lost_amount(invoice: Invoice) -> Money:
    """Return what was given up of an invoice that was read with it."""
    lost: Decimal = vars(invoice)["lost_amount"]
    return money_of(lost, invoice.currency)


def lost_on_invoices(deal_id: UUID, *, currency: str) -> Money:
    """Return what was given up of a deal where an invoice asks for it, of its present sale."""
    invoices = Invoice.objects.of_present_sale().filter(deal_id=deal_id, currency=currency)
    zero = Money.zero(currency)
    claims = [(lost_amount(each), _claimed(each)) for each in invoices.with_settled()]
    return total((max(min(lost, claimed), zero) for lost, claimed in claims), currency=currency)


def settled_by_payment(
    payment_id: UUID, *, deal_id: UUID, currency: str
) -> list[tuple[Invoice, Money]]:
    """Return a deal's invoices that a payment has met, newest first, each with how much of it."""
    rows = InvoiceSettlement.objects.filter(
        payment_id=payment_id, invoice__deal_id=deal_id, currency=currency
    )
    sums = dict(rows.values_list("invoice_id").annotate(sum=Sum("amount")).order_by("invoice_id"))
    newest = Invoice.objects.filter(pk__in=sums).order_by("-year", "-sequence", "-pk")
    return [(invoice, money_of(sums[invoice.pk], currency)) for invoice in newest]


def settlements_of(invoice: Invoice) -> list[tuple[UUID, Money]]:
    """Return the payments that have met an invoice, the last one first, each with how much."""
    rows = InvoiceSettlement.objects.filter(invoice=invoice).values("payment_id")
    summed = rows.annotate(sum=Sum("amount"), last=Max("settled_at"))
    return [
        (row["payment_id"], money_of(row["sum"], invoice.currency))
        for row in summed.order_by("-last", "-payment_id")
        if row["sum"] > 0
    ]


def met_at_issue(invoice: Invoice) -> list[tuple[str, date, Money]]:
    """Return the payments that had met an invoice when it was issued, by code.

    Each with the day on which it was received and how much of it; empty for a draft. Settlements
    are only ever added, so this stays what it was.
    """
    if invoice.issued_at is None:
        return []
    rows = InvoiceSettlement.objects.filter(invoice=invoice, settled_at__lte=invoice.issued_at)
    summed = rows.values("payment__code", "payment__received_on").annotate(sum=Sum("amount"))
    return [
        (row["payment__code"], row["payment__received_on"], money_of(row["sum"], invoice.currency))
        for row in summed.order_by("payment__code")
        if row["sum"] > 0
    ]


def payment_status(invoice: Invoice, *, today: date) -> PaymentStatus:
    """Return how far an invoice that was read with its deal and what has met it is paid."""
    money = InvoiceMoney(
        total=invoice.total_money,
        settled=settled_amount(invoice),
        credited=credited_amount(invoice),
        lost=lost_amount(invoice),
    )
    return status_of(
        money,
        is_bad_debt=invoice.deal.status == BAD_DEBT,
        due_on=invoice.due_on,
        today=today,
    )
