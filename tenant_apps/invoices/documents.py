"""Issued papers as the plain values that their hashes are made of."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from shared_apps.kernel.models import money_of
from tenant_apps.invoices.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine


def credit_note_document(note: CreditNote, lines: list[CreditNoteLine]) -> dict[str, Any]:
    """Return a credit note as the plain values that its hash is made of."""
    return {
        "number": note.number,
        "invoice": note.invoice.number,
        "issued_on": str(note.issued_on),
        "reason": note.reason,
        "issuer": note.issuer,
        "party": note.party,
        "total": str(note.total_money),
        "lines": [
            {
                "position": line.position,
                "description": line.description,
                "tax_rate_percent": f"{line.tax_rate_percent.normalize():f}",
                **_tax_facts(line),
                "net": f"{line.net:.4f}",
                "tax": f"{line.tax:.4f}",
            }
            for line in lines
        ],
    }


def document_of(invoice: Invoice, *, lines: Sequence[InvoiceLine]) -> dict[str, Any]:
    """Return an issued invoice as the plain values that its hash is made of."""
    return {
        "number": invoice.number,
        "issued_on": str(invoice.issued_on),
        "due_on": str(invoice.due_on),
        "deal_id": str(invoice.deal_id),
        "issuer": invoice.issuer,
        "party": invoice.party,
        "currency": invoice.currency,
        **({"prices_include_tax": True} if invoice.prices_include_tax else {}),
        "net": _text(invoice.net, invoice),
        "tax": _text(invoice.tax, invoice),
        "total": _text(invoice.total, invoice),
        "lines": [_line_document(line, invoice) for line in lines],
    }


def _line_document(line: InvoiceLine, invoice: Invoice) -> dict[str, Any]:
    return {
        "position": line.position,
        "description": line.description,
        "quantity": f"{line.quantity.normalize():f}",
        "unit_price": f"{line.unit_price:.4f}",
        "discount_percent": f"{line.discount_percent.normalize():f}",
        "tax_rate_percent": f"{line.tax_rate_percent.normalize():f}",
        **_tax_facts(line),
        "net": _text(line.net, invoice),
        "tax": _text(line.tax, invoice),
    }


def _tax_facts(line: InvoiceLine | CreditNoteLine) -> dict[str, str]:
    """Return why a line is not taxed and when it is supplied; papers without keep their hash."""
    facts = {"tax_reason": line.tax_reason, "supplied_on": str(line.supplied_on or "")}
    return {name: text for name, text in facts.items() if text}


def _text(amount: Decimal, invoice: Invoice) -> str:
    return f"{money_of(amount, invoice.currency).amount:f}"
