"""One invoice and one certificate, as the document of the API shows them."""

from typing import Any

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def _dollars(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


INVOICE_REQUEST: dict[str, Any] = {"deal": "DL-0001", "amount": _dollars("400.00")}

INVOICE_ROW: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000021",
    "number": "INV-2026-000001",
    "external_number": "",
    "status": "issued",
    "payment_status": "paid",
    "draft_reason": "",
    "deal": {
        "id": "0197f1a0-0000-7000-8000-000000000002",
        "code": "DL-0001",
        "name": "Website",
    },
    "client": {
        "id": "0197f1a0-0000-7000-8000-000000000001",
        "code": "CL-0001",
        "name": "Northwind",
    },
    "net": _dollars("336.13"),
    "tax": _dollars("63.87"),
    "total": _dollars("400.00"),
    "prices_include_tax": False,
    "settled": _dollars("400.00"),
    "credited": _dollars("0.00"),
    "written_off": _dollars("0.00"),
    "open": _dollars("0.00"),
    "issued_at": "2026-03-02T11:00:00Z",
    "issued_on": "2026-03-02",
    "due_on": "2026-03-16",
    "instalment_id": None,
    "planned_due_on": None,
    "content_hash": HASH,
    "created_at": "2026-03-02T11:00:00Z",
    "version": 1,
}

INVOICE: dict[str, Any] = {
    **INVOICE_ROW,
    "issuer": {
        "name": "Acme",
        "legal_name": "Acme Ltd",
        "address": {"line1": "1 Main St", "city": "Berlin", "country": "DE"},
        "tax_id": "DE123456789",
        "email": "billing@acme.example",
    },
    "party": {
        "name": "Northwind",
        "legal_name": "Northwind GmbH",
        "address": {"line1": "Hafenstrasse 1", "city": "Hamburg", "country": "DE"},
        "tax_id": "DE987654321",
        "email": "billing@northwind.example",
    },
    "lines": [
        {
            "position": 1,
            "deal_line_id": "0197f1a0-0000-7000-8000-000000000022",
            "description": "Website",
            "quantity": "1",
            "unit_price": _dollars("840.34"),
            "discount_percent": "0",
            "tax_rate_percent": "19",
            "tax_reason": "",
            "supplied_on": None,
            "net": _dollars("336.13"),
            "tax": _dollars("63.87"),
            "gross": _dollars("400.00"),
        }
    ],
    "settlements": [
        {
            "payment": {"id": "0197f1a0-0000-7000-8000-000000000006", "code": "PY-0001"},
            "amount": _dollars("400.00"),
            "settled_at": "2026-03-02T11:00:00Z",
        }
    ],
}

CERTIFICATE: dict[str, Any] = {
    "series_type": "invoice",
    "year": 2026,
    "first_number": 1,
    "next_number": 2,
    "count": 1,
    "is_gapless": True,
    "first": "INV-2026-000001",
    "last": "INV-2026-000001",
    "totals": [_dollars("400.00")],
    "chain_hash": HASH,
}
