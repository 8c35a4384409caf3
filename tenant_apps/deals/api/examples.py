"""One deal, as the document of the API shows it."""

from typing import Any

SAM = {"id": "0197f1a0-0000-7000-8000-000000000003", "name": "Sam Seller"}
SUKI = {"id": "0197f1a0-0000-7000-8000-000000000007", "name": "Suki Seller"}
CLIENT = {"id": "0197f1a0-0000-7000-8000-000000000001", "code": "CL-0001", "name": "Northwind"}
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def _dollars(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


DEAL_REQUEST: dict[str, Any] = {
    "name": "Website",
    "client": "CL-0001",
    "status": "won",
    "lines": [
        {"description": "Website", "quantity": "1", "unit_price": _dollars("1000.00")},
    ],
    "instalments": [
        {"due_on": "2026-03-02", "amount": _dollars("400.00"), "kind": "deposit"},
        {"due_on": "2026-04-01", "amount": _dollars("600.00")},
    ],
    "splits": [
        {"payee": SAM["id"], "share_percent": "70"},
        {"payee": SUKI["id"], "share_percent": "30"},
    ],
}

_LINE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000030",
    "position": 1,
    "product": None,
    "description": "Website",
    "quantity": "1",
    "unit_price": _dollars("1000.00"),
    "discount_percent": "0",
    "tax_rate_percent": "0",
    "tax_code": "",
    "tax_reason": "",
    "supplied_on": None,
    "net": _dollars("1000.00"),
    "tax": _dollars("0.00"),
    "gross": _dollars("1000.00"),
}
_INSTALMENTS: list[dict[str, Any]] = [
    {
        "id": "0197f1a0-0000-7000-8000-000000000031",
        "position": 1,
        "due_on": "2026-03-02",
        "amount": _dollars("400.00"),
        "kind": "deposit",
    },
    {
        "id": "0197f1a0-0000-7000-8000-000000000032",
        "position": 2,
        "due_on": "2026-04-01",
        "amount": _dollars("600.00"),
        "kind": "instalment",
    },
]

DEAL: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000002",
    "code": "DL-0001",
    "external_id": None,
    "name": "Website",
    "status": "won",
    "client": CLIENT,
    "owner": SAM,
    "stage": None,
    "project": None,
    "source": "",
    "expected_close_on": None,
    "deal_on": "2026-03-02",
    "won_at": "2026-03-02T11:00:00Z",
    "lost_reason": "",
    "remarks": "",
    "version_number": 1,
    "is_estimate": False,
    "currency": "USD",
    "net": _dollars("1000.00"),
    "tax": _dollars("0.00"),
    "total": _dollars("1000.00"),
    "payment": {
        "progress": "unpaid",
        "applied": _dollars("0.00"),
        "outstanding": _dollars("1000.00"),
    },
    "archived_at": None,
    "created_at": "2026-03-02T11:00:00Z",
    "updated_at": "2026-03-02T11:00:00Z",
    "version": 1,
}
DEAL_DETAIL: dict[str, Any] = {
    **DEAL,
    "prices_include_tax": False,
    "terms": "",
    "content_hash": HASH,
    "lines": [_LINE],
    "instalments": _INSTALMENTS,
    "splits": [
        {"payee": SAM, "share_percent": "70", "valid_from": None, "valid_to": None},
        {"payee": SUKI, "share_percent": "30", "valid_from": None, "valid_to": None},
    ],
}
DEAL_VERSION: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000033",
    "number": 1,
    "currency": "USD",
    "net": _dollars("1000.00"),
    "tax": _dollars("0.00"),
    "total": _dollars("1000.00"),
    "prices_include_tax": False,
    "terms": "",
    "is_estimate": False,
    "content_hash": HASH,
    "lines": [_LINE],
    "instalments": _INSTALMENTS,
    "created_at": "2026-03-02T11:00:00Z",
}

DEAL_DIFF: dict[str, Any] = {
    "what": "line 1",
    "before": "1 x Website, at 1000.00 USD",
    "after": "1 x Website, at 1200.00 USD",
}
