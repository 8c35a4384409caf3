"""Reads of invoices and credit notes."""

from tenant_apps.invoices.selectors.coverage import (
    deals_to_invoice,
    invoiced_by_instalment,
    invoiced_shares,
    left_to_credit,
)
from tenant_apps.invoices.selectors.lists import (
    VIEW,
    InvoiceFilters,
    find_credit_note,
    find_invoice,
    get_credit_note,
    get_invoice,
    invoices_of_deal,
    list_credit_notes,
    list_invoices,
    visible_credit_notes,
    visible_invoices,
    with_relations,
)
from tenant_apps.invoices.selectors.money import (
    OpenInvoice,
    credited_amount,
    open_amount,
    open_invoices,
    payment_status,
    settled_amount,
    settled_by_payment,
    settlements_of,
)
from tenant_apps.invoices.selectors.papers import (
    Pdf,
    logo_of,
    paper_of,
    pdf_of,
    stored_paper_of,
)
from tenant_apps.invoices.selectors.series import (
    Certificate,
    series_certificate,
)

__all__ = [
    "VIEW",
    "Certificate",
    "InvoiceFilters",
    "OpenInvoice",
    "Pdf",
    "credited_amount",
    "deals_to_invoice",
    "find_credit_note",
    "find_invoice",
    "get_credit_note",
    "get_invoice",
    "invoiced_by_instalment",
    "invoiced_shares",
    "invoices_of_deal",
    "left_to_credit",
    "list_credit_notes",
    "list_invoices",
    "logo_of",
    "open_amount",
    "open_invoices",
    "paper_of",
    "payment_status",
    "pdf_of",
    "series_certificate",
    "settled_amount",
    "settled_by_payment",
    "settlements_of",
    "stored_paper_of",
    "visible_credit_notes",
    "visible_invoices",
    "with_relations",
]
