"""Invoices, credit notes, and the gapless series that number both."""

from tenant_apps.invoices.models.credit_notes import CreditNote, CreditNoteLine
from tenant_apps.invoices.models.invoices import (
    Invoice,
    InvoiceLine,
    InvoiceQuerySet,
    InvoiceSettlement,
    Series,
    SeriesType,
    Status,
)
from tenant_apps.invoices.models.papers import StoredPaper

__all__ = [
    "CreditNote",
    "CreditNoteLine",
    "Invoice",
    "InvoiceLine",
    "InvoiceQuerySet",
    "InvoiceSettlement",
    "Series",
    "SeriesType",
    "Status",
    "StoredPaper",
]
