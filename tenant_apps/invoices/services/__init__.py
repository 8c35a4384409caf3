"""Writes of invoices."""

from tenant_apps.invoices.services.composing import NothingToInvoice
from tenant_apps.invoices.services.crediting import (
    InvoiceNotIssued,
    NothingToCredit,
    credit_invoice,
    credit_note_document,
)
from tenant_apps.invoices.services.guarding import (
    AmendedBelowInvoiced,
    DealIsInvoiced,
    adjust_invoices,
    give_up_invoices,
)
from tenant_apps.invoices.services.issuing import document_of
from tenant_apps.invoices.services.noticing import (
    note_instalments_due_soon,
    note_overdue_instalments,
)
from tenant_apps.invoices.services.of_client import move_invoices
from tenant_apps.invoices.services.papers import keep_paper
from tenant_apps.invoices.services.planning import (
    ScheduleReport,
    draft_instalment,
    invoice_by_policy,
    invoice_due_instalments,
)
from tenant_apps.invoices.services.returning import (
    SaleNotInvoiced,
    credit_refunded_sale,
    credit_reversed_payment,
    post_sale_reduction,
)
from tenant_apps.invoices.services.settling import (
    AppliedMoney,
    settle_invoices,
    unsettle_invoices,
)
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
    "InvoiceNotIssued",
    "NothingToCredit",
    "NothingToInvoice",
    "SaleNotInvoiced",
    "ScheduleReport",
    "adjust_invoices",
    "credit_invoice",
    "credit_note_document",
    "credit_refunded_sale",
    "credit_reversed_payment",
    "document_of",
    "draft_instalment",
    "draft_invoice",
    "give_up_invoices",
    "invoice_by_policy",
    "invoice_due_instalments",
    "issue_invoice",
    "keep_paper",
    "move_invoices",
    "note_instalments_due_soon",
    "note_overdue_instalments",
    "post_sale_reduction",
    "settle_invoices",
    "unsettle_invoices",
]
