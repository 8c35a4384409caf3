"""Invoices, credit notes, and the gapless series that number both."""

from tenant_apps.invoices.models.credit_notes import CreditNote, CreditNoteLine
from tenant_apps.invoices.models.invoices import (
    Invoice,
    InvoiceLine,
    InvoiceLoss,
    InvoiceQuerySet,
    InvoiceSettlement,
    Series,
    SeriesType,
    Status,
)
from tenant_apps.invoices.models.papers import StoredPaper
from tenant_apps.invoices.models.sending import (
    InvoiceLink,
    MailState,
    PaperMail,
    Reminder,
    ReminderPause,
)

__all__ = [
    "CreditNote",
    "CreditNoteLine",
    "Invoice",
    "InvoiceLine",
    "InvoiceLink",
    "InvoiceLoss",
    "InvoiceQuerySet",
    "InvoiceSettlement",
    "MailState",
    "PaperMail",
    "Reminder",
    "ReminderPause",
    "Series",
    "SeriesType",
    "Status",
    "StoredPaper",
]
