"""Writes of invoices."""

from tenant_apps.invoices.services.composing import NothingToInvoice
from tenant_apps.invoices.services.issuing import document_of
from tenant_apps.invoices.services.settling import AppliedMoney, settle_invoices
from tenant_apps.invoices.services.writing import (
    BillingDetailsMissing,
    DealNotWon,
    InvoiceAlreadyIssued,
    draft_invoice,
    issue_invoice,
)

__all__ = [
    "AppliedMoney",
    "BillingDetailsMissing",
    "DealNotWon",
    "InvoiceAlreadyIssued",
    "NothingToInvoice",
    "document_of",
    "draft_invoice",
    "issue_invoice",
    "settle_invoices",
]
