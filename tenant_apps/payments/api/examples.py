"""One payment, as the document of the API shows it."""

from typing import Any

CLIENT = {"id": "0197f1a0-0000-7000-8000-000000000001", "code": "CL-0001", "name": "Northwind"}
DEAL = {"id": "0197f1a0-0000-7000-8000-000000000002", "code": "DL-0001", "name": "Website"}
SAM = {"id": "0197f1a0-0000-7000-8000-000000000003", "name": "Sam Seller"}
VERA = {"id": "0197f1a0-0000-7000-8000-000000000004", "name": "Vera Verifier"}
PROOF_ID = "0197f1a0-0000-7000-8000-000000000005"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

PAYMENT_REQUEST: dict[str, Any] = {
    "client": "CL-0001",
    "deal": "DL-0001",
    "amount": {"amount": "400.00", "currency": "USD"},
    "method": "bank_transfer",
    "received_on": "2026-03-02",
    "reference": "Invoice 4711",
    "proofs": [PROOF_ID],
}

FIRST_PAYMENT_REQUEST = {
    name: value for name, value in PAYMENT_REQUEST.items() if name not in {"client", "deal"}
}
ALLOCATIONS: dict[str, Any] = {
    "allocations": [
        {"deal": "DL-0002", "amount": {"amount": "100.00", "currency": "USD"}},
        {"deal": "DL-0003"},
    ]
}
CHANGES_REQUEST = {"reason": "The receipt shows another amount."}
REJECTION = {"reason": "The bank knows nothing of it.", "failure_reason": "not_received"}


def _dollars(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


REVIEWED: dict[str, Any] = {
    "risk": {
        "score": 30,
        "level": "medium",
        "reasons": [
            {
                "code": "unusual_amount",
                "points": 20,
                "message": "4.0 times the usual amount.",
            },
            {
                "code": "new_client",
                "points": 10,
                "message": "No payment of this client was verified before.",
            },
        ],
    },
    "look_alikes": [
        {
            "code": "PY-0007",
            "reasons": ["similar_proof"],
            "bits_apart": 3,
            "justification": "The bank's form, for another month.",
        }
    ],
    "review_due_at": "2026-03-03T11:00:00Z",
    "is_overdue": False,
    "review": {
        "reviewer": VERA,
        "taken_at": "2026-03-02T12:00:00Z",
        "expires_at": "2026-03-02T12:30:00Z",
        "is_assigned": False,
    },
}
QUEUE_FIGURES: dict[str, Any] = {
    "waiting": 12,
    "overdue": 1,
    "high_risk": 2,
    "medium_risk": 4,
    "held": 3,
    "oldest_submitted_at": "2026-03-02T11:00:00Z",
    "decided": 180,
    "within_promise_percent": 97,
    "median_s": 5400,
    "p95_s": 25200,
}

PAYMENT: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000006",
    "code": "PY-0001",
    "external_id": None,
    "status": "submitted",
    "client": CLIENT,
    "deal": DEAL,
    "maker": SAM,
    "amount": _dollars("400.00"),
    "method": "bank_transfer",
    "reference": "Invoice 4711",
    "received_on": "2026-03-02",
    "bank_fee": _dollars("0.00"),
    "withholding": _dollars("0.00"),
    "fx": None,
    "remarks": "",
    "late_reason": "",
    "duplicate_justification": "",
    "proofs": [
        {
            "id": PROOF_ID,
            "name": "receipt.pdf",
            "content_type": "application/pdf",
            "sha256": SHA256,
        }
    ],
    "submitted_at": "2026-03-02T11:00:00Z",
    "decided_at": None,
    "decision_reason": "",
    "failure_reason": "",
    "verified_amount": None,
    "verified_at": None,
    "applied": _dollars("0.00"),
    "unapplied": _dollars("0.00"),
    "returned": _dollars("0.00"),
    "content_hash": SHA256,
    "version": 1,
    "created_at": "2026-03-02T11:00:00Z",
    "updated_at": "2026-03-02T11:00:00Z",
    **REVIEWED,
    "needs_reviewer": False,
    "verification_note": "",
    "decisions": [],
    "can_verify": [VERA],
    "applications": [],
    "replaces": None,
    "replaced_by": [],
}

CONTENT_DIFF: dict[str, Any] = {
    "since": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "content_hash": SHA256,
    "is_same": False,
    "changes": [{"field": "amount", "before": "400.00", "after": "450.00"}],
    "steps": [
        {
            "changed_at": "2026-03-02T12:00:00Z",
            "changed_by": "Sam Seller",
            "content_hash": SHA256,
        }
    ],
}
DETAILS = {
    *REVIEWED,
    "needs_reviewer",
    "verification_note",
    "decisions",
    "can_verify",
    "applications",
    "replaces",
    "replaced_by",
}
PAYMENT_ROW = {name: value for name, value in PAYMENT.items() if name not in DETAILS}
QUEUED_PAYMENT: dict[str, Any] = {
    **PAYMENT_ROW,
    **REVIEWED,
    "age_seconds": 5400,
    "is_possible_duplicate": False,
}
