"""Writes of invoices."""

from tenant_apps.invoices.services.composing import NothingToInvoice
from tenant_apps.invoices.services.guarding import (
    AmendedBelowInvoiced,
    DealIsInvoiced,
    adjust_invoices,
    give_up_invoices,
)
from tenant_apps.invoices.services.issuing import document_of
from tenant_apps.invoices.services.of_client import move_invoices
from tenant_apps.invoices.services.settling import AppliedMoney, settle_invoices
from tenant_apps.invoices.services.writing import (
    BillingDetailsMissing,
    DealNotWon,
    InvoiceAlreadyIssued,
    draft_invoice,
    issue_invoice,
)

__all__ = [
    "AmendedBelowInvoiced",
    "AppliedMoney",
    "BillingDetailsMissing",
    "DealIsInvoiced",
    "DealNotWon",
    "InvoiceAlreadyIssued",
    "NothingToInvoice",
    "adjust_invoices",
    "document_of",
    "draft_invoice",
    "give_up_invoices",
    "issue_invoice",
    "move_invoices",
    "settle_invoices",
]
