"""Bodies for the routes that read them: `own` gives the names of one's own objects by kind."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from shared_apps.kernel.clock import utc_now
from tests.isolation.objects import Names

Body = Callable[[Names], dict[str, Any]]
BUSINESS = "/api/business"
DOLLARS = {"amount": "100.00", "currency": "USD"}
LINE = {"description": "Website", "quantity": "1", "unit_price": DOLLARS}


def _deal(own: Names) -> dict[str, Any]:
    return {
        "client": own["client"][0],
        "name": "A deal",
        "lines": [dict(LINE)],
        "splits": [{"payee": own["person"][0], "share_percent": "100"}],
    }


def _payment(own: Names) -> dict[str, Any]:
    return {
        "client": own["client"][0],
        "deal": own["deal"][0],
        "amount": DOLLARS,
        "method": "bank_transfer",
        "received_on": utc_now().date().isoformat(),
        "duplicate_justification": "Another one",
        "proofs": [own["file"][0]],
    }


def _deal_with_payment(own: Names) -> dict[str, Any]:
    payment = _payment(own)
    del payment["client"], payment["deal"]
    return {**_deal(own), "status": "won", "payment": payment}


TERMS = {
    "effective_from": "2026-01-01",
    "components": [{"name": "Commission", "rate_percent": "5"}],
}


def _credit(own: Names) -> dict[str, Any]:
    splits = [{"payee": own["person"][0], "share_percent": "100"}]
    return {"splits": splits, "valid_from": "2100-01-01", "reason": "Because"}


def _seen(_own: Names) -> dict[str, Any]:
    return {"content_hash": "0" * 64, "reason": "Because"}


def _reason(_own: Names) -> dict[str, Any]:
    return {"reason": "Because"}


# Bodies that are read before the object in the path is looked for; other paths get an empty one.
BODIES: dict[str, Body] = {
    "POST /api/admin/users/<str:pk>/mfa-reset/": _reason,
    "POST /api/admin/users/<str:pk>/suspend/": _reason,
    "POST /api/admin/service-accounts/<str:pk>/suspend/": _reason,
    "POST /api/admin/users/<str:pk>/roles/": lambda _own: {"roles": ["salesperson"]},
    f"PATCH {BUSINESS}/commissions/assignments/<str:pk>/": lambda _own: {"valid_to": "2030-01-01"},
    f"PATCH {BUSINESS}/commissions/plan-versions/<str:pk>/": lambda _own: TERMS,
    f"POST {BUSINESS}/commissions/plans/<str:pk>/versions/": lambda _own: TERMS,
    f"POST {BUSINESS}/clients/<str:reference>/contact-log/": lambda _own: {
        "kind": "call",
        "outcome": "Called",
    },
    f"POST {BUSINESS}/clients/<str:reference>/merge/": lambda own: {
        "duplicate": own["client"][0],
        "reason": "The same",
    },
    f"POST {BUSINESS}/deals/<str:reference>/amend/": _reason,
    f"POST {BUSINESS}/deals/<str:reference>/cancel/": _reason,
    f"POST {BUSINESS}/deals/<str:reference>/discount-requests/": _reason,
    f"POST {BUSINESS}/deals/<str:reference>/lose/": _reason,
    f"POST {BUSINESS}/deals/<str:reference>/splits/": _credit,
    f"POST {BUSINESS}/discount-requests/<str:pk>/approve/": _seen,
    f"POST {BUSINESS}/discount-requests/<str:pk>/reject/": _seen,
    f"POST {BUSINESS}/payments/<str:reference>/chargebacks/": _reason,
    f"POST {BUSINESS}/payments/<str:reference>/refunds/": _reason,
    f"POST {BUSINESS}/payments/<str:reference>/reverse/": _reason,
    f"POST {BUSINESS}/teams/<str:pk>/members/": lambda own: {"user_id": own["person"][0]},
}

# A body that works, for every route whose body takes an id.
TEMPLATES: dict[str, Body] = {
    "PATCH /api/admin/settings/": lambda _own: {},
    "POST /api/admin/users/": lambda _own: {"email": f"{uuid4().hex}@example.com", "teams": [""]},
    "POST /api/admin/users/bulk-force-reset/": lambda _own: {"user_ids": [""]},
    "POST /api/admin/roles/bulk-assign/": lambda _own: {"user_ids": [""], "add": ["salesperson"]},
    "POST /api/auth/api-keys/": lambda _own: {
        "name": "A key",
        "grants": [{"permission": "deals.view", "scope": "all"}],
    },
    f"PATCH {BUSINESS}/clients/<str:reference>/": lambda _own: {},
    f"PATCH {BUSINESS}/deals/<str:reference>/": lambda own: {
        "lines": [dict(LINE)],
        "splits": [{"payee": own["person"][0], "share_percent": "100"}],
    },
    f"PATCH {BUSINESS}/payments/<str:reference>/": lambda own: {
        "client": own["client"][0],
        "deal": own["deal"][0],
        "proofs": [own["file"][0]],
    },
    f"PATCH {BUSINESS}/projects/<str:reference>/": lambda _own: {},
    f"PATCH {BUSINESS}/teams/<str:pk>/": lambda _own: {},
    f"POST {BUSINESS}/clients/": lambda _own: {"name": "A client"},
    f"POST {BUSINESS}/clients/<str:reference>/merge/": lambda _own: {"reason": "The same"},
    f"POST {BUSINESS}/commissions/assignments/": lambda own: {
        "payee": own["person"][0],
        "plan": own["plan"][0],
        "valid_from": "2024-01-01",
        "valid_to": "2024-02-01",
    },
    f"POST {BUSINESS}/deals/": _deal_with_payment,
    f"POST {BUSINESS}/deals/<str:reference>/amend/": lambda _own: {
        "lines": [dict(LINE)],
        "reason": "More work",
    },
    f"POST {BUSINESS}/deals/<str:reference>/discount-requests/": lambda _own: {
        "lines": [dict(LINE)],
        "reason": "Because",
    },
    f"POST {BUSINESS}/deals/<str:reference>/splits/": _credit,
    f"POST {BUSINESS}/hand-overs/": lambda own: {
        "leaver": own["person"][0],
        "successor": own["lead"][0],
        "effective_on": "2100-01-01",
        "reason": "Because",
    },
    f"POST {BUSINESS}/invoices/": lambda own: {"deal": own["deal"][0]},
    f"POST {BUSINESS}/payments/": _payment,
    f"POST {BUSINESS}/payments/<str:reference>/approve/": lambda own: {
        "allocations": [{"instalment": own["instalment"][0], "amount": DOLLARS}],
        "evidence_files": [own["file"][0]],
    },
    f"POST {BUSINESS}/payments/<str:reference>/apply/": lambda own: {
        "allocations": [{"deal": own["deal"][0]}]
    },
    f"POST {BUSINESS}/payments/<str:reference>/reject/": lambda _own: {
        "reason": "No money came",
        "failure_reason": "other",
        "evidence_files": [""],
    },
    f"POST {BUSINESS}/payments/<str:reference>/request-changes/": lambda _own: {
        "reason": "Another amount",
        "evidence_files": [""],
    },
    f"POST {BUSINESS}/payments/<str:reference>/assign/": lambda _own: {},
    f"POST {BUSINESS}/projects/": lambda _own: {"name": "A project"},
    f"POST {BUSINESS}/teams/": lambda _own: {"name": "A team"},
    f"POST {BUSINESS}/teams/<str:pk>/members/": lambda _own: {},
}
