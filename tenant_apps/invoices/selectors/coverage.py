"""What of a deal is invoiced, by line and by instalment; what of an invoice is credited."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from shared_apps.kernel.models import AmountField, money_of
from shared_apps.kernel.money import Money
from tenant_apps.deals.selectors import won_deals_due
from tenant_apps.invoices.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from tenant_apps.invoices.shares import Share


def invoiced_shares(deal_id: UUID, *, currency: str) -> dict[UUID, Share]:
    """Return net and tax invoiced of each deal line, drafts and lines of old versions included.

    What a credit note took back to be invoiced again is not invoiced; what reduced the sale stays,
    until the deal is reopened.
    """
    lines = InvoiceLine.objects.filter(
        invoice__deal_id=deal_id, invoice__currency=currency, invoice__sale_ended_at=None
    )
    again = CreditNoteLine.objects.filter(
        credit_note__deal_id=deal_id,
        credit_note__currency=currency,
        credit_note__reduces_sale=False,
        credit_note__invoice__sale_ended_at=None,
    )
    invoiced = _shares_by(lines, "deal_line_id", currency)
    for line_id, share in _shares_by(again, "invoice_line__deal_line_id", currency).items():
        invoiced[line_id] -= share
    return invoiced


def invoiced_by_instalment(deal_id: UUID, *, currency: str) -> dict[UUID | None, Money]:
    """Return what is invoiced of a deal by the instalment that the invoice names, None for none.

    Drafts count; what a credit note took back to be invoiced again does not.
    """
    made = Invoice.objects.of_present_sale().filter(deal_id=deal_id, currency=currency)
    again = _again().filter(deal_id=deal_id, currency=currency)
    sums = dict(made.values_list("instalment_id").annotate(Sum("total")).order_by("instalment_id"))
    back = again.values_list("invoice__instalment_id").annotate(Sum("total"))
    for instalment_id, amount in back.order_by("invoice__instalment_id"):
        sums[instalment_id] -= amount
    return {instalment_id: money_of(amount, currency) for instalment_id, amount in sums.items()}


def deals_to_invoice(*, until: date) -> "QuerySet[Any, UUID]":
    """Return the won deals with an instalment due until a day and a part that no invoice covers."""
    made = _per_deal(Invoice.objects.of_present_sale())
    again = _per_deal(_again())
    uninvoiced = LessThan(made - again, F("current_version__total"))
    return won_deals_due(until=until).filter(uninvoiced).order_by("pk").values_list("pk", flat=True)


def _again() -> "QuerySet[CreditNote]":
    """Return the credit notes whose part is invoiced again."""
    return CreditNote.objects.filter(reduces_sale=False, invoice__sale_ended_at=None)


def _per_deal(papers: "QuerySet[Any]") -> Coalesce:
    """Return the sum of a deal's papers in the currency of its current version."""
    mine = papers.filter(deal=OuterRef("pk"), currency=OuterRef("current_version__currency"))
    sums = mine.order_by().values("deal").annotate(sum=Sum("total")).values("sum")
    return Coalesce(Subquery(sums), Decimal(0), output_field=AmountField())


def _shares_by(rows: "QuerySet[Any]", key: str, currency: str) -> dict[UUID, Share]:
    summed = rows.values(key).annotate(nets=Sum("net"), taxes=Sum("tax")).order_by(key)
    return {
        row[key]: Share(money_of(row["nets"], currency), money_of(row["taxes"], currency))
        for row in summed
    }


def left_to_credit(invoice: Invoice) -> list[tuple[InvoiceLine, Share]]:
    """Return the lines of an invoice, each with what no credit note has taken back of it."""
    rows = CreditNoteLine.objects.filter(credit_note__invoice=invoice)
    credited = _shares_by(rows, "invoice_line_id", invoice.currency)
    nothing = Share(Money.zero(invoice.currency), Money.zero(invoice.currency))
    lines = invoice.lines.order_by("position", "pk")
    return [(line, line.share - credited.get(line.pk, nothing)) for line in lines]
