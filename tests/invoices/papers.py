"""Papers for the tests of drawing: plain values, no database."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from shared_apps.kernel.money import Money, total
from tenant_apps.invoices.papers import Paper, PaperKind, PaperLine

ISSUER: dict[str, Any] = {
    "name": "Acme",
    "legal_name": "Acme Solar GmbH",
    "address": {"line1": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"},
    "tax_id": "DE123456789",
    "email": "billing@acme.example",
    "payment_instructions": "IBAN DE89 3704 0044 0532 0130 00",
}
PARTY: dict[str, Any] = {
    "legal_name": "Northwind Traders Ltd",
    "address": {"line1": "12 Harbour Road", "city": "London", "country": "GB"},
    "tax_id": "GB999999973",
}


def a_line(description: str = "Solar panels", net: str = "100.00", **given: Any) -> PaperLine:
    """Return a line with 19 % tax."""
    money = Money.of(net, given.pop("currency", "EUR"))
    rate = given.pop("tax_rate_percent", Decimal(19))
    tax = Money.rounded(money.amount * rate / 100, money.currency)
    return PaperLine(description=description, tax_rate_percent=rate, net=money, tax=tax, **given)


def a_paper(*lines: PaperLine, **given: Any) -> Paper:
    """Return an invoice over these lines, or over one."""
    rows = lines or (a_line(),)
    currency = rows[0].net.currency
    net = total((row.net for row in rows), currency=currency)
    tax = total((row.tax for row in rows), currency=currency)
    issuer = {**ISSUER, **given.pop("issuer", {})}
    values: dict[str, Any] = {
        "kind": PaperKind.INVOICE,
        "number": "INV-2026-000042",
        "reference": "DL-0007",
        "issued_at": datetime(2026, 3, 2, 11, tzinfo=UTC),
        "issued_on": date(2026, 3, 2),
        "due_on": date(2026, 3, 16),
        "party": PARTY,
        "content_hash": "ab" * 32,
        **given,
    }
    return Paper(issuer=issuer, net=net, tax=tax, total=net + tax, lines=rows, **values)


def pages_of(content: bytes) -> list[str]:
    """Return the text of each page."""
    # pypdf reads a NUL before each letter of a font that writes two bytes for each
    pages = PdfReader(BytesIO(content)).pages
    return [page.extract_text().replace("\x00", "") for page in pages]
